"""Frames of SIA DC-09: cut out of a stream, checked, taken apart, and answered.

    LF CCCC 0LLL "ID" SSSS [Rr] Ll #acct [ … CR          CCCC: CRC-16/ARC; LLL: hexadecimal, counted in bytes

Both count from the first quote to the last byte before CR. Nothing in a frame is LF or CR, so a frame ends at CR and
begins at the last LF before it: what a panel began and never finished costs no frame behind it.
"""

from __future__ import annotations

import re
import struct
from array import array
from datetime import UTC, datetime
from functools import cache
from typing import Final

from msgspec import Struct

from device_adapters.core.times import EARLIEST, LATEST

LF, CR = b"\n", b"\r"
# LF, CRC, length, three digits of it, CR.
LONGEST_FRAME: Final = 1 + 4 + 4 + 0xFFF + 1
ANSWERS: Final = frozenset({"ACK", "NAK", "DUH", "RSP"})
NULLS: Final = frozenset({"NULL", "XNM"})  # link tests; the second one with data beside it
TIME_FORMAT: Final = "%H:%M:%S,%m-%d-%Y"

_ENVELOPE = re.compile(rb"\n?([0-9A-Fa-f]{4})([0-9A-Fa-f]{4})(\".*)\r", re.DOTALL)
_HEADER = re.compile(
    rb'"(?P<star>\*?)(?P<id>[A-Z0-9-]{2,16})"(?P<sequence>[0-9]{4})'
    rb"(?P<receiver>R[0-9A-Fa-f]{1,6})?(?P<prefix>L[0-9A-Fa-f]{1,6})?(?P<account>#[0-9A-Fa-f]{1,16}|A0)?\[",
)
_STAMP = re.compile(r"(\d\d):(\d\d):(\d\d),(\d\d)-(\d\d)-(\d{4})", re.ASCII)
_ACCOUNT = re.compile(rb"L[0-9A-Fa-f]{1,6}#([0-9A-Fa-f]{1,16})\[")


class Frame(Struct, frozen=True):
    """``receiver`` and ``prefix`` with their letters, as they came; ``content``: whatever stands behind the bracket."""

    id: str
    is_encrypted: bool
    sequence: str
    receiver: str
    prefix: str
    account: str
    content: bytes


class Unreadable(ValueError):
    """It is no frame, or it is broken: the panel gets no answer, and sends it again. ``account``: where one shows."""

    def __init__(self, reason: str, account: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.account = reason, account


def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)  # noqa: PLW2901 — the register is shifted
        table.append(value)
    return tuple(table)


_CRC = _crc_table()


@cache
def _pair_table() -> array[int]:
    """What two bytes at once make of the register: it has no more than sixteen bits itself."""
    return array("H", (_CRC[(_CRC[low] ^ high) & 0xFF] ^ _CRC[low] >> 8 for high in range(256) for low in range(256)))


def crc(body: bytes) -> int:
    register, pairs, even = 0, _pair_table(), len(body) & ~1
    for pair in struct.unpack(f"<{even >> 1}H", body[:even]):
        register = pairs[register ^ pair]
    return register >> 8 ^ _CRC[(register ^ body[-1]) & 0xFF] if len(body) & 1 else register


def framed(body: bytes) -> bytes:
    return b"\n%04X%04X%b\r" % (crc(body), len(body), body)


class Splitter:
    """Cuts a stream, however it arrives, into frames. What stands before a frame comes out as a piece of its own."""

    def __init__(self) -> None:
        self._rest = b""

    @property
    def rest(self) -> bytes:
        """What is begun and not ended; longer than ``LONGEST_FRAME`` it never will be a frame."""
        return self._rest

    def feed(self, data: bytes) -> list[bytes]:
        *ended, self._rest = (self._rest + data).split(CR)
        return [piece for text in ended for piece in _pieces(text + CR)]


def pieces_of(data: bytes) -> list[bytes]:
    """All there is, the last one perhaps half a frame."""
    if data.startswith(LF) and data.find(CR) == len(data) - 1 and data.rfind(LF) == 0:
        return [data]  # as it nearly always is
    splitter = Splitter()
    pieces = splitter.feed(data)
    return [*pieces, splitter.rest] if splitter.rest.strip() or not pieces else pieces


def _pieces(text: bytes) -> list[bytes]:
    start = max(text.rfind(LF), 0)
    return [piece for piece in (text[:start], text[start:]) if piece.strip()]


def read_frame(piece: bytes) -> Frame:
    """Raises ``Unreadable``."""
    shown = _ACCOUNT.search(piece)
    account = shown[1].decode().upper() if shown else None
    if not piece.endswith(CR):
        raise Unreadable("half a frame: it never ended", account)
    envelope = _ENVELOPE.fullmatch(piece)
    if envelope is None:
        raise Unreadable("no frame of DC-09", account)
    body = envelope[3]
    if int(envelope[2], 16) != len(body):
        raise Unreadable(f"bad length: {len(body)} bytes came", account)
    if int(envelope[1], 16) != crc(body):
        raise Unreadable(f"bad CRC: what came makes {crc(body):04X}", account)
    header = _HEADER.match(body)
    if header is None:
        raise Unreadable("no header of DC-09", account)
    star, word, sequence, receiver, prefix, shown_account = header.groups(default=b"")
    return Frame(
        word.decode(),
        bool(star),
        sequence.decode(),
        receiver.decode(),
        prefix.decode(),
        shown_account.removeprefix(b"#").decode().upper(),
        body[header.end() :],
    )


def stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime(TIME_FORMAT)


def read_stamp(text: str) -> datetime | None:
    found = _STAMP.fullmatch(text)
    if found is None:
        return None
    hour, minute, second, month, day, year = map(int, found.groups())
    try:
        said_at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:  # the 31st of February
        return None
    return said_at if EARLIEST < said_at < LATEST else None


def acknowledged(frame: Frame, sealed: bytes | None = None) -> bytes:
    """``sealed``: the rest of it, in hexadecimal, where the frame was encrypted."""
    return framed(_head("ACK" if sealed is None else "*ACK", frame) + (b"[]" if sealed is None else b"[" + sealed))


def unable(frame: Frame) -> bytes:
    return framed(_head("DUH", frame) + b"[]")


def refused(now: datetime, account: str = "A0") -> bytes:
    """With our time, for a panel sets its clock by it. ``account``: implementations differ in what stands for none."""
    return framed(f'"NAK"0000R0L0{account}[]_{stamp(now)}'.encode())


def _head(word: str, frame: Frame) -> bytes:
    return f'"{word}"{frame.sequence}{frame.receiver}{frame.prefix}#{frame.account}'.encode()
