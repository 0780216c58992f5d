"""`python -m tests.durability.stepped_monitor serve`: a monitor on a wall clock that a file steps, as seconds.

The machine's own clock belongs to everybody on it. The monotonic clock goes on, as it does where a real one is set.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import monitor.serve
from monitor.cli import app
from monitor.clock import SystemClock

STEP_FILE = "STEPPED_BY"


class SteppedClock(SystemClock):
    def __init__(self) -> None:
        self._file = Path(os.environ[STEP_FILE])

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=float(self._file.read_text()))


if __name__ == "__main__":
    monitor.serve.SystemClock = SteppedClock  # type: ignore[misc]
    app()
