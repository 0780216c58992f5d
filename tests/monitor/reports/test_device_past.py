"""How often a device was down and for how long, beside the strip of it."""

from __future__ import annotations

from monitor.journal.spans import BlindTimes, Spent
from monitor.reports.availability import Stretch
from monitor.reports.device_past import Past, told
from monitor.reports.strips import StripOf, cells_of
from tests.monitor.reports.test_strips import DAY, HOUR, MINUTE, NOW, NOW_MS, SEEING, a_stretch


def past(*found: Stretch, of: StripOf = StripOf.DAY, blind: BlindTimes = SEEING) -> Past:
    return told(found, cells_of(of, NOW), blind)


def test_it_counts_falls_and_the_longest_of_them() -> None:
    down = (a_stretch("OFFLINE", 5 * HOUR, 4 * HOUR), a_stretch("OFFLINE", 30 * MINUTE))
    found = past(a_stretch("ONLINE", 10 * HOUR, 5 * HOUR), down[0], a_stretch("ONLINE", 4 * HOUR, 30 * MINUTE), down[1])
    assert (found.falls, found.longest_ms, found.figures.share) == (2, HOUR, 0.85)


def test_it_counts_one_fall_of_a_device_that_is_down_and_then_useless() -> None:
    found = past(a_stretch("OFFLINE", 2 * HOUR, HOUR), a_stretch("DEGRADED", HOUR))
    assert (found.falls, found.longest_ms) == (1, 2 * HOUR)


def test_it_counts_no_fall_that_the_monitor_only_heard_nothing_of() -> None:
    deaf = BlindTimes([(NOW_MS - HOUR, NOW_MS)])
    found = past(a_stretch("ONLINE", 2 * HOUR, HOUR), a_stretch("OFFLINE", HOUR), blind=deaf)
    assert (found.falls, found.longest_ms, found.figures.share) == (0, 0, 1)


def test_it_counts_the_falls_of_a_day_that_was_merged() -> None:
    came_to = Spent(working_ms=20 * HOUR, down_ms=4 * HOUR)
    merged = Stretch("cam-1", NOW_MS - 3 * DAY, NOW_MS - 2 * DAY, "ONLINE", False, came_to, changes=20)
    found = past(merged, a_stretch("ONLINE", 2 * DAY), of=StripOf.QUARTER)
    assert (found.falls, found.longest_ms, found.figures.spent.down_ms) == (10, 0, 4 * HOUR)
