"""Stand-ins for what a test must steer: time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FakeClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: datetime = datetime(2026, 3, 14, 11, 0, tzinfo=UTC)) -> None:
        self._now, self._monotonic_s = now, 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic_s(self) -> float:
        return self._monotonic_s

    def sleep(self, seconds: float) -> None:
        self.forward(seconds)

    def forward(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic_s += seconds

    def set_by(self, seconds: float) -> None:
        """Somebody sets the wall clock; time itself does not pass."""
        self._now += timedelta(seconds=seconds)
