"""Coverage: of the units of a level, how many have an eye, and how many have one that works. Pure.

The unit that is counted is the eye. Eyes on high masts are counted apart and never added to the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from monitor.errors import Refusal
from monitor.inventory.areas import AreaFacts, AreaTree


@dataclass(frozen=True, slots=True)
class Eye:
    """One eye that was registered on the day. ``is_working``: None where nothing is known of that day."""

    device_id: str
    area_id: str | None
    is_high_mast: bool
    location_kind: str
    is_working: bool | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Eyes. ``known``: of how many it is known whether they worked."""

    registered: int = 0
    working: int = 0
    known: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.registered + other.registered, self.working + other.working, self.known + other.known)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked: units of ``level`` below ``root_id`` (None: everywhere), as things stood on ``day``."""

    root_id: str | None
    level: str
    day: date


@dataclass(frozen=True, slots=True)
class UnitCoverage:
    area: AreaFacts
    eyes: Tally
    high_mast: Tally


@dataclass(frozen=True, slots=True)
class Coverage:
    """``root``: None for everywhere. ``by_location``: high masts apart. ``unplaced``: eyes in no area of that day."""

    root: AreaFacts | None
    scope: Scope
    units: tuple[UnitCoverage, ...]
    eyes: Tally
    high_mast: Tally
    by_location: Mapping[str, int]
    unplaced: int

    @property
    def base(self) -> int:
        return len(self.units)

    @property
    def registered(self) -> int:
        return sum(unit.eyes.registered > 0 for unit in self.units)

    @property
    def effective(self) -> int | None:
        """Units with an eye that worked; None where nothing is known of that day."""
        if self.eyes.registered and not self.eyes.known:
            return None
        return sum(unit.eyes.working > 0 for unit in self.units)


class _Paths:
    """Where each area stood on the day, looked up once however many eyes stand in it."""

    def __init__(self, tree: AreaTree, scope: Scope) -> None:
        self._tree, self._scope = tree, scope
        self._paths: dict[str, tuple[AreaFacts, ...]] = {}

    def path(self, area_id: str | None) -> tuple[AreaFacts, ...]:
        """Empty for an area that was not there on that day."""
        if area_id is None:
            return ()
        if area_id not in self._paths:
            path = self._tree.path(area_id, self._scope.day)
            self._paths[area_id] = path if path and path[0].is_valid(self._scope.day) else ()
        return self._paths[area_id]

    def is_inside(self, path: tuple[AreaFacts, ...]) -> bool:
        root_id = self._scope.root_id
        return bool(path) and (root_id is None or any(area.id == root_id for area in path))

    def unit_in(self, path: tuple[AreaFacts, ...]) -> str | None:
        return next((area.id for area in path if area.level == self._scope.level), None)


def cover(tree: AreaTree, eyes: Iterable[Eye], scope: Scope) -> Coverage:
    """Raises ``UnknownRecord``, or ``Refusal`` for an area that was not there on that day."""
    root = check_root(tree, scope)
    paths = _Paths(tree, scope)
    tallies: dict[tuple[str | None, bool], Tally] = {}
    locations = Counter[str]()
    unplaced = 0
    for eye in eyes:
        path = paths.path(eye.area_id)
        unplaced += not path
        if not paths.is_inside(path):
            continue
        key = paths.unit_in(path), eye.is_high_mast
        tallies[key] = tallies.get(key, Tally()) + _one(eye)
        if not eye.is_high_mast:
            locations[eye.location_kind] += 1
    units = tree.below(scope.root_id, scope.level, scope.day)
    return Coverage(
        root=root,
        scope=scope,
        units=tuple(
            UnitCoverage(area, tallies.get((area.id, False), Tally()), tallies.get((area.id, True), Tally()))
            for area in units
        ),
        eyes=_sum(tallies, is_high_mast=False),
        high_mast=_sum(tallies, is_high_mast=True),
        by_location=dict(sorted(locations.items())),
        unplaced=unplaced if root is None or root.parent_id is None else 0,
    )


def check_root(tree: AreaTree, scope: Scope) -> AreaFacts | None:
    if scope.root_id is None:
        return None
    root = tree.known(scope.root_id)
    if scope.day < root.valid_from:
        raise Refusal(f"{root.id} begins on {root.valid_from}; ask for that day or later, or for what was before it")
    if not root.is_valid(scope.day):
        raise Refusal(f"{root.id} ended on {root.valid_to}; ask as_of that day or earlier, or for what came after it")
    return root


def _one(eye: Eye) -> Tally:
    return Tally(1, int(eye.is_working is True), int(eye.is_working is not None))


def _sum(tallies: Mapping[tuple[str | None, bool], Tally], *, is_high_mast: bool) -> Tally:
    return sum((tally for (_unit, mast), tally in tallies.items() if mast is is_high_mast), Tally())
