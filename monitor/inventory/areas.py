"""The area tree as it was on any day, and the one way an area moves in it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Select, String, literal, select, union

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.area_names import kind_of
from monitor.inventory.area_tables import SINCE_EVER, Area, AreaPast
from monitor.inventory.edits import Edit, core, put_all
from monitor.inventory.folding import search_text

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """One area, as in ``area_tables.Area``."""

    id: str
    level: str
    kind: str
    name: str
    official_code: str | None
    parent_id: str | None
    valid_from: date
    valid_to: date | None

    def is_valid(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


Past = Mapping[str, Sequence[tuple[date, str | None]]]


class AreaTree:
    """Every area there is or was. ``past``: area → (last day, parent) of each earlier parent."""

    def __init__(self, areas: Iterable[AreaFacts], past: Past) -> None:
        self._areas = {area.id: area for area in areas}
        self._past = {area_id: sorted(moves, key=lambda move: move[0]) for area_id, moves in past.items()}

    def __iter__(self) -> Iterator[AreaFacts]:
        return iter(self._areas.values())

    def get(self, area_id: str) -> AreaFacts | None:
        return self._areas.get(area_id)

    def known(self, area_id: str) -> AreaFacts:
        """Raises ``UnknownRecord``."""
        if (area := self._areas.get(area_id)) is None:
            raise UnknownRecord(f"there is no area {area_id}")
        return area

    def parent_of(self, area_id: str, day: date) -> str | None:
        """The parent on that day, whether it was valid then or not."""
        moves = self._past.get(area_id, ())
        later = bisect_left(moves, day, key=lambda move: move[0])
        return moves[later][1] if later < len(moves) else self.known(area_id).parent_id

    def path(self, area_id: str, day: date) -> tuple[AreaFacts, ...]:
        """The area and everything above it on that day, from below; ends where the tree does."""
        found: list[AreaFacts] = []
        next_id: str | None = area_id
        while next_id is not None and (area := self._areas.get(next_id)) is not None and area not in found:
            found.append(area)
            next_id = self.parent_of(area.id, day)
        return tuple(found)

    def below(self, root_id: str | None, level: str, day: date) -> list[AreaFacts]:
        """Areas of a level that were valid on that day below ``root_id`` (or itself; None: anywhere), by id."""
        valid = (area for area in self._areas.values() if area.level == level and area.is_valid(day))
        inside = (area for area in valid if root_id is None or self.is_below(area.id, root_id, day))
        return sorted(inside, key=lambda area: area.id)

    def is_below(self, area_id: str, root_id: str, day: date) -> bool:
        return any(area.id == root_id for area in self.path(area_id, day))

    def has_moved(self, area_id: str, day: date) -> bool:
        """Whether somebody moved it on that day or later."""
        return any(last_day >= day - ONE_DAY for last_day, _parent in self._past.get(area_id, ()))

    def check_move(self, area_id: str, parent_id: str | None, effective_on: date) -> None:
        """Raises ``Refusal`` for a move into itself, or one before an earlier move."""
        if parent_id is not None and self.is_below(self.known(parent_id).id, area_id, effective_on):
            raise Refusal(f"{area_id} cannot stand below {parent_id}, which stands below it")
        if self.has_moved(area_id, effective_on):
            raise Refusal(f"{area_id} was moved on that day or later already")

    def roots(self, day: date) -> list[AreaFacts]:
        """Areas valid on that day that nothing valid stands above."""
        return [area for area in self._areas.values() if area.is_valid(day) and not self._is_held(area, day)]

    def _is_held(self, area: AreaFacts, day: date) -> bool:
        parent = self._areas.get(self.parent_of(area.id, day) or "")
        return parent is not None and parent.is_valid(day)


def read_tree(connection: Connection) -> AreaTree:
    table = core(Area)
    columns = (table.c[name] for name in AreaFacts.__slots__)
    areas = [AreaFacts(*row) for row in connection.execute(select(*columns))]
    past: dict[str, list[tuple[date, str | None]]] = defaultdict(list)
    for row in connection.execute(select(core(AreaPast))):
        past[row.area_id].append((row.valid_to, row.parent_id))
    return AreaTree(areas, past)


def ids_below(area_id: str) -> Select[Any]:
    """The area's id and those of all below it as the tree is now; for an ``IN``. An unknown id stands for itself."""
    table = core(Area)
    # Begins with rows and not with the id: PostgreSQL wants the order of its letters from the first step on.
    found = select(table.c.id).where(table.c.parent_id == area_id).cte(recursive=True)
    below = found.union(select(table.c.id).join(found, table.c.parent_id == found.c.id))
    return select(union(select(literal(area_id, String).label("id")), select(below.c.id)).subquery().c.id)


def area_row(area_id: str, level: str, name: str, **more: object) -> dict[str, object]:
    """A complete row of an area; ``more``: any other column. Its kind is read from its name."""
    row = {"id": area_id, "level": level, "name": name, "kind": kind_of(name, level), "valid_from": SINCE_EVER, **more}
    return row | {"search_text": search_text(area_id, name)}


def move_area(tx: Connection, area_id: str, parent_id: str | None, effective_on: date, by: Edit) -> bool:
    """As ``move_areas``, for one; says whether it moved."""
    return bool(move_areas(tx, {area_id: parent_id}, effective_on, by))


def move_areas(tx: Connection, parents: Mapping[str, str | None], effective_on: date, by: Edit) -> tuple[str, ...]:
    """Puts areas under other parents from a day on; before that day everything stays as it was.

    Whatever stands below moves with them: dependents name their own area, never what is above. Returns whoever was
    not there already. Raises ``Refusal`` for a move into itself, or one before an earlier move.
    """
    tree = read_tree(tx)
    moved = [area_id for area_id, parent_id in parents.items() if tree.parent_of(area_id, effective_on) != parent_id]
    for area_id in moved:
        tree.check_move(area_id, parents[area_id], effective_on)
    last_day = effective_on - ONE_DAY
    past = [{"area_id": each, "valid_to": last_day, "parent_id": tree.known(each).parent_id} for each in moved]
    put_all(tx, AreaPast, past, by)
    put_all(tx, Area, [{"id": each, "parent_id": parents[each]} for each in moved], by)
    return tuple(moved)
