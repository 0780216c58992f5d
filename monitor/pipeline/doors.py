"""Hours in which devices are expected, as doors: while one is shut, nobody's silence behind it is counted.

A fleet has few different hours and each is one door, so that opening costs what waits for it, and a tick nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from monitor.hours import Hours


@dataclass(slots=True)
class Door:
    """``opened_s``: when it last opened, on the listening clock: silence is counted from there at the earliest.
    ``waiting``: who is looked for when it opens.
    """

    hours: Hours
    is_open: bool
    turns_at: datetime | None
    opened_s: float
    waiting: dict[str, None] = field(default_factory=dict)


class Doors:
    def __init__(self) -> None:
        self._doors: dict[Hours, Door] = {}
        self._looked_at: datetime | None = None
        self._turns_at: datetime | None = None

    def of(self, hours: Hours, now: datetime, heard_s: float) -> Door:
        """The door of these hours; they count as begun when they are first asked for."""
        door = self._doors.get(hours)
        if door is None:
            door = self._doors[hours] = Door(hours, hours.are_on(now), hours.turn_after(now), heard_s)
            self._plan()
        return door

    def turn(self, now: datetime, heard_s: float) -> Iterable[str]:
        """Opens and shuts what is due by now; who waited for it."""
        is_set_back = self._looked_at is not None and now < self._looked_at
        self._looked_at = now
        if not is_set_back and (self._turns_at is None or now < self._turns_at):
            return ()
        freed: list[str] = []
        for door in self._doors.values():
            was_open, door.is_open, door.turns_at = door.is_open, door.hours.are_on(now), door.hours.turn_after(now)
            if door.is_open and not was_open:
                door.opened_s = heard_s
                freed += door.waiting
                door.waiting = {}
        self._plan()
        return freed

    def _plan(self) -> None:
        turns = [door.turns_at for door in self._doors.values() if door.turns_at is not None]
        self._turns_at = min(turns, default=None)
