"""What is sent next, and when again."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from monitor.probe.disk_queue import Kept
from monitor.probe.resend import AT_ONCE, AT_ONCE_WITH_NEW, Outbox


def a_kept(identity: str, *, is_press: bool = True) -> Kept:
    return Kept(identity, "t", "{}", is_press, 0)


def an_outbox(*waiting: Kept) -> Outbox:
    outbox = Outbox(Random(7))
    outbox.begin(waiting)
    return outbox


def sent(outbox: Outbox, now_s: float) -> Iterator[str]:
    while (identity := outbox.next(now_s)) is not None:
        yield identity


def test_it_sends_the_newest_press_first_and_events_last() -> None:
    outbox = an_outbox(a_kept("old"), a_kept("event", is_press=False), a_kept("new"))
    assert list(sent(outbox, 0)) == ["new", "old", "event"]


def test_it_lets_a_new_press_pass_those_that_wait() -> None:
    outbox = an_outbox(a_kept("old"), a_kept("older"))
    outbox.add(a_kept("just now"))
    assert outbox.next(0) == "just now"


def test_it_waits_longer_each_time_but_never_longer_than_half_a_minute() -> None:
    outbox, now_s, delays_s = an_outbox(a_kept("one")), 0.0, []
    outbox.next(now_s)
    for _ in range(7):
        began_s = now_s
        while outbox.next(now_s) is None:
            now_s += 0.1
        delays_s.append(now_s - began_s)
    bounds_s = [2, 4, 8, 16, 30, 30, 30]
    assert all(bound <= delay + 0.01 <= bound * 1.2 + 0.2 for bound, delay in zip(bounds_s, delays_s, strict=True))


def test_it_sends_no_more_at_once_than_the_line_can_carry() -> None:
    outbox = an_outbox(*(a_kept(str(number)) for number in range(200)))
    assert len(list(sent(outbox, 0))) == AT_ONCE
    outbox.settled("199")
    assert list(sent(outbox, 0)) == ["149"]


def test_it_sends_a_new_press_at_once_whatever_is_unanswered() -> None:
    outbox = an_outbox(*(a_kept(str(number)) for number in range(200)))
    list(sent(outbox, 0))
    outbox.add(a_kept("event", is_press=False))
    outbox.add(a_kept("now"))
    assert list(sent(outbox, 0)) == ["now"]


def test_it_sends_no_more_new_presses_than_the_line_can_carry() -> None:
    outbox = an_outbox()
    for number in range(400):
        outbox.add(a_kept(str(number)))
    assert len(list(sent(outbox, 0))) == AT_ONCE_WITH_NEW


def test_it_comes_to_the_oldest_though_nobody_answers() -> None:
    outbox, seen = an_outbox(*(a_kept(str(number)) for number in range(200))), set[str]()
    for now_s in range(60):
        seen |= set(sent(outbox, now_s))
    assert len(seen) == 200


def test_it_sends_nothing_that_was_answered() -> None:
    outbox = an_outbox(a_kept("one"))
    outbox.next(0)
    outbox.settled("one")
    assert outbox.next(100) is None


def test_it_has_everything_due_after_a_reconnect() -> None:
    outbox = an_outbox(a_kept("one"))
    outbox.next(0)
    outbox.begin([a_kept("one")])
    assert outbox.next(0) == "one"
