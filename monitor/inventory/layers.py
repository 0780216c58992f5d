"""Plans of rings around a centre, and what new boundaries do to them: mixed rings are listed, never chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from monitor.inventory.area_tables import LayerMember
from monitor.inventory.edits import core
from monitor.inventory.succession import Successor


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
