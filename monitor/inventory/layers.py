"""Plans of rings around a centre, and what new boundaries do to them: mixed rings are listed, never chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, or_, select

from monitor.inventory.area_tables import LayerMember, LayerPlan
from monitor.inventory.areas import AreaTree
from monitor.inventory.collation import vietnamese_key
from monitor.inventory.edits import core
from monitor.inventory.succession import Successor, read_successors


@dataclass(frozen=True, slots=True)
class MixedUnit:
    """A new area made of areas of several rings, or of some inside the plan and some outside (``has_outsiders``)."""

    area_id: str
    layers: tuple[int, ...]
    has_outsiders: bool


@dataclass(frozen=True, slots=True)
class Relayered:
    """``clear``: new area → the one ring all its parts were in. ``mixed``: for a person to decide."""

    clear: Mapping[str, int]
    mixed: tuple[MixedUnit, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a plan as it is on a day. ``layers``: its ring; several where a person must say which. ``is_gone``: it
    ended, and nobody has written down what took over."""

    area_id: str
    name: str
    layers: tuple[int, ...]
    is_gone: bool = False

    @property
    def is_undecided(self) -> bool:
        return self.is_gone or len(self.layers) > 1


@dataclass(frozen=True, slots=True)
class StandingPlan:
    """A plan on a day: its units from the centre outwards, those a person must decide on last."""

    id: str
    name: str
    valid_from: date
    valid_to: date | None
    units: tuple[Unit, ...]

    def layer_of(self, area_ids: Iterable[str]) -> int | None:
        """The ring of the first of these that is a unit; None: of none, or nobody has said of which."""
        known = {unit.area_id: unit for unit in self.units}
        found = next((known[area_id] for area_id in area_ids if area_id in known), None)
        return None if found is None or found.is_undecided else found.layers[0]


def standing_plans(connection: Connection, tree: AreaTree, day: date) -> list[StandingPlan]:
    """All that are valid on that day, with whatever became of their units by then."""
    table = core(LayerPlan)
    is_valid = (table.c.valid_from <= day) & or_(table.c.valid_to.is_(None), table.c.valid_to >= day)
    successors = [each for each in read_successors(connection) if each.effective_on <= day]
    return [
        StandingPlan(
            row.id,
            row.name or row.id,
            row.valid_from,
            row.valid_to,
            units_on(members(connection, row.id), successors, tree, day),
        )
        for row in connection.execute(select(table).where(is_valid).order_by(table.c.id))
    ]


def units_on(layers: Mapping[str, int], successors: Iterable[Successor], tree: AreaTree, day: date) -> tuple[Unit, ...]:
    """The units that exist on that day: those of the plan, and those that took over, each day's from the one before."""
    rings: dict[str, tuple[int, ...]] = {area_id: (layer,) for area_id, layer in layers.items()}
    by_day: dict[date, list[Successor]] = defaultdict(list)
    for each in successors:
        by_day[each.effective_on].append(each)
    for cut in sorted(by_day):
        parts: dict[str, set[int]] = defaultdict(set)
        for each in by_day[cut]:
            if each.new_id not in layers:
                parts[each.new_id].update(rings.get(each.old_id, ()))
        rings |= {new_id: tuple(sorted(found)) for new_id, found in parts.items() if found}
    followed = {each.old_id for heirs in by_day.values() for each in heirs}
    found = [
        Unit(area.id, area.name, rings[area.id], is_gone=not area.is_valid(day))
        for area_id in rings
        if (area := tree.get(area_id)) is not None and (area.is_valid(day) or area_id not in followed)
        if area.valid_from <= day
    ]
    return tuple(sorted(found, key=lambda unit: (unit.is_undecided, -unit.layers[0], vietnamese_key(unit.name))))


def derived_layers(
    home: Collection[str], outside: Collection[str], borders: Iterable[tuple[str, str]]
) -> dict[str, int]:
    """Rings of a plan told from who borders whom: 1, whoever outside borders our own units; 2, our own that border
    those; 3, the rest of our own. ``borders``: pairs, in either order."""
    next_to: dict[str, set[str]] = defaultdict(set)
    for one, other in borders:
        next_to[one].add(other)
        next_to[other].add(one)
    outer = {area_id for area_id in outside if next_to[area_id] & set(home)}
    own = {area_id: 2 if next_to[area_id] & outer else 3 for area_id in home}
    return dict.fromkeys(sorted(outer), 1) | own


def members(connection: Connection, plan_id: str) -> dict[str, int]:
    """Area → ring, 1 the outermost."""
    table = core(LayerMember)
    rows = connection.execute(select(table.c.area_id, table.c.layer).where(table.c.plan_id == plan_id))
    return {row.area_id: row.layer for row in rows}


def relayer(layers: Mapping[str, int], successors: Iterable[Successor]) -> Relayered:
    """The rings of the areas that took over from those of a plan."""
    parts: dict[str, set[int | None]] = defaultdict(set)
    for each in successors:
        parts[each.new_id].add(layers.get(each.old_id))
    clear: dict[str, int] = {}
    mixed: list[MixedUnit] = []
    for new_id, found in sorted(parts.items()):
        inside = sorted(layer for layer in found if layer is not None)
        if len(found) == 1 and inside:
            clear[new_id] = inside[0]
        elif inside:
            mixed.append(MixedUnit(new_id, tuple(inside), None in found))
    return Relayered(clear, tuple(mixed))
