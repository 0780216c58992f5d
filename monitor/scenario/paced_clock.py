"""A clock that runs faster than the world where a story has nothing to do; several processes read the same from it."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.clock import Clock, SystemClock
from simulator.scenario.shapes import Scenario
from simulator.scenario.steps import PowerRestore

# So long around everything that happens it runs as the world's own.
BEFORE_S, AFTER_S = 3.0, 12.0


@dataclass(frozen=True, slots=True)
class Pace:
    """``pieces``: from which second of the story on it runs how many times as fast. ``began_s``: its second 0, as the
    machine's monotonic clock has it, which all processes share."""

    start_at: datetime
    began_s: float
    pieces: tuple[tuple[float, float], ...]

    def written(self) -> str:
        return json.dumps([self.start_at.isoformat(), self.began_s, self.pieces])

    @staticmethod
    def read(text: str) -> Pace:
        start, began_s, pieces = json.loads(text)
        return Pace(datetime.fromisoformat(start), began_s, tuple((at, speed) for at, speed in pieces))


class PacedClock:
    def __init__(self, pace: Pace, world: Clock | None = None) -> None:
        self.pace, self._world = pace, world or SystemClock()
        self._begins: list[float] = []  # of each piece, in seconds of the world
        passed_s = 0.0
        for (from_s, speed), (to_s, _) in zip(pace.pieces, [*pace.pieces[1:], (0.0, 1.0)], strict=True):
            self._begins.append(passed_s)
            passed_s += (to_s - from_s) / speed

    def begin_in(self, seconds: float) -> None:
        """Second 0 of the story is so far ahead, in seconds of the world."""
        self.pace = replace(self.pace, began_s=self._world.monotonic_s() + seconds)

    def now(self) -> datetime:
        return self.pace.start_at.astimezone(UTC) + timedelta(seconds=self.monotonic_s())

    def monotonic_s(self) -> float:
        """Seconds of the story; before it begins, of the world."""
        passed_s = self._world.monotonic_s() - self.pace.began_s
        if passed_s < 0:
            return passed_s
        number = bisect_right(self._begins, passed_s) - 1
        from_s, speed = self.pace.pieces[number]
        return from_s + (passed_s - self._begins[number]) * speed

    def sleep(self, seconds: float) -> None:
        self._world.sleep(seconds / self._speed())

    def true_ms(self) -> int:
        return round(self.now().timestamp() * 1000)

    def _speed(self) -> float:
        now_s = self.monotonic_s()
        return next((speed for from_s, speed in reversed(self.pace.pieces) if from_s <= now_s), 1.0)


def pieces_of(scenario: Scenario, speed: float, warm_up_s: float) -> tuple[tuple[float, float], ...]:
    """At the world's own pace through the warm-up, and around each step; windows may pass faster."""
    slow = [(0.0, warm_up_s + BEFORE_S)]
    for step in scenario.step:
        lasts_s = step.within if isinstance(step, PowerRestore) else float(getattr(step, "lasts", 0))
        slow.append((warm_up_s + step.at - BEFORE_S, warm_up_s + step.at + min(lasts_s, 60) + AFTER_S))
    pieces: list[tuple[float, float]] = []
    end_s = 0.0
    for from_s, to_s in sorted(slow):
        if not pieces or from_s > end_s:
            if pieces:
                pieces.append((end_s, speed))
            pieces.append((max(from_s, end_s), 1.0))
        end_s = max(end_s, to_s)
    return (*pieces, (end_s, speed))
