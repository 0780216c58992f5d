"""A device's last day, and its last ninety, one letter a cell."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.journal.spans import BlindTimes, Spent
from monitor.journal.times import unix_ms
from monitor.reports.availability import Stretch
from monitor.reports.strips import StripOf, cells_of, strip_of

NOW = datetime(2026, 3, 14, 11, 7, tzinfo=UTC)
NOW_MS = unix_ms(NOW)
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
SEEING = BlindTimes([])


def a_stretch(state: str, began_ago_ms: int, ended_ago_ms: int = 0, **more: bool) -> Stretch:
    return Stretch("cam-1", NOW_MS - began_ago_ms, NOW_MS - ended_ago_ms, state, more.get("is_planned", False))


def strip(*stretches: Stretch, of: StripOf = StripOf.DAY, blind: BlindTimes = SEEING) -> str:
    return strip_of(stretches, cells_of(of, NOW), blind)


def test_it_has_a_cell_for_every_quarter_of_an_hour() -> None:
    assert strip(a_stretch("ONLINE", 3 * DAY)) == "w" * 96


def test_it_says_nothing_of_the_time_before_the_first_sign() -> None:
    assert strip(a_stretch("ONLINE", 50 * MINUTE)) == "n" * 92 + "w" * 4


def test_it_halves_a_cell_of_which_a_part_was_dark() -> None:
    story = strip(a_stretch("ONLINE", DAY, 40 * MINUTE), a_stretch("OFFLINE", 40 * MINUTE))
    assert story[-4:] == "hddd"


def test_it_shows_planned_work_and_what_nobody_could_hear() -> None:
    blind = BlindTimes([(NOW_MS - 22 * MINUTE, NOW_MS - 7 * MINUTE)])
    assert strip(a_stretch("OFFLINE", DAY, is_planned=True))[-1] == "m"
    assert strip(a_stretch("OFFLINE", DAY), blind=blind)[-3:] == "dbd"


def test_it_counts_a_day_in_vietnam_as_a_day() -> None:
    # It is 18:07 there: seven hours and seven minutes of today were dark, from 11:00 on.
    story = strip(a_stretch("ONLINE", 3 * DAY, 7 * HOUR), a_stretch("OFFLINE", 7 * HOUR), of=StripOf.QUARTER)
    assert story == "n" * 86 + "www" + "h"


def test_it_takes_a_merged_day_for_what_it_came_to() -> None:
    noon_ms = NOW_MS - 20 * DAY
    merged = Stretch("cam-1", noon_ms, noon_ms + HOUR, "OFFLINE", False, Spent(working_ms=9, down_ms=1), 400)
    assert strip(merged, of=StripOf.QUARTER)[-21:-19] == "hn"
