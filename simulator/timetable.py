"""What happens when: every sender's work runs here, on one thread, in order of its time.

So senders need no locks; network threads only put work in with ``soon``.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable

Action = Callable[[], None]


class Timetable:
    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._entries: list[tuple[float, int, Action]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._is_stopped = False

    def now_s(self) -> float:
        return self._monotonic_s()

    def soon(self, action: Action) -> None:
        self.after(0, action)

    def after(self, delay_s: float, action: Action) -> None:
        with self._changed:
            heapq.heappush(self._entries, (self._monotonic_s() + delay_s, next(self._order), action))
            self._changed.notify()

    def stop(self) -> None:
        with self._changed:
            self._is_stopped = True
            self._changed.notify()

    def run(self) -> None:
        """Until ``stop``. What an action raises ends the run: a simulator that limps would prove nothing."""
        while (action := self._next_action()) is not None:
            action()

    def run_due(self) -> None:
        """Everything due by now, for a clock that somebody else moves."""
        while self._entries and self._entries[0][0] <= self._monotonic_s():
            heapq.heappop(self._entries)[2]()

    def next_due_s(self) -> float | None:
        """When something is next to be done."""
        return self._entries[0][0] if self._entries else None

    def _next_action(self) -> Action | None:
        with self._changed:
            while not self._is_stopped:
                wait_s = self._entries[0][0] - self._monotonic_s() if self._entries else None
                if wait_s is not None and wait_s <= 0:
                    return heapq.heappop(self._entries)[2]
                self._changed.wait(wait_s)
            return None
