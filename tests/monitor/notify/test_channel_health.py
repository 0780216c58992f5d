"""Each way to tell people is tried on a schedule, so that a dead one is known before it is needed."""

from __future__ import annotations

import threading

import pytest

from monitor.machines.delivery import Answer, Outcome
from monitor.notify.channel_health import TEST_AGAIN_S, TEST_EVERY_S, ChannelHealth
from tests.fakes import FakeClock

WELL, DEAD = Answer(Outcome.DELIVERED, "ok"), Answer(Outcome.RETRY, "connection refused")


class Way:
    kind = "webhook"

    def __init__(self) -> None:
        self.answer, self.tests = WELL, 0

    def send(self, _message: object) -> Answer:
        return self.answer

    def check(self) -> Answer:
        self.tests += 1
        return self.answer


class Watched:
    def __init__(self) -> None:
        self.clock, self.way = FakeClock(), Way()
        self.health = ChannelHealth({"hook": self.way}, self.clock)

    def after(self, seconds: float) -> int:
        """How often it was tried by then."""
        self.clock.forward(seconds)
        self.health.look()
        for thread in threading.enumerate():
            if thread.name == "notify-test":
                thread.join()
        return self.way.tests


@pytest.fixture
def watched() -> Watched:
    watched = Watched()
    assert watched.after(0) == 1, "at the start"
    return watched


def test_it_tries_a_way_every_hour(watched: Watched) -> None:
    assert [watched.after(TEST_EVERY_S - 1), watched.after(1), watched.after(1)] == [1, 2, 2]


def test_it_tries_oftener_what_has_failed_and_says_so(watched: Watched) -> None:
    watched.way.answer = DEAD
    assert watched.after(TEST_EVERY_S) == 2
    assert watched.health.all()["hook"].fault == "connection refused"
    assert [watched.after(TEST_AGAIN_S - 1), watched.after(1)] == [2, 3]


def test_it_says_when_a_way_is_well_again(watched: Watched) -> None:
    watched.way.answer = DEAD
    watched.after(TEST_EVERY_S)
    watched.way.answer = WELL
    watched.after(TEST_AGAIN_S)
    assert watched.health.all()["hook"].fault is None
