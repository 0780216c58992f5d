"""Periods that reports are about: whole days in Vietnam, the first and the last of them included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.errors import Refusal
from monitor.journal.times import begin_of, today, unix_ms

# As long as the spans of states are kept.
_LONGEST_DAYS = 1830
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """The adjacent previous period, of equal length."""
        return Period(self.first - timedelta(days=self.days), self.first - ONE_DAY)

    def began_ms(self) -> int:
        return unix_ms(begin_of(self.first))

    def ended_ms(self, now: datetime) -> int:
        """Its end, or now where it still lasts."""
        return max(self.began_ms(), min(unix_ms(now), unix_ms(begin_of(self.last + ONE_DAY))))


def period_of(first: date | None, last: date | None, now: datetime, days: int = 30) -> Period:
    """What was asked for; where one end is missing, so many days. Raises ``Refusal``."""
    end = last or (min(today(now), first + timedelta(days=days - 1)) if first else today(now))
    period = Period(first or end - timedelta(days=days - 1), end)
    if period.last < period.first:
        raise Refusal(f"the period ends on {period.last}, before it begins on {period.first}")
    if period.first > today(now):
        raise Refusal(f"the period begins on {period.first}, which is still to come")
    if period.days > _LONGEST_DAYS:
        raise Refusal(f"the period has {period.days} days; at most {_LONGEST_DAYS} are kept")
    return period
