"""An alarm panel that speaks SIA DC-09, written apart from the adapter, so that both would have to be wrong alike."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY = b"0123456789ABCDEF"
ANSWER_S = 10.0


def _remainder(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0xA001 if byte & 1 else 0)
    return byte


REMAINDERS = [_remainder(byte) for byte in range(256)]


def checked(body: bytes) -> bytes:
    """The body in its frame."""
    remainder = 0
    for byte in body:
        remainder = (remainder >> 8) ^ REMAINDERS[(remainder ^ byte) & 0xFF]
    return b"\n" + f"{remainder:04X}{len(body):04X}".encode() + body + b"\r"


def clock(at: datetime) -> str:
    return at.strftime("_%H:%M:%S,%m-%d-%Y")


@dataclass
class Panel:
    """``sequence``: the number of the next event; a link test has none."""

    account: str = "1234"
    key: bytes | None = None
    receiver: str = "R1"
    prefix: str = "L0"
    sequence: int = 1
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def event(self, data: str, family: str = "ADM-CID", **said: Any) -> bytes:
        frame = self.frame(f"#{self.account}|{data}", family, sequence=self.sequence, **said)
        self.sequence = self.sequence % 9999 + 1
        return frame

    def link_test(self, **said: Any) -> bytes:
        return self.frame("", "NULL", **said)

    def frame(
        self, data: str, family: str, *, sequence: int = 0, at: datetime | None = None, extra: str = "", stamp: str = ""
    ) -> bytes:
        rest = f"{data}]{extra}{stamp or clock(at or self.now())}".encode()
        head = f'"{"*" if self.key else ""}{family}"{sequence:04}{self.receiver}{self.prefix}#{self.account}['.encode()
        return checked(head + (self.sealed(rest, is_empty=not data) if self.key else rest))

    def sealed(self, rest: bytes, *, is_empty: bool) -> bytes:
        content = rest if is_empty else b"|" + rest
        pad = os.urandom(16 + -len(content) % 16).translate(bytes.maketrans(b"|[]", b"abc"))
        encryptor = self._cipher().encryptor()
        return (encryptor.update(pad + content) + encryptor.finalize()).hex().encode()

    def opened(self, frame: bytes) -> bytes:
        """What stands in a sealed answer, behind its pad."""
        sealed = bytes.fromhex(frame[frame.index(b"[") + 1 : -1].decode())
        decryptor = self._cipher().decryptor()
        clear = decryptor.update(sealed) + decryptor.finalize()
        return clear[min(place for place, byte in enumerate(clear) if byte in b"|]") :]

    def _cipher(self) -> Cipher[modes.CBC]:
        assert self.key is not None
        return Cipher(algorithms.AES(self.key), modes.CBC(bytes(16)))


@dataclass
class PanelLine:
    """One TCP connection, within TLS where it ``trusts`` somebody.

    ``answer`` waits for one frame; None where the other end hangs up instead.
    """

    port: int
    host: str = "127.0.0.1"
    trusts: ssl.SSLContext | None = None
    _rest: bytes = b""
    _socket: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self._socket = socket.create_connection((self.host, self.port), ANSWER_S)
        if self.trusts:
            self._socket = self.trusts.wrap_socket(self._socket, server_hostname=self.host)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self, within_s: float = ANSWER_S) -> bytes | None:
        self._socket.settimeout(within_s)
        while b"\r" not in self._rest:
            read = self._socket.recv(4096)
            if not read:
                return None
            self._rest += read
        frame, _, self._rest = self._rest.partition(b"\r")
        return frame + b"\r"

    def says(self, frame: bytes) -> bytes | None:
        self.send(frame)
        return self.answer()


def says_by_udp(port: int, frame: bytes) -> bytes:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sender:
        sender.settimeout(ANSWER_S)
        sender.sendto(frame, ("127.0.0.1", port))
        return sender.recvfrom(4096)[0]


def a_panel(account: str = "1234", **given: Any) -> dict[str, Any]:
    """The panel of a credit fund, as ``POST /api/v1/devices`` takes it."""
    return {
        "id": f"PANEL-{account}",
        "class": "gateway",
        "name": f"Tủ báo động {account}",
        "adapter": "sia_dc09",
        "address": account,
    } | given


def a_zone(account: str = "1234", number: int = 5, **given: Any) -> dict[str, Any]:
    """A button that is wired to it."""
    return {
        "id": f"ZONE-{account}-{number}",
        "class": "bell",
        "name": f"Nút quầy {number}",
        "adapter": "sia_dc09",
        "address": f"{account}/{number}",
        "parent_id": f"PANEL-{account}",
        "alarm_kind": "hold_up",
    } | given
