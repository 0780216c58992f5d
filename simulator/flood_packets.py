"""MQTT 3.1.1 packets, made once and sent many times: paho makes some 24,000 a second, a flood wants more than that.

OASIS MQTT 3.1.1, sections 2.2 (fixed header), 3.1 CONNECT, 3.3 PUBLISH, 3.4 PUBACK, 3.8 SUBSCRIBE.
"""

from __future__ import annotations

from collections.abc import Iterator

PUBLISH, PUBACK = 3, 4
KEEPALIVE_S = 60


def connect(account: str, password: str, client_id: str | None = None) -> bytes:
    """A clean session, named like its account where it has no name of its own."""
    head = _text("MQTT") + bytes([4, 0b1100_0010]) + KEEPALIVE_S.to_bytes(2, "big")
    return packet(0x10, head + _text(client_id or account) + _text(account) + _text(password))


def subscribe(number: int, topic_filter: str) -> bytes:
    return packet(0x82, number.to_bytes(2, "big") + _text(topic_filter) + b"\x01")


def publish(number: int, topic: str, payload: bytes) -> bytes:
    """At QoS 1; ``number`` 1 … 65535."""
    return packet(0x32, _text(topic) + number.to_bytes(2, "big") + payload)


def publish_at_most_once(topic: str, payload: bytes) -> bytes:
    return packet(0x30, _text(topic) + payload)


def puback(number: bytes) -> bytes:
    return b"\x40\x02" + number


def packets(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """(kind, body) of every whole packet, which is taken out of the buffer."""
    while (found := _first(buffer)) is not None:
        start, end = found
        kind, body = buffer[0] >> 4, bytes(buffer[start:end])
        del buffer[:end]
        yield kind, body


def _first(buffer: bytearray) -> tuple[int, int] | None:
    size = 0
    for position in range(1, min(5, len(buffer))):
        size |= (buffer[position] & 0x7F) << 7 * (position - 1)
        if buffer[position] < 0x80:
            end = position + 1 + size
            return (position + 1, end) if len(buffer) >= end else None
    return None


def topic_and_number(body: bytes) -> tuple[str, bytes]:
    """Of a PUBLISH at QoS 1."""
    end = 2 + int.from_bytes(body[:2], "big")
    return body[2:end].decode(), body[end : end + 2]


def packet(head: int, body: bytes) -> bytes:
    return bytes([head]) + length(len(body)) + body


def _text(text: str) -> bytes:
    return string(text.encode())


def string(encoded: bytes) -> bytes:
    """With its length before it; nothing is asked about what it holds."""
    return len(encoded).to_bytes(2, "big") + encoded


def length(number: int) -> bytes:
    """Seven bits a byte, the low ones first; the eighth says that more follow."""
    out = bytearray()
    while True:
        number, low = divmod(number, 128)
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)
