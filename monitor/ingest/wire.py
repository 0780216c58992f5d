"""The bytes between paho and its broker: a flood of messages is taken out in handfuls, and answered in one sending.

paho costs 55 µs for a message at QoS 1: three reads of the socket, a dictionary and a condition variable for each, and
a waking and a sending for each acknowledgement. So we stand where it reads and writes. One read brings what there is;
of the PUBLISH packets that lie there together all but the last go straight to ``on_published``, and the last goes to
paho, whose keepalive sees the traffic as ever. Acknowledgements wait here and leave before whatever paho sends next.
Everything else about a session (signing in, keepalive, dialling anew, TLS, what we publish) stays paho's.

Of paho's own we use its declared protocol ``SocketLike``, with the ``pending`` that it asks of sockets which read
ahead, and one name that is not public, ``_create_socket``: there is no public one. A release that does not ask for it
works as ever, only slower, and fails the tests of this file.

Format: MQTT 3.1.1 (OASIS), 2.2.3 remaining length, 3.3 PUBLISH, 3.4 PUBACK.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from paho.mqtt.client import Client

READ_BYTES = 65_536
_PUBACK = b"\x40\x02"
_PUBLISH, _QOS_0, _QOS_1 = 0x30, 0x00, 0x02
_RETAIN, _QOS_BITS, _DUP = 0x01, 0x06, 0x08


class Published(Struct, frozen=True, gc=False):
    """One PUBLISH at QoS 0 or 1. ``number``: what it is acknowledged by, 0 at QoS 0."""

    topic: str
    payload: bytes
    number: int
    head: int

    @property
    def qos(self) -> int:
        return (self.head & _QOS_BITS) >> 1

    @property
    def is_retained(self) -> bool:
        return bool(self.head & _RETAIN)

    @property
    def is_redelivery(self) -> bool:
        return bool(self.head & _DUP)


class Wire:
    """What paho takes for its socket. Read and written by paho's thread alone; ``owe`` may be called by any."""

    def __init__(self, link: Any, on_published: Callable[[Sequence[Published]], None]) -> None:
        self._link, self._on_published = link, on_published
        self._unread = bytearray()
        self._for_paho = self._owed = self._going = b""
        self._is_midway = False  # paho will come with the rest of a packet
        self._lock = threading.Lock()

    def owe(self, numbers: Sequence[int]) -> None:
        """Acknowledges these before whatever is sent next."""
        said = b"".join(_PUBACK + number.to_bytes(2, "big") for number in numbers)
        with self._lock:
            self._owed += said

    # -- what paho asks of a socket ------------------------------------------------------------------------------

    def recv(self, buffer_size: int) -> bytes:
        """The next bytes of the packet that is paho's; raises ``BlockingIOError`` where there is none yet."""
        if not self._for_paho:
            if not _has_whole_packet(self._unread):
                read = self._link.recv(READ_BYTES)
                if not read:
                    return b""
                self._unread += read
                if not _has_whole_packet(self._unread):
                    raise BlockingIOError
            self._take_out()
        given, self._for_paho = self._for_paho[:buffer_size], self._for_paho[buffer_size:]
        return given

    def send(self, buffer: bytes | bytearray) -> int:
        """Raises ``BlockingIOError`` where nothing of ``buffer`` went out: paho then comes again with the same.

        What was tried once must be tried again as it was: TLS has sealed it already.
        """
        if not self._going:
            self._going = bytes(buffer) if self._is_midway else self._settled() + buffer
        before = len(self._going) - len(buffer)
        sent = int(self._link.send(self._going))
        if sent <= before:
            self._going = self._going[sent:]
            raise BlockingIOError
        self._going, self._is_midway = b"", sent - before < len(buffer)
        return sent - before

    def _settled(self) -> bytes:
        with self._lock:
            owed, self._owed = self._owed, b""
        return owed

    def pending(self) -> int:
        """What can be read without waiting for the network."""
        ahead = self._link.pending() if hasattr(self._link, "pending") else 0
        return ahead + len(self._for_paho) + _has_whole_packet(self._unread)

    def fileno(self) -> int:
        return int(self._link.fileno())

    def setblocking(self, flag: bool) -> None:
        self._link.setblocking(flag)

    def shutdown(self, how: int) -> None:
        self._link.shutdown(how)

    def close(self) -> None:
        self._link.close()

    # -- packets -------------------------------------------------------------------------------------------------

    def _take_out(self) -> None:
        """Up to the first packet that is not ours to take, or the last whole one: that one is paho's.

        Whatever follows it waits until paho has seen it: a CONNACK comes before the messages that it lets in.
        """
        unread, taken = bytes(self._unread), list[Published]()
        start, (body, end) = 0, _bounds(unread, 0)
        while (after := _bounds(unread, end))[1]:
            if (published := _published(unread, start, body, end)) is None:
                break
            taken.append(published)
            start, (body, end) = end, after
        del self._unread[:end]
        self._for_paho = unread[start:end]
        if taken:
            self._on_published(taken)


class WiredClient(Client):
    """paho's client on a ``Wire``; ``wire`` is that of the newest connection."""

    wire: Wire | None = None
    on_published: Callable[[Sequence[Published]], None]

    def _create_socket(self) -> Wire:
        link: Any = super()._create_socket()
        # Nagle and delayed acknowledgement together made a round trip of 92 ms out of 0.6 ms.
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wire = Wire(link, self.on_published)
        return self.wire


def _bounds(data: bytes | bytearray, start: int) -> tuple[int, int]:
    """Where the body of the packet at ``start`` begins and where it ends; (0, 0) where it is not all there yet.

    A length of more than four bytes is nobody's: all that is there goes to paho, which ends the connection.
    """
    length, there = 0, len(data)
    for position in range(start + 1, min(start + 5, there)):
        length |= (data[position] & 0x7F) << 7 * (position - start - 1)
        if data[position] < 0x80:
            end = position + 1 + length
            return (position + 1, end) if end <= there else (0, 0)
    return (start + 5, there) if there >= start + 5 else (0, 0)


def _has_whole_packet(data: bytearray) -> bool:
    return _bounds(data, 0)[1] > 0


def _published(data: bytes, start: int, body: int, end: int) -> Published | None:
    """None where it is not a PUBLISH at QoS 0 or 1, or not a right one: those are for paho to judge."""
    head = data[start]
    qos = head & _QOS_BITS
    if head & 0xF0 != _PUBLISH or qos > _QOS_1 or end - body < 2:
        return None
    topic_end = body + 2 + (data[body] << 8 | data[body + 1])
    payload = topic_end + (2 if qos else 0)
    if payload > end or topic_end == body + 2:
        return None
    try:
        topic = data[body + 2 : topic_end].decode()
    except UnicodeDecodeError:
        return None
    number = data[topic_end] << 8 | data[topic_end + 1] if qos else 0
    return Published(topic, data[payload:end], number, head)
