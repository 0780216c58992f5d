"""A clock that stands until it is moved: a night in seconds, and the same night again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class VirtualClock:
    """Whoever sleeps lets the others play on: ``while_asleep`` is told until when."""

    def __init__(self, now: datetime) -> None:
        self._began_at, self._monotonic_s, self._set_by_s = now.astimezone(UTC), 0.0, 0.0
        self.while_asleep: Callable[[float], None] = self.move_to

    def now(self) -> datetime:
        return self._began_at + timedelta(seconds=self._monotonic_s + self._set_by_s)

    def monotonic_s(self) -> float:
        return self._monotonic_s

    def sleep(self, seconds: float) -> None:
        self.while_asleep(self._monotonic_s + seconds)

    def move_to(self, monotonic_s: float) -> None:
        self._monotonic_s = max(self._monotonic_s, monotonic_s)

    def set_by(self, seconds: float) -> None:
        """Somebody sets the wall clock; time itself does not pass."""
        self._set_by_s += seconds

    def at(self, moment: datetime) -> float:
        """When it shows that, on its monotonic hand."""
        return (moment - self._began_at).total_seconds() - self._set_by_s

    def true_ms(self) -> int:
        """What the rest of the world takes for the time."""
        return round((self._began_at.timestamp() + self._monotonic_s) * 1000)
