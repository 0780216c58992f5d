"""UTC datetimes as the HTTP surface writes them, and the days of Vietnam."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import overload

# Vietnam has had no other since 1975, and no summer time.
LOCAL = timezone(timedelta(hours=7))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND, _MICROSECOND = timedelta(milliseconds=1), timedelta(microseconds=1)


@overload
def iso(at: datetime) -> str: ...
@overload
def iso(at: None) -> None: ...
@overload
def iso(at: datetime | None) -> str | None: ...
def iso(at: datetime | None) -> str | None:
    """``2026-11-22T07:31:22.104Z``: ISO 8601, UTC, milliseconds."""
    if at is None:
        return None
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


@overload
def unix_ms(at: datetime) -> int: ...
@overload
def unix_ms(at: None) -> None: ...
@overload
def unix_ms(at: datetime | None) -> int | None: ...
def unix_ms(at: datetime | None) -> int | None:
    """Whole milliseconds since 1970 in UTC, for columns of many times."""
    return None if at is None else (at - _EPOCH) // _MILLISECOND


def moment_of(at_ms: int) -> datetime:
    """The other way."""
    return _EPOCH + at_ms * _MILLISECOND


def unix_us(at: datetime) -> int:
    """Whole microseconds: all of a moment, in two thirds of its memory, and a column of them is numbers at once."""
    return (at - _EPOCH) // _MICROSECOND


def moment_of_us(at_us: int) -> datetime:
    """The other way."""
    return _EPOCH + timedelta(microseconds=at_us)


def today(now: datetime) -> date:
    """The day in Vietnam."""
    return now.astimezone(LOCAL).date()


def begin_of(day: date) -> datetime:
    """Its midnight in Vietnam, in UTC."""
    return datetime.combine(day, time.min, LOCAL).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after it, in UTC."""
    return begin_of(day + timedelta(days=1))
