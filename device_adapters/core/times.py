"""Device timestamps → UTC. An impossible clock becomes None, and the receive time is used instead."""

from __future__ import annotations

from datetime import UTC, datetime

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def from_unix_ms(value: int) -> datetime | None:
    """Unix time in milliseconds → UTC, None outside 2000 … 2099."""
    if not EARLIEST.timestamp() * 1000 <= value < LATEST.timestamp() * 1000:
        return None
    return datetime.fromtimestamp(value / 1000, UTC)


def from_iso_8601(text: str) -> datetime | None:
    """ISO 8601 with a zone → UTC. Text without a zone tells no moment: None."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or not EARLIEST <= moment.astimezone(UTC) < LATEST:
        return None
    return moment.astimezone(UTC)
