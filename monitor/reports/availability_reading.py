"""What availability stands on, read from the store: where devices stood in a period, and their spans of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from device_adapters.core.contract import UNSUPERVISED
from monitor.errors import UnknownRecord
from monitor.inventory.area_tables import DevicePast
from monitor.inventory.areas import AreaFacts, AreaTree, read_tree
from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.blind_rows import blind_times
from monitor.journal.span_rows import SPAN
from monitor.journal.spans import Spent
from monitor.journal.times import begin_of, today, unix_ms
from monitor.reports.availability import Availability, Stay, Stretch, by_unit
from monitor.reports.coverage_reading import Told
from monitor.reports.periods import ONE_DAY, Period

_DEVICE, _PAST = core(Device), core(DevicePast)
_CAME_TO = tuple(SPAN.c[name] for name in Spent.__slots__)
_FOR_EVER = 2**62


@dataclass(frozen=True, slots=True)
class Asked:
    """Units of ``level`` below ``root_id`` (None: everywhere); ``device_class`` None: every supervised one."""

    root_id: str | None
    level: str
    period: Period
    device_class: str | None = None


@dataclass(frozen=True, slots=True)
class AvailabilityReport:
    """``before``: of the adjacent previous period. ``blind_ms``: how long the monitor itself heard nothing."""

    asked: Asked
    root: AreaFacts | None
    whole: Availability
    units: Sequence[tuple[AreaFacts, Availability]]
    before: Availability
    blind_ms: int


def availability(connection: Connection, asked: Asked, now: datetime, within: Territory) -> AvailabilityReport:
    """Raises ``UnknownRecord``, for what lies outside too."""
    tree = read_tree(connection)
    told = Told(connection, tree, within, today(now))
    if not told.of(asked.root_id):
        raise UnknownRecord(f"there is no area {asked.root_id}")
    reader = _Reader(connection, tree, told, asked)
    whole, units = reader.read(asked.period, now)
    found = sorted(units.items())
    began_ms, ended_ms = asked.period.began_ms(), asked.period.ended_ms(now)
    return AvailabilityReport(
        asked=asked,
        root=tree.known(asked.root_id) if asked.root_id else None,
        whole=whole,
        units=[(tree.known(unit), figures) for unit, figures in found],
        before=reader.read(asked.period.before, now)[0],
        blind_ms=blind_times(connection, began_ms, ended_ms).within(began_ms, ended_ms),
    )


def stretches(
    connection: Connection, devices: ColumnElement[bool] | None, from_ms: int, to_ms: int
) -> Iterator[Stretch]:
    """Spans that touch a time, those of a device in their order; what lasts goes on to its end."""
    columns = (SPAN.c.device_id, SPAN.c.began_ms, func.coalesce(SPAN.c.ended_ms, to_ms), SPAN.c.state)
    touches = or_(SPAN.c.ended_ms.is_(None), SPAN.c.ended_ms > from_ms)
    query = select(*columns, SPAN.c.is_planned, SPAN.c.changes, *_CAME_TO).where(touches, SPAN.c.began_ms < to_ms)
    if devices is not None:
        query = query.where(devices)
    for row in connection.execute(query.order_by(SPAN.c.began_ms) if devices is not None else query):
        device_id, began_ms, ended_ms, state, is_planned, changes, *came_to = row
        merged = Spent(*(each or 0 for each in came_to)) if changes > 1 else None
        yield Stretch(device_id, began_ms, ended_ms, state, is_planned, merged, changes)


class _Reader:
    def __init__(self, connection: Connection, tree: AreaTree, told: Told, asked: Asked) -> None:
        self._connection, self._tree, self._told, self._asked = connection, tree, told, asked
        self._places: dict[tuple[str, date], tuple[bool, str | None]] = {}

    def read(self, period: Period, now: datetime) -> tuple[Availability, dict[str, Availability]]:
        from_ms, to_ms = period.began_ms(), period.ended_ms(now)
        blind = blind_times(self._connection, from_ms, to_ms)
        some = None if self._asked.root_id is None else SPAN.c.device_id.in_(self._devices(period))
        found = stretches(self._connection, some, from_ms, to_ms)
        return by_unit(self._stays(period, from_ms, to_ms), self._heard(to_ms), found, blind)

    def _heard(self, to_ms: int) -> frozenset[str]:
        query = select(SPAN.c.device_id).where(SPAN.c.began_ms < to_ms).distinct()
        return frozenset(self._connection.execute(query).scalars())

    def _devices(self, period: Period) -> Select[Any]:
        """Ids of those that stand below the area, or stood there before they moved, and were in service then."""
        of_class = _DEVICE.c.device_class == self._asked.device_class
        if self._asked.device_class is None:
            of_class = _DEVICE.c.device_class.not_in(list(UNSUPERVISED))
        in_service = and_(
            _DEVICE.c.registered_at < begin_of(period.last + ONE_DAY),
            or_(_DEVICE.c.retired_on.is_(None), _DEVICE.c.retired_on > period.first),
        )
        query = select(_DEVICE.c.id).where(of_class, in_service)
        if self._asked.root_id is None:
            return query
        areas = self._areas_below(period)
        moved = select(_PAST.c.device_id).where(func.coalesce(_PAST.c.group_id, _PAST.c.area_id).in_(areas))
        stands = func.coalesce(_DEVICE.c.group_id, _DEVICE.c.area_id).in_(areas)
        return query.where(or_(stands, _DEVICE.c.id.in_(moved)))

    def _areas_below(self, period: Period) -> list[str]:
        root_id = self._asked.root_id or ""
        days = (period.first, period.last)
        return [area.id for area in self._tree if any(self._tree.is_below(area.id, root_id, day) for day in days)]

    def _stays(self, period: Period, from_ms: int, to_ms: int) -> Mapping[str, Sequence[Stay]]:
        """Of the period only; a device of which nothing lies in what is asked has none."""
        past: dict[str, list[tuple[date, str | None]]] = defaultdict(list)
        moved = select(_PAST).where(_PAST.c.valid_to >= period.first).order_by(_PAST.c.valid_to)
        for row in self._connection.execute(moved):
            past[row.device_id].append((row.valid_to, row.group_id or row.area_id))
        place = func.coalesce(_DEVICE.c.group_id, _DEVICE.c.area_id)
        chosen = select(_DEVICE.c.id, place).where(_DEVICE.c.id.in_(self._devices(period)))
        found: dict[str, list[Stay]] = {}
        for device_id, area_id in self._connection.execute(chosen):
            moves = [*past.get(device_id, ()), (date.max, area_id)]
            if stays := list(self._told_stays(moves, period, from_ms, to_ms)):
                found[device_id] = stays
        return found

    def _told_stays(
        self, moves: Sequence[tuple[date, str | None]], period: Period, from_ms: int, to_ms: int
    ) -> Iterator[Stay]:
        """``moves``: the last day in each area, in order."""
        began_ms = from_ms
        for last_day, area_id in moves:
            if began_ms >= to_ms:
                return
            ended_ms = to_ms if last_day >= period.last else min(to_ms, unix_ms(begin_of(last_day + ONE_DAY)))
            is_inside, unit = self._place(area_id, min(last_day, period.last))
            if is_inside:
                yield Stay(began_ms, ended_ms, unit)
            began_ms = ended_ms

    def _place(self, area_id: str | None, day: date) -> tuple[bool, str | None]:
        """Whether it lies within what is asked and may be told of, and in which unit."""
        if area_id is None:
            return self._asked.root_id is None, None
        if (known := self._places.get((area_id, day))) is None:
            path = self._tree.path(area_id, day)
            root_id = self._asked.root_id
            is_inside = root_id is None or any(area.id == root_id for area in path)
            unit = next((area.id for area in path if area.level == self._asked.level), None)
            is_told = is_inside and (unit is None or self._told.of(unit))
            known = self._places[area_id, day] = (is_told, unit)
        return known
