"""Availability: of the time in which a device could be judged, how much it worked. Pure.

Judged is the time from its first sign of life on, in service: neither while the monitor itself heard nothing, nor
under planned maintenance, nor while nothing was known (behind a dead gateway). All of that is told beside the figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.journal.spans import BlindTimes, Spent, spent


class Stretch(NamedTuple):
    """A span as it is stored; ``came_to`` is set where it is a whole busy day of many."""

    device_id: str
    began_ms: int
    ended_ms: int
    state: str
    is_planned: bool
    came_to: Spent | None = None
    changes: int = 1


class Stay(NamedTuple):
    """Where a device counted for a while. ``unit``: None where that lies in no unit of the level."""

    from_ms: int
    to_ms: int
    unit: str | None


@dataclass(frozen=True, slots=True)
class Availability:
    """``devices``: that stood there; ``never_heard``: of these, who never gave a sign of life."""

    devices: int
    never_heard: int
    spent: Spent

    @property
    def share(self) -> float | None:
        """0 to 1; None where there is nothing to judge by."""
        return self.spent.working_ms / self.spent.counted_ms if self.spent.counted_ms else None


def within(stretch: Stretch, from_ms: int, to_ms: int, blind: BlindTimes) -> Spent | None:
    """What of a stretch falls into a time, None for nothing. A merged day belongs to where it began."""
    if stretch.came_to is not None:
        return stretch.came_to if from_ms <= stretch.began_ms < to_ms else None
    began_ms, ended_ms = max(stretch.began_ms, from_ms), min(stretch.ended_ms, to_ms)
    if began_ms >= ended_ms:
        return None
    return spent(stretch.state, began_ms, ended_ms, blind, is_planned=stretch.is_planned)


def add_up(parts: Iterable[Spent]) -> Spent:
    return sum(parts, Spent())


@dataclass(slots=True)
class _Sum:
    """Summed in place: a hundred thousand devices are a hundred thousand additions."""

    working_ms: int = 0
    down_ms: int = 0
    unknown_ms: int = 0
    planned_ms: int = 0
    blind_ms: int = 0
    devices: int = 0
    never_heard: int = 0

    def add(self, part: Spent) -> None:
        self.working_ms += part.working_ms
        self.down_ms += part.down_ms
        self.unknown_ms += part.unknown_ms
        self.planned_ms += part.planned_ms
        self.blind_ms += part.blind_ms

    def result(self) -> Availability:
        whole = Spent(self.working_ms, self.down_ms, self.unknown_ms, self.planned_ms, self.blind_ms)
        return Availability(self.devices, self.never_heard, whole)


def by_unit(
    stays: Mapping[str, Sequence[Stay]], heard: frozenset[str], stretches: Iterable[Stretch], blind: BlindTimes
) -> tuple[Availability, dict[str, Availability]]:
    """Of all and of each unit; what a device did counts where it stood when it did it.

    ``heard``: devices that ever gave a sign of life. A device that moved counts in both units.
    """
    units = defaultdict[str | None, _Sum](_Sum)
    for device_id, stood in stays.items():
        for unit in {stay.unit for stay in stood}:
            units[unit].devices += 1
            units[unit].never_heard += device_id not in heard
    for stretch in stretches:
        for stay in stays.get(stretch.device_id, ()):
            if (part := within(stretch, stay.from_ms, stay.to_ms, blind)) is not None:
                units[stay.unit].add(part)
    found = {unit: each.result() for unit, each in units.items()}
    never = sum(device_id not in heard for device_id in stays)
    whole = Availability(len(stays), never, add_up(each.spent for each in found.values()))
    return whole, {unit: each for unit, each in found.items() if unit is not None}
