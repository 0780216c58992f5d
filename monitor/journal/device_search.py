"""The SQL behind finding devices. What it asks of the database is LIKE, CASE and GROUP BY: any will do."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, not_, or_, select, true, tuple_

from monitor.inventory.area_search import areas_meant
from monitor.inventory.areas import ids_below
from monitor.inventory.contact_search import held_by_phone
from monitor.inventory.edits import core
from monitor.inventory.folding import LIKE_ESCAPE, like_patterns
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.search_tables import DeviceSearch
from monitor.inventory.territory import Territory
from monitor.journal.device_states import STATE
from monitor.journal.facet_cells import Cells
from monitor.journal.search_ranks import rank, ranks

_SEARCH = core(DeviceSearch)
_LIFE_STATE = func.coalesce(STATE.c.state, "UNKNOWN")
_JOINED = _SEARCH.outerjoin(STATE, STATE.c.device_id == _SEARCH.c.device_id)

_IS_TESTED = _SEARCH.c.test_interval_days.is_not(None)
_MANY_AREAS, _MANY_DEVICES = 100, 5_000
_IN_USE = frozenset(Lifecycle) - {Lifecycle.RETIRED}


class SortBy(StrEnum):
    """``RELEVANCE``: as written first, then without marks; by name where nothing is looked for."""

    RELEVANCE = "relevance"
    ID = "id"
    NAME = "name"
    GROUP = "group"
    STATE = "state"
    LAST_SEEN = "last_seen"


class Facet(StrEnum):
    KIND = "kind"
    AREA = "area"
    STATE = "state"
    KEEPER = "keeper"
    FUNDING = "funding"
    LIFECYCLE = "lifecycle"
    TEST = "test"


# In the order of the index `ix_device_search_counted`: grouped so, its rows are counted as they come.
_IN_INDEX: Mapping[Facet, ColumnElement[Any]] = {
    Facet.AREA: _SEARCH.c.place_id,
    Facet.KIND: _SEARCH.c.kind,
    Facet.LIFECYCLE: _SEARCH.c.lifecycle,
    Facet.FUNDING: _SEARCH.c.funding,
    Facet.KEEPER: _SEARCH.c.custodian_id,
}


@dataclass(frozen=True, slots=True)
class DeviceQuestion:
    """``words``: with or without marks, a serial, an id, a phone number, an area's old name. Facet → chosen values.

    The value "" stands for devices that have none. Retired devices are found only where ``LIFECYCLE`` asks for them.
    """

    words: str = ""
    chosen: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    sort: SortBy = SortBy.RELEVANCE
    is_descending: bool = False


class DeviceFinder:
    """One question, in one territory, at one moment (UTC)."""

    def __init__(self, connection: Connection, question: DeviceQuestion, within: Territory, now: datetime) -> None:
        self._connection, self._question, self._now = connection, question, now
        # Of many areas the database would look up each, out of order; in one pass through the index it need not.
        place = _SEARCH.c.place_id if len(within.areas) < _MANY_AREAS else func.coalesce(_SEARCH.c.place_id, "")
        self._base = and_(within.clause(place), self._match(within))
        # Nothing is asked but perhaps a state.
        self._is_whole = within.is_everywhere and not question.words and self._chosen_facets <= {Facet.STATE}

    def page(self, offset: int, limit: int) -> Sequence[str]:
        """Ids of devices, in order."""
        if self._question.sort is not SortBy.RELEVANCE or self._question.is_descending:
            *columns, last = self._places()
            order = [*(column.desc() if self._question.is_descending else column for column in columns), last]
            return self._part(order, offset, limit)
        found: list[str] = []
        for of_rank in ranks(self._question.words):
            found += self._part([_SEARCH.c.name_key, _SEARCH.c.device_id], offset, limit - len(found), of_rank)
            if len(found) == limit:
                break
            if offset:  # whoever begins behind all of this rank begins by so much earlier in the next
                offset = max(0, offset - self.count(of_rank))
        return found

    def _part(self, order: Sequence[Any], offset: int, limit: int, *of_rank: ColumnElement[bool]) -> Sequence[str]:
        query = self._chosen(select(_SEARCH.c.device_id)).where(*of_rank)
        return self._connection.execute(query.order_by(*order).offset(offset).limit(limit)).scalars().all()

    def walk(self, limit: int, after: Sequence[str] | None = None) -> tuple[list[str], tuple[str, ...] | None]:
        """As ``page``, but from a row on whose place is told by ``depth`` words; with the place of the last one given,
        None at the end. Whoever comes or goes meanwhile, no row is met twice and none is left out. Upwards only."""
        place = self._places()
        query = self._chosen(select(*place)).order_by(*place).limit(limit + 1)
        if after is not None:
            query = query.where(tuple_(*place) > tuple_(*map(literal, after)))
        rows = self._connection.execute(query).all()
        return [row[-1] for row in rows[:limit]], (tuple(rows[limit - 1]) if len(rows) > limit else None)

    @property
    def depth(self) -> int:
        return len(self._places())

    def count(self, *of_rank: ColumnElement[bool]) -> int:
        return int(self._connection.execute(self._chosen(select(func.count())).where(*of_rank)).scalar_one())

    def facets(self) -> tuple[int, dict[Facet, dict[str, int]]]:
        """How many are found, and value → how many, each facet counted as if nothing were chosen in it."""
        cells = Cells(list(_IN_INDEX), self._cells(), self._wanted())
        found = {facet: cells.counted(facet) for facet in _IN_INDEX}
        if Facet.STATE in self._chosen_facets:
            found[Facet.STATE] = self._states(None, may_be_retired=True)
        else:
            found[Facet.STATE] = self._states(cells.total, may_be_retired=Lifecycle.RETIRED in found[Facet.LIFECYCLE])
        found[Facet.TEST] = self.counted(Facet.TEST) if self._intervals else {}
        return cells.total, {facet: found[facet] for facet in Facet}

    def _cells(self) -> list[Sequence[Any]]:
        """A value of each facet of the index, and how many devices have them all: one pass for all these facets."""
        chosen = self._chosen_facets
        if Facet.TEST in chosen:
            wanted = [
                self._is_one_of(facet, self._question.chosen[facet])
                for facet in (Facet.STATE, Facet.TEST)
                if facet in chosen
            ]
            return self._grouped(*wanted)
        if Facet.STATE not in chosen:
            return self._grouped()
        chosen_states = self._question.chosen[Facet.STATE]
        if self._commonest is None:
            return self._grouped(self._is_one_of(Facet.STATE, chosen_states))
        if self._commonest not in chosen_states:
            return self._grouped(STATE.c.state.in_(chosen_states))
        # The few that are left out are faster found than the many that are in.
        left_out = self._grouped(STATE.c.state.not_in(chosen_states))
        return [*self._grouped(), *((*values, -number) for *values, number in left_out)]

    def _grouped(self, *of_states: ColumnElement[bool]) -> list[Sequence[Any]]:
        columns = list(_IN_INDEX.values())
        if of_states or self._question.words:
            # Else the index would be read in its order, and for each of its rows another one out of order.
            columns = [func.coalesce(columns[0], ""), *columns[1:]]
        query = select(*columns, func.count()).select_from(_JOINED if of_states else _SEARCH)
        return list(self._connection.execute(query.where(self._base, *of_states).group_by(*columns)).all())

    @cached_property
    def _chosen_facets(self) -> frozenset[Facet]:
        return frozenset(facet for facet, values in self._question.chosen.items() if values)

    def _wanted(self) -> dict[Facet, Container[str]]:
        """Of the facets of the index: the values that are asked for. Where a facet is not named, any will do."""
        chosen = {facet: self._question.chosen[facet] for facet in _IN_INDEX if facet in self._chosen_facets}
        wanted: dict[Facet, Container[str]] = {Facet.LIFECYCLE: _IN_USE, **{key: set(chosen[key]) for key in chosen}}
        if areas := chosen.get(Facet.AREA):
            below = [set(self._connection.execute(ids_below(area)).scalars()) if area else {""} for area in areas]
            wanted[Facet.AREA] = set[str]().union(*below)
        return wanted

    @cached_property
    def _of_fleet(self) -> Mapping[str, int]:
        """State → devices, of everything that is registered; empty where that is few, or not every one has a state."""
        registered = self._connection.execute(select(func.count()).select_from(_SEARCH)).scalar_one()
        if registered < _MANY_DEVICES:
            return {}
        stored = self._connection.execute(select(STATE.c.state, func.count()).group_by(STATE.c.state))
        numbers = {state: number for state, number in stored}  # noqa: C416
        return numbers if sum(numbers.values()) == registered else {}

    @cached_property
    def _commonest(self) -> str | None:
        return max(self._of_fleet, key=lambda state: self._of_fleet[state], default=None)

    def _states(self, total: int | None, *, may_be_retired: bool) -> dict[str, int]:
        """Of a large fleet only those are looked up that are fewer: who is left out, or who is in another state."""
        if self._is_whole and self._of_fleet:
            retired = _SEARCH.c.lifecycle == Lifecycle.RETIRED.value
            left_out = self._state_counts(retired) if may_be_retired else {}
            found = {state: number - left_out.get(state, 0) for state, number in self._of_fleet.items()}
            return {state: number for state, number in found.items() if number}
        if total is None:
            total = int(self._connection.execute(self._chosen(select(func.count()), but=Facet.STATE)).scalar_one())
        if total < _MANY_DEVICES or total < sum(self._of_fleet.values()) / 4 or self._commonest is None:
            return self.counted(Facet.STATE)
        others = self._state_counts(STATE.c.state != self._commonest, *self._conditions(but=Facet.STATE))
        rest = total - sum(others.values())
        return others | ({self._commonest: rest} if rest else {})

    def _state_counts(self, *conditions: ColumnElement[bool]) -> dict[str, int]:
        """Of those that have a state in the store."""
        query = select(STATE.c.state, func.count()).select_from(_JOINED).where(STATE.c.state.is_not(None), *conditions)
        rows = self._connection.execute(query.group_by(STATE.c.state))
        return {state: number for state, number in rows}  # noqa: C416

    def counted(self, facet: Facet) -> dict[str, int]:
        column = self._column(facet)
        query = self._chosen(select(column, func.count()), but=facet, is_joined=facet in (Facet.STATE, Facet.TEST))
        if facet is Facet.TEST:
            query = query.where(_IS_TESTED)
        rows = self._connection.execute(query.group_by(column))
        return {"" if value is None else str(value): count for value, count in rows}

    def _column(self, facet: Facet) -> ColumnElement[Any]:
        columns: dict[Facet, ColumnElement[Any]] = {
            Facet.KIND: _SEARCH.c.kind,
            # Not the bare column: grouped by its index, every row would be fetched out of order.
            Facet.AREA: func.coalesce(_SEARCH.c.place_id, ""),
            Facet.STATE: _LIFE_STATE,
            Facet.KEEPER: _SEARCH.c.custodian_id,
            Facet.FUNDING: _SEARCH.c.funding,
            Facet.LIFECYCLE: _SEARCH.c.lifecycle,
        }
        return columns[facet] if facet in columns else case((self._is_overdue(), "overdue"), else_="on_time")

    def _chosen(self, query: Select[Any], but: Facet | None = None, *, is_joined: bool = False) -> Select[Any]:
        """``query`` over what the question leaves; joined with the states only where they are asked for."""
        by_state = {Facet.STATE, Facet.TEST} & (self._chosen_facets - {but})
        is_joined = is_joined or bool(by_state) or self._question.sort in (SortBy.STATE, SortBy.LAST_SEEN)
        return query.select_from(_JOINED if is_joined else _SEARCH).where(*self._conditions(but))

    def _conditions(self, but: Facet | None) -> list[ColumnElement[bool]]:
        wanted = self._chosen_facets - {but}
        conditions = [
            self._is_one_of(facet, values) for facet, values in self._question.chosen.items() if facet in wanted
        ]
        if Facet.LIFECYCLE not in wanted and but is not Facet.LIFECYCLE:
            conditions.append(_SEARCH.c.lifecycle != Lifecycle.RETIRED.value)
        return [self._base, *conditions]

    def _is_one_of(self, facet: Facet, values: Sequence[str]) -> ColumnElement[bool]:
        if facet is Facet.AREA:
            return or_(*(_below(value) if value else _SEARCH.c.place_id.is_(None) for value in values))
        if facet is Facet.TEST:
            return or_(*(self._is_overdue() if value == "overdue" else self._is_on_time() for value in values))
        column = self._column(facet)
        named = column.in_([value for value in values if value])
        return or_(named, column.is_(None)) if "" in values else named

    @cached_property
    def _intervals(self) -> Sequence[int]:
        intervals = select(_SEARCH.c.test_interval_days).where(_IS_TESTED).distinct()
        return self._connection.execute(intervals).scalars().all()

    def _is_overdue(self) -> ColumnElement[bool]:
        """As ``machines.bell_test`` counts it; an interval at a time, for no database agrees on date sums."""
        tested_at = func.coalesce(STATE.c.last_test_at, _SEARCH.c.registered_at)
        due = [
            and_(_SEARCH.c.test_interval_days == days, tested_at <= self._now - timedelta(days=days * 1.1, minutes=2))
            for days in self._intervals
        ]
        return or_(*due) if due else not_(true())

    def _is_on_time(self) -> ColumnElement[bool]:
        return and_(_IS_TESTED, not_(self._is_overdue()))

    def _match(self, within: Territory) -> ColumnElement[bool]:
        words = self._question.words
        patterns = like_patterns(words)
        if not patterns:
            return true()
        ways = [and_(*(_SEARCH.c.plain.like(pattern, escape=LIKE_ESCAPE) for pattern in patterns))]
        ways += [_below(area_id) for area_id in areas_meant(self._connection, words, self._now.date())]
        if (held := held_by_phone(words, within)) is not None:
            ways.append(_SEARCH.c.device_id.in_(held))
        return or_(*ways)

    def _places(self) -> list[ColumnElement[Any]]:
        ways: dict[SortBy, list[ColumnElement[Any]]] = {
            SortBy.RELEVANCE: [*rank(self._question.words), _SEARCH.c.name_key],
            SortBy.ID: [_SEARCH.c.id_key],
            SortBy.NAME: [_SEARCH.c.name_key],
            SortBy.GROUP: [_SEARCH.c.group_key, _SEARCH.c.name_key],
            SortBy.STATE: [_LIFE_STATE, _SEARCH.c.name_key],
            SortBy.LAST_SEEN: [STATE.c.last_seen_at],
        }
        return [*ways[self._question.sort], _SEARCH.c.device_id]


def _below(area_id: str) -> ColumnElement[bool]:
    return _SEARCH.c.place_id.in_(ids_below(area_id))
