"""What every sender is given: the clock hand, the wall clock, chance, and a voice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from simulator.timetable import Timetable


@dataclass(frozen=True, slots=True)
class World:
    """``now_ms``: Unix milliseconds. ``say``: one line for whoever watches the console."""

    timetable: Timetable
    now_ms: Callable[[], int]
    random: Random
    say: Callable[[str], None]

    def jittered(self, seconds: float) -> float:
        """± 10 %, so that a fleet switched on together does not beat together."""
        return seconds * self.random.uniform(0.9, 1.1)

    def boot_id(self) -> str:
        """Names one run of one sender."""
        return f"{self.random.getrandbits(32):08x}"
