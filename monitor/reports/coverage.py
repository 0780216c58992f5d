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
class Tally:
    """Eyes. ``known``: of how many it is known whether they worked."""

    registered: int = 0
    working: int = 0
    known: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.registered + other.registered, self.working + other.working, self.known + other.known)


@dataclass(frozen=True, slots=True)
class Eyes:
    """Eyes of one area that are counted alike."""

    area_id: str | None
    is_high_mast: bool
    location_kind: str
    tally: Tally


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


class _Places:
    """What an eye in an area counts for on the day, found out once for each area."""

    def __init__(self, tree: AreaTree, scope: Scope) -> None:
        self._tree, self._scope = tree, scope
        self._known: dict[str | None, tuple[bool, bool, str | None]] = {None: (False, False, None)}

    def of(self, area_id: str | None) -> tuple[bool, bool, str | None]:
        """Whether the area was there on the day, whether it lies within what is asked, and in which unit."""
        if (known := self._known.get(area_id)) is None:
            known = self._known[area_id] = self._found(area_id or "")
        return known

    def _found(self, area_id: str) -> tuple[bool, bool, str | None]:
        path = self._tree.path(area_id, self._scope.day)
        if not path or not path[0].is_valid(self._scope.day):
            return False, False, None
        root_id = self._scope.root_id
        is_inside = root_id is None or any(area.id == root_id for area in path)
        return True, is_inside, next((area.id for area in path if area.level == self._scope.level), None)


def cover(tree: AreaTree, standing: Iterable[Eyes], scope: Scope) -> Coverage:
    """``standing``: every eye that was registered on the day.

    Raises ``UnknownRecord``, or ``Refusal`` for an area that was not there on that day.
    """
    root = check_root(tree, scope)
    places = _Places(tree, scope)
    street, masts = _Tallies(), _Tallies()
    locations: Counter[str] = Counter()
    unplaced = 0
    for eyes in standing:
        is_there, is_inside, unit = places.of(eyes.area_id)
        unplaced += 0 if is_there else eyes.tally.registered
        if is_inside and eyes.is_high_mast:
            masts.add(unit, eyes.tally)
        elif is_inside:
            street.add(unit, eyes.tally)
            locations[eyes.location_kind] += eyes.tally.registered
    return Coverage(
        root=root,
        scope=scope,
        units=tuple(
            UnitCoverage(area, street.of(area.id), masts.of(area.id))
            for area in tree.below(scope.root_id, scope.level, scope.day)
        ),
        eyes=street.total,
        high_mast=masts.total,
        by_location=dict(sorted(locations.items())),
        unplaced=unplaced if root is None or root.parent_id is None else 0,
    )


class _Tallies:
    """By unit; None is what counts for none of them."""

    def __init__(self) -> None:
        self._found: dict[str | None, Tally] = {}

    def add(self, unit: str | None, tally: Tally) -> None:
        self._found[unit] = self.of(unit) + tally

    def of(self, unit: str | None) -> Tally:
        return self._found.get(unit, Tally())

    @property
    def total(self) -> Tally:
        return sum(self._found.values(), Tally())


def check_root(tree: AreaTree, scope: Scope) -> AreaFacts | None:
    if scope.root_id is None:
        return None
    root = tree.known(scope.root_id)
    if scope.day < root.valid_from:
        raise Refusal(f"{root.id} begins on {root.valid_from}; ask for that day or later, or for what was before it")
    if not root.is_valid(scope.day):
        raise Refusal(f"{root.id} ended on {root.valid_to}; ask as_of that day or earlier, or for what came after it")
    return root
