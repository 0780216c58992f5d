"""Days as people in Vietnam count them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

# Vietnam has had no other since 1975, and no summer time.
LOCAL = timezone(timedelta(hours=7))


def today(now: datetime) -> date:
    return now.astimezone(LOCAL).date()


def end_of(day: date) -> datetime:
    """The first moment after it, in UTC."""
    return datetime.combine(day + timedelta(days=1), time.min, LOCAL).astimezone(UTC)
