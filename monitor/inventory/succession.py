"""What becomes of areas that end: merged, split, renamed. What one reading leaves open is a person's to decide."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection, select

from monitor.inventory.area_tables import AreaSuccession
from monitor.inventory.areas import ONE_DAY, AreaFacts, AreaTree, move_areas
from monitor.inventory.device_moves import move_group_devices
from monitor.inventory.edits import Edit, core, put_all
from monitor.inventory.kinds import Level, Succession


@dataclass(frozen=True, slots=True)
class Successor:
    """``new_id`` takes over ``old_id`` or a part of it, from ``effective_on`` on."""

    old_id: str
    new_id: str
    effective_on: date
    note: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """An area whose place after a split nobody can tell from the names alone: one of ``choices``."""

    area_id: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restructuring:
    """What one day changes. ``moves``: area → its new parent. ``regrouped``: group that ended → who has its devices."""

    effective_on: date
    moves: Mapping[str, str | None]
    regrouped: Mapping[str, str]
    undecided: tuple[Undecided, ...]
    without_successor: tuple[str, ...]


def succession_kinds(successors: Iterable[Successor]) -> dict[tuple[str, str], Succession]:
    """(old, new) → how it came about, told by counting both sides."""
    pairs = [(each.old_id, each.new_id) for each in successors]
    olds, news = Counter(old for old, _new in pairs), Counter(new for _old, new in pairs)
    words = {
        (False, False): Succession.RENAME,
        (False, True): Succession.MERGE,
        (True, False): Succession.SPLIT,
        (True, True): Succession.MERGE_AND_SPLIT,
    }
    return {(old, new): words[olds[old] > 1, news[new] > 1] for old, new in pairs}


def plan(tree: AreaTree, successors: Iterable[Successor], effective_on: date) -> Restructuring:
    """What follows from the successions of one day for everything that goes on existing. Writes nothing."""
    heirs: dict[str, list[str]] = defaultdict(list)
    for each in successors:
        if each.effective_on == effective_on:
            heirs[each.old_id].append(each.new_id)
    staying = [area for area in tree if area.is_valid(effective_on)]
    orphans = [(area, tree.parent_of(area.id, effective_on) or "") for area in staying]
    held = [(area.id, heirs[parent]) for area, parent in orphans if parent in heirs]
    groups = {
        old: found for old, found in heirs.items() if (area := tree.get(old)) and area.level == Level.RESIDENTIAL_GROUP
    }
    several = [*held, *groups.items()]
    return Restructuring(
        effective_on,
        moves={area_id: found[0] for area_id, found in held if len(found) == 1},
        regrouped={old: found[0] for old, found in groups.items() if len(found) == 1},
        undecided=tuple(Undecided(area_id, tuple(sorted(found))) for area_id, found in several if len(found) > 1),
        without_successor=tuple(area.id for area in _ended(tree, effective_on) if area.id not in heirs),
    )


def _ended(tree: AreaTree, effective_on: date) -> list[AreaFacts]:
    """Areas whose last day was the day before; not those of a level that ended with them."""
    levels = {area.level for area in tree if area.is_valid(effective_on)}
    ended = (area for area in tree if area.valid_to == effective_on - ONE_DAY and area.level in levels)
    return sorted(ended, key=lambda area: area.id)


def put_successors(tx: Connection, successors: Sequence[Successor], by: Edit) -> None:
    kinds = succession_kinds(successors)
    rows = [{**asdict(each), "kind": str(kinds[each.old_id, each.new_id])} for each in successors]
    put_all(tx, AreaSuccession, rows, by)


def carry_out(tx: Connection, planned: Restructuring, by: Edit) -> None:
    """Moves what is certain. Nothing is recounted: up to the day before, everything stays where it was."""
    move_areas(tx, planned.moves, planned.effective_on, by)
    for old_group, new_group in planned.regrouped.items():
        move_group_devices(tx, old_group, new_group, planned.effective_on, by)


def read_successors(connection: Connection) -> list[Successor]:
    table = core(AreaSuccession)
    columns = (table.c[name] for name in Successor.__slots__)
    query = select(*columns).order_by(table.c.effective_on, table.c.old_id, table.c.new_id)
    return [Successor(*row) for row in connection.execute(query)]


def became(tree: AreaTree, successors: Iterable[Successor], area_id: str, day: date) -> list[tuple[AreaFacts, date]]:
    """What of today has the territory of an area that ended, and since when it was so; by way of others if need be."""
    next_of: dict[str, list[Successor]] = defaultdict(list)
    for each in successors:
        if each.effective_on <= day:
            next_of[each.old_id].append(each)
    found: dict[str, tuple[AreaFacts, date]] = {}
    waiting, seen = [area_id], {area_id}
    while waiting:
        for each in next_of[waiting.pop()]:
            area = tree.get(each.new_id)
            if area is not None and area.is_valid(day):
                found[area.id] = (area, each.effective_on)
            elif each.new_id not in seen:
                seen.add(each.new_id)
                waiting.append(each.new_id)
    return [found[key] for key in sorted(found)]
