"""Hours in which a way or a person is told of nothing but what cannot wait.

A call for help is never quiet, nor that we do not see ourselves; whatever else comes then waits, and says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from device_adapters.core.events import CALLS_FOR_HELP, AlarmKind
from monitor.hours import Hours

# Of the priorities 1 … 4; the first is never quiet.
MAY_BE_QUIET = frozenset({2, 3, 4})
NEVER_QUIET = CALLS_FOR_HELP | {AlarmKind.MONITOR_FAULT}
_LONGEST = timedelta(days=7)
_ANY_DAY = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class QuietHours:
    hours: Hours
    priorities: frozenset[int] = MAY_BE_QUIET

    def until(self, at: datetime) -> datetime | None:
        """When it is over; None where it is not quiet at ``at``."""
        return self.hours.turn_after(at) if self.hours.are_on(at) else None


def is_never_quiet(kind: str, priority: int) -> bool:
    return priority not in MAY_BE_QUIET or kind in NEVER_QUIET


def is_for_ever(quiet: Collection[QuietHours], priority: int) -> bool:
    """Whether there is no hour of the week at which none of them holds."""
    mine = [each for each in quiet if priority in each.priorities]
    is_on = any(each.hours.are_on(_ANY_DAY) for each in mine)
    return is_on and quiet_until(mine, priority, _ANY_DAY) is None


def quiet_until(quiet: Collection[QuietHours], priority: int, at: datetime) -> datetime | None:
    """The first moment at which none of them holds; None where none does now, or there is no such moment."""
    end = at
    while end - at < _LONGEST:
        later = [until for each in quiet if priority in each.priorities and (until := each.until(end))]
        if not later:
            return end if end > at else None
        end = max(later)
    return None


@dataclass(frozen=True, slots=True)
class Quiet:
    """``ways``: by the channel's name. ``people``: by role and name, as ``channels.toml`` has them: whoever stands duty
    in their place is awake.
    """

    ways: Mapping[str, QuietHours] = field(default_factory=dict)
    people: Mapping[tuple[str, str], QuietHours] = field(default_factory=dict)

    def holds(self, at: datetime) -> bool:
        """Whether anything is quiet now."""
        return any(each.until(at) for each in (*self.ways.values(), *self.people.values()))

    def until(self, duty: Mapping[str, Any], channel: str, at: datetime) -> datetime | None:
        """When this duty may go by this channel; None: now."""
        if is_never_quiet(duty["kind"], duty["priority"]):
            return None
        of_both = (self.ways.get(channel), self.people.get((duty["role"], duty["recipient"])))
        hours = [each for each in of_both if each is not None]
        return quiet_until(hours, duty["priority"], at)


NEVER = Quiet()
