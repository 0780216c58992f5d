"""A worker that is not heard by the way that messages go is missed, and said to be."""

from __future__ import annotations

import pytest

from device_adapters.core.contract import Message
from monitor.journal.inbox import WORKER
from monitor.pipeline.workers import LONGEST_WAIT_S, Workers
from tests.fakes import FakeClock

TWO = {"ingest-1-alarm": "1", "ingest-2-alarm": "2"}


class Watched:
    def __init__(self, clock: FakeClock) -> None:
        self.clock, self.taken = clock, list[Message]()
        self.workers = Workers(clock, 2, self.taken.extend)

    def hear(self, *client_ids: str, said: bytes = b"", waited_s: float = 0) -> None:
        received_at = self.clock.now()
        self.clock.forward(waited_s)
        batch = [(WORKER, Message(f"anninh/v1/self/{each}", said, received_at)) for each in client_ids]
        self.workers.take(batch, lambda _: pytest.fail("nothing is left"))


@pytest.fixture
def watched(clock: FakeClock) -> Watched:
    watched = Watched(clock)
    watched.workers.expect(TWO)
    return watched


def test_it_finds_nothing_wrong_while_all_are_heard(watched: Watched) -> None:
    for _ in range(20):
        watched.clock.forward(2)
        watched.hear(*TWO)
    assert watched.workers.trouble() is None
    assert len(watched.taken) == 40


def test_it_names_the_one_that_is_gone(watched: Watched) -> None:
    for _ in range(5):
        watched.clock.forward(2)
        watched.hear("ingest-1-alarm")
    assert watched.workers.trouble() == "nothing came by ingest-2-alarm for 10 s"
    watched.hear("ingest-2-alarm")
    assert watched.workers.trouble() is None


def test_it_minds_nobody_who_was_retired(watched: Watched) -> None:
    watched.clock.forward(60)
    watched.hear("ingest-1-alarm")
    watched.workers.expect({"ingest-1-alarm": "1"})
    assert watched.workers.trouble() is None


def test_it_tells_what_the_broker_refuses_a_worker(watched: Watched) -> None:
    watched.hear("ingest-1-alarm", said=b"2 of 9 subscriptions were refused")
    assert watched.workers.trouble() == "ingest-1-alarm: 2 of 9 subscriptions were refused"


def test_it_tells_that_the_inbox_is_not_read(watched: Watched) -> None:
    watched.hear(*TWO, waited_s=LONGEST_WAIT_S + 2)
    assert watched.workers.trouble() == "messages wait 12 s in the inbox"


def test_it_tells_that_there_are_none(watched: Watched) -> None:
    watched.workers.expect({})
    assert watched.workers.trouble() == "no ingest worker has signed in: start chuong ingest"


def test_it_lets_what_devices_say_go_on(watched: Watched) -> None:
    said = ("native", Message("anninh/v1/bell/B-1/alarm", b"", watched.clock.now()))
    passed: list[object] = []
    canary = (WORKER, Message("anninh/v1/self/ingest-1-alarm", b"", watched.clock.now()))
    watched.workers.take([said, canary], passed.extend)
    assert passed == [said]
    assert watched.taken == [canary[1]]
