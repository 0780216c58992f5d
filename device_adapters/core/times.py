"""Device timestamps → UTC. An impossible clock becomes None, and the receive time is used instead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_EARLIEST_MS, _LATEST_MS = EARLIEST.timestamp() * 1000, LATEST.timestamp() * 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Within these a device's clock is believed; a spool may well be days late, but not months.
MAX_AHEAD, MAX_BEHIND = timedelta(seconds=120), timedelta(days=30)


def is_skewed(occurred_at: datetime, now: datetime) -> bool:
    """Whether the device's clock, and not the way here, must be to blame for the difference."""
    return not now - MAX_BEHIND <= occurred_at <= now + MAX_AHEAD


def from_unix_ms(value: float) -> datetime | None:
    """Unix time in milliseconds → UTC, None outside 2000 … 2099."""
    if not _EARLIEST_MS <= value < _LATEST_MS:
        return None
    # fromtimestamp() rounds through a float of seconds; two equal moments must stay equal to the millisecond.
    return _EPOCH + timedelta(0, 0, 0, int(value))


def to_unix_ms(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_iso_8601(text: str) -> datetime | None:
    """ISO 8601 with a zone → UTC. Text without a zone tells no moment: None."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return None
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the year 1 or 9999, moved by its zone, leaves the calendar
        return None
    return moment if EARLIEST <= moment < LATEST else None
