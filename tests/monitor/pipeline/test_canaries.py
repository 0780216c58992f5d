"""What comes through proves that a press would: canaries, and the broker's own figure of what it threw away."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from device_adapters.core.contract import Message
from monitor.pipeline.canaries import BROKER_FIGURE, CANARY, UPTIME_TOPIC, Canaries
from tests.fakes import FakeClock


class Aviary:
    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.passed: list[tuple[str, Message]] = []
        self.waiting: list[Callable[[], None]] = []
        self.has_screens = True
        self.canaries = Canaries(clock, self.tell)

    def tell(self, then: Callable[[], None]) -> bool:
        self.waiting.append(then)
        return self.has_screens

    def bring(self, *payloads: bytes, as_what: str = CANARY, topic: str = "anninh/v1/self/monitor-alarm") -> None:
        batch = [(as_what, Message(topic, payload, self.clock.now())) for payload in payloads]
        self.canaries.take(
            [*batch, ("native", Message("anninh/v1/bell/b/alarm", b"a press", self.clock.now()))], self.passed.extend
        )


@pytest.fixture
def aviary(clock: FakeClock) -> Aviary:
    return Aviary(clock)


def test_it_lets_everything_pass_but_its_own(aviary: Aviary) -> None:
    aviary.bring(aviary.canaries.song("alarm"))
    assert [adapter for adapter, _ in aviary.passed] == ["native"]


def test_it_measures_the_way_to_the_screens(aviary: Aviary, clock: FakeClock) -> None:
    song = aviary.canaries.song("alarm")
    clock.forward(2)
    aviary.bring(song)
    assert (aviary.canaries.unheard_s(), aviary.canaries.last_s) == (0.0, None)
    clock.forward(1)
    assert aviary.canaries.untold_s() == 1.0
    aviary.waiting.pop()()
    assert (aviary.canaries.untold_s(), aviary.canaries.last_s) == (0.0, 3.0)


def test_it_misses_a_song_of_one_session_whatever_the_other_brings(aviary: Aviary, clock: FakeClock) -> None:
    aviary.canaries.song("alarm")
    clock.forward(5)
    aviary.bring(aviary.canaries.song("state"))
    assert aviary.canaries.unheard_s() == 5.0


def test_it_does_not_mind_one_that_was_overtaken(aviary: Aviary, clock: FakeClock) -> None:
    aviary.canaries.song("alarm")
    clock.forward(5)
    aviary.bring(aviary.canaries.song("alarm"))
    assert aviary.canaries.unheard_s() == 0.0


def test_it_knows_nothing_of_an_earlier_run(aviary: Aviary, clock: FakeClock) -> None:
    aviary.canaries.song("alarm")
    clock.forward(1)
    aviary.bring(Aviary(clock).canaries.song("alarm"), b"", b"\xff 1 alarm")
    assert aviary.canaries.unheard_s() == 1.0


@pytest.mark.parametrize("figure", [b"9" * 5000, "٣".encode(), b"-1", b"1e3", b" 1", b""])
@pytest.mark.parametrize("topic", ["$SYS/broker/publish/messages/dropped", UPTIME_TOPIC])
def test_it_loses_no_press_to_a_figure_that_is_none(aviary: Aviary, figure: bytes, topic: str) -> None:
    run = aviary.canaries.song("alarm").partition(b" ")[0]
    aviary.bring(run + b" " + figure + b" alarm")
    aviary.bring(figure, as_what=BROKER_FIGURE, topic=topic)
    assert [message.payload for _, message in aviary.passed] == [b"a press", b"a press"]


def test_it_waits_for_no_screen_where_none_can_be_told(aviary: Aviary, clock: FakeClock) -> None:
    aviary.has_screens = False
    aviary.bring(aviary.canaries.song("alarm"))
    clock.forward(60)
    assert aviary.canaries.untold_s() == 0.0


def test_it_tells_of_messages_the_broker_threw_away(aviary: Aviary, clock: FakeClock) -> None:
    aviary.bring(b"4000", as_what=BROKER_FIGURE)
    assert not aviary.canaries.has_dropped(), "that was before we came"
    aviary.bring(b"4007", as_what=BROKER_FIGURE)
    assert (aviary.canaries.has_dropped(), aviary.canaries.dropped) == (True, 7)
    clock.forward(61)
    assert not aviary.canaries.has_dropped()


def test_it_takes_a_broker_that_counts_anew_for_no_loss(aviary: Aviary) -> None:
    aviary.bring(b"4000", b"0", as_what=BROKER_FIGURE)
    assert not aviary.canaries.has_dropped()


def test_it_knows_how_long_the_broker_has_been_there_until_that_is_gone(aviary: Aviary, clock: FakeClock) -> None:
    assert aviary.canaries.broker_up_s() is None
    aviary.bring(b"1234 seconds", as_what=BROKER_FIGURE, topic=UPTIME_TOPIC)
    clock.forward(6)
    assert aviary.canaries.broker_up_s() == 1240
    aviary.canaries.forget()
    assert aviary.canaries.broker_up_s() is None
