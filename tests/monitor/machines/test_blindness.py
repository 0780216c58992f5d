"""When the monitor heard nothing itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.machines.blindness import Blind, Sight, Why, look, woken

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def told(sight: Sight, *looks: tuple[float, bool], steps_s: float = 0.0) -> list[Blind]:
    """Every stretch given away by looks at (seconds, linked). ``steps_s``: how far the wall clock runs ahead then."""
    found = []
    for seconds, is_linked in looks:
        now = at(seconds + (steps_s if seconds else 0))
        sight, blind = look(sight, now=now, monotonic_s=seconds, is_linked=is_linked)
        found.append(blind)
    return [blind for blind in found if blind is not None]


def test_it_says_nothing_while_it_sees() -> None:
    assert told(Sight(), (0, True), (1, True), (5, True)) == []


def test_it_tells_a_lost_link_when_it_is_sure_and_again_when_it_is_over() -> None:
    looks = ((0, True), (1, False), (2, False), (3, False), (4, False), (9, True))
    assert told(Sight(), *looks) == [Blind(at(1), None, Why.UNLINKED), Blind(at(1), at(9), Why.UNLINKED)]


def test_it_makes_nothing_of_a_reconnect() -> None:
    assert told(Sight(), (0, True), (1, False), (2, True)) == []


def test_it_was_blind_since_it_was_last_there() -> None:
    assert told(woken(at(-600)), (0, False), (1, True))[-1] == Blind(at(-600), at(1), Why.STOPPED)


def test_it_was_never_blind_before_its_first_day() -> None:
    assert told(woken(None), (0, False), (1, True)) == []


def test_it_goes_on_being_blind_after_a_restart() -> None:
    assert told(woken(at(-600), is_told=True), (0, False), (5, False)) == []


def test_it_was_blind_while_it_was_frozen() -> None:
    assert told(Sight(), (0, True), (60, True)) == [Blind(at(0), at(60), Why.FROZEN)]


def test_it_counts_the_hour_a_clock_jumped_over() -> None:
    jumped = told(Sight(), (0, True), (1, True), steps_s=3600)
    assert jumped == [Blind(at(0), at(3601), Why.FROZEN)]


def test_it_makes_nothing_of_a_slow_turn() -> None:
    assert told(Sight(), (0, True), (8, True)) == []
