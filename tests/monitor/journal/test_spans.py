"""What was when: turns become spans, and stretches of time what they came to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.journal.spans import BlindTimes, Span, Spent, Turn, fold, spent

SEEING = BlindTimes([])


def turns(*states: tuple[int, str]) -> list[Turn]:
    return [Turn("cam-1", at_ms, state) for at_ms, state in states]


def told(spans: list[Span]) -> list[tuple[int, int | None, str]]:
    return [(span.began_ms, span.ended_ms, span.state) for span in spans]


def test_it_makes_a_span_of_every_state() -> None:
    made = fold(None, turns((10, "ONLINE"), (50, "LATE"), (70, "OFFLINE")))
    assert told(made) == [(10, 50, "ONLINE"), (50, 70, "LATE"), (70, None, "OFFLINE")]


def test_it_goes_on_from_where_it_stopped() -> None:
    story = turns((10, "ONLINE"), (50, "OFFLINE"), (90, "ONLINE"))
    first = fold(None, story[:2])
    assert first[:-1] + fold(first[-1], story[2:]) == fold(None, story)


def test_it_leaves_out_what_changes_nothing() -> None:
    assert told(fold(None, turns((10, "ONLINE"), (50, "ONLINE")))) == [(10, None, "ONLINE")]


def test_it_leaves_out_what_lasted_no_time() -> None:
    assert told(fold(None, turns((10, "LATE"), (10, "ONLINE")))) == [(10, None, "ONLINE")]


def test_it_never_ends_a_span_before_it_began() -> None:
    made = fold(None, turns((100, "ONLINE"), (40, "OFFLINE"), (120, "ONLINE")))
    assert told(made) == [(100, 120, "OFFLINE"), (120, None, "ONLINE")]


def test_it_keeps_the_state_below_planned_maintenance() -> None:
    story = [*turns((10, "ONLINE")), Turn("cam-1", 20, is_planned=True), Turn("cam-1", 30, is_planned=False)]
    assert [(span.state, span.is_planned) for span in fold(None, story)] == [
        ("ONLINE", False),
        ("ONLINE", True),
        ("ONLINE", False),
    ]


def test_it_ends_with_the_device() -> None:
    story = [*turns((10, "ONLINE")), Turn("cam-1", 30, is_end=True)]
    assert told(fold(None, story)) == [(10, 30, "ONLINE")]


def test_it_begins_anew_when_a_device_comes_back() -> None:
    story = [*turns((10, "ONLINE")), Turn("cam-1", 30, is_end=True), *turns((90, "ONLINE"))]
    assert told(fold(None, story)) == [(10, 30, "ONLINE"), (90, None, "ONLINE")]


def test_it_takes_blind_time_out() -> None:
    blind = BlindTimes([(20, 40), (30, 50), (90, 200)])
    assert spent("OFFLINE", 0, 100, blind) == Spent(down_ms=60, blind_ms=40)


def test_it_takes_planned_time_out_whatever_else_was() -> None:
    assert spent("OFFLINE", 0, 100, BlindTimes([(20, 40)]), is_planned=True) == Spent(planned_ms=100)


def test_it_counts_a_late_device_as_working_and_a_degraded_one_as_down() -> None:
    late, degraded = (spent(state, 0, 10, SEEING) for state in ("LATE", "DEGRADED"))
    assert late + degraded == Spent(working_ms=10, down_ms=10)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)).map(sorted)), st.integers(0, 300))
def test_it_finds_the_blind_part_of_any_stretch(stretches: list[list[int]], ended: int) -> None:
    dark = {at for began, end in stretches for at in range(began, end)}
    blind = BlindTimes([(began, end) for began, end in stretches])
    assert blind.within(7, max(7, ended)) == sum(at in dark for at in range(7, ended))
