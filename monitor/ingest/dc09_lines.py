"""Lines and datagrams of alarm panels, cut into frames. Whoever connects is a stranger until his frames say more.

So lines are counted, a frame that is begun must end, and nobody may have more than a few frames unanswered.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Any, Protocol, cast

import structlog

from device_adapters.core.dc09_frames import LONGEST_FRAME, Splitter, pieces_of
from monitor import metrics

log = structlog.get_logger()

TCP, UDP = "dc09/tcp", "dc09/udp"
# Panels write a frame in one go; who takes longer holds a line for its own sake.
FRAME_WITHIN_S = 10.0
# A panel waits for the answer before it says more; a gateway of many panels may not.
UNANSWERED_AT_ONCE = 8
UNREAD_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Tls:
    """A second port, for lines within TLS."""

    host: str
    port: int
    cert_file: str
    key_file: str


@dataclass(frozen=True, slots=True)
class Door:
    """``connections``: lines at once, of which one address may hold half. ``idle_s``: how long a line may be silent."""

    host: str
    port: int
    connections: int = 2000
    idle_s: float = 900.0
    tls: Tls | None = None


class Receiver(Protocol):
    """Who takes what comes in."""

    door: Door

    def admits(self, line: Line) -> bool: ...

    def lost(self, line: Line) -> None: ...

    def take(self, topic: str, frame: bytes, seat: Seat) -> None: ...


class Seat:
    """Where an answer goes: a line, or the address a datagram came from."""

    address = ""

    def send(self, reply: bytes) -> None:
        raise NotImplementedError

    def waits(self) -> None:
        """One more of its frames is on its way to the store."""

    def served(self) -> None:
        """One less."""


class Line(asyncio.Protocol, Seat):
    def __init__(self, receiver: Receiver) -> None:
        self._receiver, self._splitter = receiver, Splitter()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_begun = False
        self._unanswered = 0
        self._waiting: deque[bytes] = deque()  # what came with the same read

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.address = str((self._transport.get_extra_info("peername") or ("?",))[0])
        if not self._receiver.admits(self):
            metrics.panel_frames("turned_away").inc()
            self._transport.abort()
            return
        self._wait_for(self._receiver.door.idle_s)

    def data_received(self, data: bytes) -> None:
        self._waiting.extend(self._splitter.feed(data))
        self._take_more()
        if len(self._splitter.rest) > LONGEST_FRAME:
            self._give_up("longer than any frame")
        elif not self._splitter.rest.strip():  # some write a line end behind it
            self._is_begun = False
            self._wait_for(self._receiver.door.idle_s)
        elif not self._is_begun:
            # From its first byte: whoever sends one now and then begins no time anew.
            self._is_begun = True
            self._wait_for(min(FRAME_WITHIN_S, self._receiver.door.idle_s))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 — asyncio names it
        if self._timer:
            self._timer.cancel()
        self._keep_rest()
        self._receiver.lost(self)

    def close(self) -> None:
        if self._transport:
            self._transport.close()

    def cut(self) -> None:
        """At once: within TLS a farewell takes two, and the loop ends before the other has answered."""
        if self._transport:
            self._transport.abort()

    def send(self, reply: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > UNREAD_BYTES:
            self._transport.abort()  # it asks and never listens
            return
        self._transport.write(reply)

    def waits(self) -> None:
        self._unanswered += 1

    def served(self) -> None:
        self._unanswered -= 1
        if self._transport and not self._transport.is_closing():
            self._take_more()

    def _take_more(self) -> None:
        while self._waiting and self._unanswered < UNANSWERED_AT_ONCE:
            self._receiver.take(TCP, self._waiting.popleft()[: LONGEST_FRAME + 1], self)
        if self._transport:
            (self._transport.pause_reading if self._waiting else self._transport.resume_reading)()

    def _wait_for(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(seconds, self._time_is_over, seconds)

    def _time_is_over(self, seconds: float) -> None:
        if self._unanswered and not self._is_begun:
            self._wait_for(seconds)  # it is we who are slow
        else:
            self._give_up("nothing came in time")

    def _give_up(self, reason: str) -> None:
        log.debug("panel_line_ended", reason=reason, address=self.address)
        if self._transport:
            self._transport.abort()

    def _keep_rest(self) -> None:
        """What was begun and not ended goes into quarantine, for whoever looks why a panel is not heard."""
        for piece in (*self._waiting, self._splitter.rest):
            if piece.strip():
                self._receiver.take(TCP, piece[: LONGEST_FRAME + 1], self)
        self._waiting.clear()


class Sender(Seat):
    """Of one datagram."""

    def __init__(self, transport: asyncio.DatagramTransport, address: tuple[Any, ...]) -> None:
        self._transport, self._to = transport, address
        self.address = str(address[0])

    def send(self, reply: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.sendto(reply, self._to)


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        if self._transport is None:
            return
        for piece in pieces_of(data)[:UNANSWERED_AT_ONCE]:
            self._receiver.take(UDP, piece[: LONGEST_FRAME + 1], Sender(self._transport, addr))
