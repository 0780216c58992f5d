"""Hours in which something is expected: `T2-T7 07:00-18:00; CN 08:00-12:00`, as the clocks of Vietnam show them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

# Universal time plus seven, summer and winter.
AHEAD = timedelta(hours=7)
LONGEST = 100
EXPECTED = "hours like 07:00-18:00, or T2-T7 07:00-18:00; CN 22:00-06:00"
_DAYS = {"T2": 0, "T3": 1, "T4": 2, "T5": 3, "T6": 4, "T7": 5, "CN": 6}
_DAY_MIN = 24 * 60
_WEEK_MIN = 7 * _DAY_MIN
_WEEK = timedelta(days=7)
_PART = re.compile(r"(?:(T[2-7]|CN)(?:-(T[2-7]|CN))? )?(\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """``spans``: minutes of a week that begins on Monday, in order, apart from each other; the last may reach into the
    next week.
    """

    spans: tuple[tuple[int, int], ...]

    def are_on(self, at: datetime) -> bool:
        """Whether ``at`` lies within them."""
        minute = _minute_of_week(at)
        return any(begin <= minute < end or begin <= minute + _WEEK_MIN < end for begin, end in self.spans)

    def turn_after(self, at: datetime) -> datetime | None:
        """The next moment at which they begin or end; None where they never do."""
        local = at + AHEAD
        monday = datetime(local.year, local.month, local.day, tzinfo=local.tzinfo) - timedelta(days=local.weekday())
        edges = {edge % _WEEK_MIN for span in self.spans for edge in span if span[1] - span[0] < _WEEK_MIN}
        turns = (monday - AHEAD + timedelta(minutes=edge) for edge in edges)
        return min((turn if turn > at else turn + _WEEK for turn in turns), default=None)


@lru_cache(maxsize=4096)
def hours(text: str) -> Hours:
    """Raises ``ValueError`` with what is expected."""
    minutes = sorted(span for part in text.split(";") for span in _spans(" ".join(part.upper().split())))
    joined: list[tuple[int, int]] = []
    for begin, end in minutes:
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    if joined[-1][1] >= joined[0][0] + _WEEK_MIN:
        # Sunday night goes on into Monday.
        first, last = joined[0], joined.pop()
        joined = [(min(last[0], first[0] + _WEEK_MIN), max(last[1], first[1] + _WEEK_MIN)), *joined[1:]]
        joined = joined if joined[0][1] - joined[0][0] < _WEEK_MIN else [(0, _WEEK_MIN)]
    return Hours(tuple(sorted(joined)))


def _spans(part: str) -> Iterator[tuple[int, int]]:
    said = _PART.fullmatch(part)
    if said is None:
        raise ValueError(EXPECTED)
    first, last = said[1] or "T2", said[2] or said[1] or "CN"
    begin, end = int(said[3]) * 60 + int(said[4]), int(said[5]) * 60 + int(said[6])
    if begin >= _DAY_MIN or end > _DAY_MIN or begin == end or int(said[4]) > 59 or int(said[6]) > 59:
        raise ValueError(EXPECTED)
    length = (end - begin) % _DAY_MIN or _DAY_MIN
    for step in range((_DAYS[last] - _DAYS[first]) % 7 + 1):
        day = (_DAYS[first] + step) % 7 * _DAY_MIN
        yield day + begin, day + begin + length


def _minute_of_week(at: datetime) -> int:
    local = at + AHEAD
    return local.weekday() * _DAY_MIN + local.hour * 60 + local.minute
