"""Strips: a device's last day in quarters of an hour, or its last ninety days, one letter a cell. Pure.

``w`` it worked, as far as can be judged; ``h`` it was down for a part; ``d`` down all the time; ``m`` planned
maintenance; ``b`` the monitor itself heard nothing, or nothing was known; ``n`` nothing had been heard of it yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.journal.spans import BlindTimes, Spent
from monitor.journal.times import begin_of, today, unix_ms
from monitor.reports.availability import Stretch, within

_QUARTER_MS = 15 * 60 * 1000
_DAY_MS = 24 * 60 * 60 * 1000
NOTHING = "n"


class StripOf(StrEnum):
    DAY = "day"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class Cells:
    """``edges``: where each begins, and where the last ends, in Unix milliseconds."""

    edges: Sequence[int]
    now_ms: int

    @property
    def number(self) -> int:
        return len(self.edges) - 1

    @property
    def cell_ms(self) -> int:
        return self.edges[1] - self.edges[0]

    def first_at(self, at_ms: int) -> int:
        return max(0, (at_ms - self.edges[0]) // self.cell_ms)


def cells_of(strip: StripOf, now: datetime) -> Cells:
    """96 quarters of an hour up to and with this one, or 90 days in Vietnam up to and with today."""
    if strip is StripOf.DAY:
        end, cell_ms, number = -(-unix_ms(now) // _QUARTER_MS) * _QUARTER_MS, _QUARTER_MS, 96
    else:
        end, cell_ms, number = unix_ms(begin_of(today(now) + timedelta(days=1))), _DAY_MS, 90
    return Cells([end - cell_ms * left for left in range(number, -1, -1)], unix_ms(now))


def strip_of(stretches: Iterable[Stretch], cells: Cells, blind: BlindTimes) -> str:
    """One device's cells, the oldest first."""
    found = [Spent()] * cells.number
    for stretch in stretches:
        ended_ms = min(stretch.ended_ms, cells.now_ms)
        for number in range(cells.first_at(stretch.began_ms), min(cells.number, cells.first_at(ended_ms) + 1)):
            part = within(stretch, cells.edges[number], min(cells.edges[number + 1], cells.now_ms), blind)
            if part is not None:
                found[number] += part
    return "".join(map(_letter, found))


def _letter(part: Spent) -> str:
    if part.counted_ms:
        return "w" if not part.down_ms else "h" if part.working_ms else "d"
    if part.planned_ms:
        return "m"
    return "b" if part.blind_ms or part.unknown_ms else NOTHING
