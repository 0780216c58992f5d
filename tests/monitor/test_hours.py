from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from monitor.hours import hours

VIETNAM = timezone(timedelta(hours=7))


def at(day: int, clock: str) -> datetime:
    """2 March 2026 is a Monday; the answer is in universal time, as everything inside is."""
    return datetime.fromisoformat(f"2026-03-{day:02}T{clock}").replace(tzinfo=VIETNAM).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "day", "clock", "are_on"),
    [
        ("07:00-18:00", 2, "06:59", False),
        ("07:00-18:00", 8, "07:00", True),
        ("07:00-18:00", 2, "18:00", False),
        ("T2-T7 07:00-18:00", 7, "12:00", True),
        ("T2-T7 07:00-18:00", 8, "12:00", False),
        ("T2-T6 07:00-18:00; CN 08:00-12:00", 8, "09:00", True),
        ("cn 08:00-12:00 ;  t2 07:00-08:00", 2, "07:30", True),
        ("22:00-06:00", 2, "23:00", True),
        ("22:00-06:00", 2, "05:59", True),
        ("22:00-06:00", 2, "06:00", False),
        ("T7 22:00-06:00", 8, "05:00", True),
        ("T7 22:00-06:00", 7, "05:00", False),
        ("CN 22:00-06:00", 2, "05:00", True),
        ("T7-T2 08:00-09:00", 2, "08:30", True),
        ("T7-T2 08:00-09:00", 3, "08:30", False),
        ("00:00-24:00", 4, "03:00", True),
    ],
)
def test_it_knows_by_the_clocks_of_vietnam_when_they_are(text: str, day: int, clock: str, are_on: bool) -> None:
    assert hours(text).are_on(at(day, clock)) is are_on


@pytest.mark.parametrize(
    ("text", "now", "turn"),
    [
        ("07:00-18:00", at(2, "06:00"), at(2, "07:00")),
        ("07:00-18:00", at(2, "07:00"), at(2, "18:00")),
        ("07:00-18:00", at(8, "19:00"), at(9, "07:00")),
        ("T2-T7 07:00-18:00", at(7, "18:00"), at(9, "07:00")),
        ("22:00-06:00", at(2, "05:00"), at(2, "06:00")),
        ("00:00-24:00", at(2, "05:00"), None),
        ("07:00-18:00; 18:00-07:00", at(2, "05:00"), None),
        ("CN 22:00-06:00", at(8, "23:00"), at(9, "06:00")),
        ("CN 22:00-06:00; T2 05:00-07:00", at(8, "23:00"), at(9, "07:00")),
    ],
)
def test_it_knows_when_they_begin_or_end_next(text: str, now: datetime, turn: datetime | None) -> None:
    assert hours(text).turn_after(now) == turn


@pytest.mark.parametrize(
    "text", ["", "7:00-18:00", "07:00", "07:00-07:00", "25:00-26:00", "07:60-08:00", "T8 07:00-08:00", "07:00-18:00;"]
)
def test_it_refuses_what_are_no_hours(text: str) -> None:
    with pytest.raises(ValueError, match="07:00-18:00"):
        hours(text)


def test_it_says_the_same_all_through_a_week_as_its_turns_do() -> None:
    for text in ("T2-T7 07:00-18:00; CN 22:00-06:00", "22:00-06:00", "T7-CN 20:00-04:00; T2 03:00-05:00"):
        open_hours, now = hours(text), at(2, "00:00")
        turn, is_on = open_hours.turn_after(now), open_hours.are_on(now)
        for _ in range(8 * 24 * 3):
            now += timedelta(minutes=20)
            if turn == now:
                turn, is_on = open_hours.turn_after(now), not is_on
            assert open_hours.are_on(now) is is_on, (text, now)
