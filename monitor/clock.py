"""The only place that reads a clock; everything else is given ``now``."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Wall time in UTC, for what people read."""

    def monotonic_s(self) -> float:
        """Seconds that never step back, for intervals and deadlines."""

    def sleep(self, seconds: float) -> None: ...


def processor_s() -> float:
    """Seconds of processor time that this process has taken, for what is measured."""
    return time.process_time()


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
