"""What a story does to a monitor in another process: sets its wall clock, and lets its disk be full for a while.

Two numbers in a file that both have mapped: they are read at every look at the clock and at every commit.
"""

from __future__ import annotations

import mmap
import sqlite3
import struct
from math import inf
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from monitor.clock import Clock

_NUMBER = struct.Struct("=d")
_SET_BY, _FULL_UNTIL = 0, 8


class Switches:
    """``set_by_s``: of the wall clock. ``full_until_s``: on the story's clock."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(_NUMBER.pack(0.0) + _NUMBER.pack(-inf))
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), 2 * _NUMBER.size)

    @property
    def set_by_s(self) -> float:
        return self._read(_SET_BY)

    def set_clock_by(self, seconds: float) -> None:
        _NUMBER.pack_into(self._memory, _SET_BY, self.set_by_s + seconds)

    def fill_disk_until(self, story_s: float) -> None:
        _NUMBER.pack_into(self._memory, _FULL_UNTIL, story_s)

    def refuse_commit(self, clock: Clock) -> None:
        """As SQLite tells it, and whoever commits: nothing of it is kept."""
        if clock.monotonic_s() < self._read(_FULL_UNTIL):
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full"))

    def _read(self, place: int) -> float:
        found: tuple[Any, ...] = _NUMBER.unpack_from(self._memory, place)
        return float(found[0])
