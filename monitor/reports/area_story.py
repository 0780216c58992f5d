"""One area: where it stands, since when, what it came from and what became of it, and what nobody has decided yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from monitor.errors import UnknownRecord
from monitor.inventory.area_tables import AreaSuccession
from monitor.inventory.areas import AreaFacts, AreaTree, read_tree
from monitor.inventory.collation import vietnamese_key
from monitor.inventory.edits import core
from monitor.inventory.succession import Successor, plan, read_successors
from monitor.inventory.territory import Territory
from monitor.journal.times import today
from monitor.reports.coverage_reading import Told

_SUCCESSION = core(AreaSuccession)


@dataclass(frozen=True, slots=True)
class Kin:
    """An area this one came from or became. ``kind``: rename, merge, split, merge_and_split."""

    area: AreaFacts
    kind: str
    effective_on: date
    note: str | None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """``area``: whose place after a split nobody can tell from the names alone; a person must."""

    area: AreaFacts
    choices: tuple[AreaFacts, ...]
    effective_on: date


@dataclass(frozen=True, slots=True)
class AreaStory:
    """As things stood on ``day``. ``path``: what is above it, from the top. Only areas that may be told of."""

    area: AreaFacts
    day: date
    path: tuple[AreaFacts, ...]
    below: tuple[AreaFacts, ...]
    before: tuple[Kin, ...]
    after: tuple[Kin, ...]
    undecided: tuple[OpenQuestion, ...]


def story_of(connection: Connection, area_id: str, day: date, now: datetime, within: Territory) -> AreaStory:
    """Raises ``UnknownRecord``, for what lies outside too."""
    tree = read_tree(connection)
    told = Told(connection, tree, within, today(now))
    area = tree.get(area_id)
    if area is None or not told.of(area_id):
        raise UnknownRecord(f"there is no area {area_id}")
    above = tuple(reversed(tree.path(area_id, day)[1:]))
    below = (each for each in tree if each.is_valid(day) and tree.parent_of(each.id, day) == area_id)
    return AreaStory(
        area=area,
        day=day,
        path=tuple(each for each in above if told.of(each.id)),
        below=tuple(sorted(below, key=lambda each: (vietnamese_key(each.name), each.id))),
        before=_kin(connection, tree, told, _SUCCESSION.c.new_id == area_id, "old_id"),
        after=_kin(connection, tree, told, _SUCCESSION.c.old_id == area_id, "new_id"),
        undecided=_undecided(connection, tree, told, area_id),
    )


def _kin(connection: Connection, tree: AreaTree, told: Told, condition: object, other: str) -> tuple[Kin, ...]:
    query = select(_SUCCESSION).where(condition)  # type: ignore[arg-type]
    rows = connection.execute(query.order_by(_SUCCESSION.c.effective_on, _SUCCESSION.c[other])).mappings()
    return tuple(
        Kin(tree.known(row[other]), row["kind"], row["effective_on"], row["note"])
        for row in rows
        if tree.get(row[other]) is not None and told.of(row[other])
    )


def _undecided(connection: Connection, tree: AreaTree, told: Told, area_id: str) -> tuple[OpenQuestion, ...]:
    """Of the days on which this area began or ended: it may be what is not decided, or one of the choices."""
    successors = read_successors(connection)
    days = {each.effective_on for each in successors if area_id in (each.old_id, each.new_id)}
    days |= {each.effective_on for each in successors if _stands_in(tree, area_id, each)}
    found = []
    for day in sorted(days):
        for open_one in plan(tree, successors, day).undecided:
            if area_id in (open_one.area_id, *open_one.choices) and told.of(open_one.area_id):
                choices = tuple(tree.known(each) for each in open_one.choices if told.of(each))
                found.append(OpenQuestion(tree.known(open_one.area_id), choices, day))
    return tuple(found)


def _stands_in(tree: AreaTree, area_id: str, successor: Successor) -> bool:
    return tree.parent_of(area_id, successor.effective_on) == successor.old_id
