"""What lies between paho and its broker: nothing is lost, nothing overtakes, a handful is answered in one sending."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.wire import Published, Wire
from simulator.flood_packets import publish, subscribe

CONNACK, PINGRESP = b"\x20\x02\x01\x00", b"\xd0\x00"
BODIES = [b"%d" % number * (number % 70) for number in range(60)]
BEATS = [publish(number + 1, f"a/{number}", body) for number, body in enumerate(BODIES)]


class Ends:
    """A wire, its other end, and what came out of it: at ``taken`` in handfuls, at ``left`` for paho."""

    def __init__(self) -> None:
        self.link, self.broker = socket.socketpair()
        self.link.setblocking(False)
        self.order: list[bytes] = []
        self.taken: list[Published] = []
        self.wire = Wire(self.link, self._take)

    def _take(self, published: object) -> None:
        assert isinstance(published, list)
        self.taken += published
        self.order += [each.payload for each in published]

    def read(self) -> list[bytes]:
        """As paho reads: as long as there is something, a packet at a time."""
        left = []
        while True:
            try:
                left.append(self.wire.recv(1) + self.wire.recv(70_000))
            except BlockingIOError:
                return left
            self.order.append(left[-1])

    def close(self) -> None:
        self.wire.close()
        self.broker.close()


@pytest.fixture
def ends() -> Iterator[Ends]:
    ends = Ends()
    yield ends
    ends.close()


def test_it_takes_a_handful_and_leaves_the_last_to_paho(ends: Ends) -> None:
    ends.broker.sendall(b"".join(BEATS))
    assert ends.read() == [BEATS[-1]]
    assert [each.payload for each in ends.taken] == BODIES[:-1]
    assert [each.number for each in ends.taken] == list(range(1, len(BEATS)))


def test_it_lets_nothing_overtake_what_is_paho_s(ends: Ends) -> None:
    ends.broker.sendall(CONNACK + BEATS[1] + BEATS[2] + PINGRESP + BEATS[3] + BEATS[4])
    ends.read()
    assert ends.order == [CONNACK, BODIES[1], BODIES[2], PINGRESP, BODIES[3], BEATS[4]]


@given(st.lists(st.integers(1, 400), max_size=30))
def test_it_does_not_matter_how_the_stream_is_cut(cuts: list[int]) -> None:
    ends, stream = Ends(), CONNACK + b"".join(BEATS)
    for cut in [*cuts, len(stream)]:
        part, stream = stream[:cut], stream[cut:]
        ends.broker.sendall(part)
        ends.read()
    whole = dict(zip(BEATS, BODIES, strict=True))
    assert [whole.get(each, each) for each in ends.order] == [CONNACK, *BODIES]
    assert not ends.wire.pending()
    ends.close()


@pytest.mark.parametrize(
    "packet",
    [
        publish(1, "a/b", b"x").replace(b"a/b", b"a/\xff"),
        bytes([0x34]) + publish(1, "a/b", b"x")[1:],
        publish(1, "", b"x"),
        b"\x32\x04\x00\x09ab",
        b"\x30\x01\x00",
        b"\x32\xff\xff\xff\xff\x01",
        subscribe(1, "a"),
    ],
    ids=["topic no text", "qos 2", "no topic", "topic too long", "too short", "endless length", "no publish"],
)
def test_it_leaves_to_paho_what_is_no_ordinary_message(ends: Ends, packet: bytes) -> None:
    ends.broker.sendall(packet)
    assert ends.read() == [packet]
    ends.broker.sendall(packet + BEATS[0])
    assert ends.read()[0].startswith(packet)
    assert ends.taken == []


def test_it_says_what_waits_to_be_read(ends: Ends) -> None:
    ends.broker.sendall(CONNACK + BEATS[1] + BEATS[2][:5])
    ends.wire.recv(1)
    assert ends.wire.pending(), "paho would wait for the network"
    ends.read()
    assert not ends.wire.pending(), "paho would ask again and again"


def test_it_answers_a_handful_in_one_sending(ends: Ends) -> None:
    ends.wire.owe([1, 258])
    assert ends.wire.send(b"\x40\x02\x00\x03") == 4
    assert ends.broker.recv(100) == b"\x40\x02\x00\x01\x40\x02\x01\x02\x40\x02\x00\x03"


def test_it_keeps_what_is_owed_while_the_network_takes_nothing(ends: Ends) -> None:
    filled = 0
    with suppress(BlockingIOError):
        while True:
            filled += ends.link.send(b"." * 65_536)
    ends.wire.owe([7])
    with pytest.raises(BlockingIOError):
        ends.wire.send(b"last")
    while filled:
        filled -= len(ends.broker.recv(min(filled, 65_536)))
    ends.wire.owe([8])
    assert ends.wire.send(b"last") == 4
    assert ends.broker.recv(100) == b"\x40\x02\x00\x07last"
    ends.wire.send(b"!")
    assert ends.broker.recv(100) == b"\x40\x02\x00\x08!"


def test_it_puts_nothing_into_the_middle_of_a_packet(ends: Ends) -> None:
    packet, arrived = b"." * 2_000_000, b""
    begun = ends.wire.send(packet)
    assert 0 < begun < len(packet)
    ends.wire.owe([9])
    while begun < len(packet):
        arrived += ends.broker.recv(2_000_000)
        begun += ends.wire.send(packet[begun:])
    ends.wire.send(b"!")
    ends.link.shutdown(socket.SHUT_WR)
    while some := ends.broker.recv(2_000_000):
        arrived += some
    assert arrived == packet + b"\x40\x02\x00\x09!"


def test_it_ends_where_the_broker_ends(ends: Ends) -> None:
    ends.broker.close()
    assert ends.wire.recv(1) == b""
