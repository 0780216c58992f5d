"""Which eyes stood on a day, in the area each was in then, and whether they worked.

An eye counts from the day it was put up (else registered) to the day before it was retired; one that is only planned
counts where it already hangs, and never works.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from threading import Lock
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from monitor.inventory.area_tables import DevicePast
from monitor.inventory.changes import last_edit
from monitor.inventory.edits import core
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.kinds import Lifecycle, LocationKind
from monitor.inventory.place_tables import Site
from monitor.inventory.tables import Device
from monitor.journal.span_rows import states_at
from monitor.journal.times import end_of
from monitor.machines.liveness import WORKING
from monitor.reports.coverage import Eyes, Tally

_DEVICE, _SITE, _PAST = core(Device), core(Site), core(DevicePast)
_EDIT = core(EditRow)
_AT_ONCE = 500
# Beyond, everything is read anew: that is one query, and not one for every few hundred.
_MOST_PATCHED = 10_000


class _Kind(NamedTuple):
    """What a report counts an eye by."""

    area_id: str | None
    is_high_mast: bool
    location_kind: str
    is_planned: bool


@dataclass(frozen=True, slots=True)
class _Picture:
    """Eyes of ``day`` as of the journal's row ``head``. Changed in place, under its owner's lock."""

    day: date
    head: int
    kinds: dict[str, _Kind]
    ids: defaultdict[_Kind, set[str]]

    def put(self, eyes: Iterable[tuple[str, _Kind]]) -> None:
        for device_id, kind in eyes:
            self.ids[kind].add(device_id)
            self.kinds[device_id] = kind

    def drop(self, device_id: str) -> None:
        if (kind := self.kinds.pop(device_id, None)) is not None:
            self.ids[kind].discard(device_id)


class EyesNow:
    """The eyes of today, kept in memory: after the first time only what the journal says was touched is read.

    ``working``: ids of the devices that work now; None: the monitor is blind, and nobody knows. May be asked from
    several threads.
    """

    def __init__(self, working: Callable[[], frozenset[str] | None]) -> None:
        self._working = working
        self._lock = Lock()
        self._picture: _Picture | None = None

    def standing(self, connection: Connection, day: date) -> list[Eyes]:
        """``day``: today, or one to come."""
        working = self._working()
        with self._lock:
            self._picture = picture = _brought_in_line(connection, day, self._picture)
            return [_eyes(kind, ids, working) for kind, ids in picture.ids.items() if ids]


def _brought_in_line(connection: Connection, day: date, last: _Picture | None) -> _Picture:
    head = last_edit(connection)
    if last is not None and last.day == day and last.head >= head:  # whoever came first may have read a later moment
        return last
    touched = _touched(connection, last.head) if last is not None and last.day == day else None
    if last is None or touched is None:
        picture = _Picture(day, head, {}, defaultdict(set))
        picture.put(_kinds(connection, day))
        return picture
    for device_id in touched:
        last.drop(device_id)
    picture = _Picture(day, head, last.kinds, last.ids)
    for some in _some(touched):
        picture.put(_kinds(connection, day, some))
    return picture


def _eyes(kind: _Kind, ids: set[str], working: frozenset[str] | None) -> Eyes:
    number = len(ids)
    if working is None:
        return Eyes(kind.area_id, kind.is_high_mast, kind.location_kind, Tally(number, 0, 0))
    tally = Tally(number, 0 if kind.is_planned else len(ids & working), number)
    return Eyes(kind.area_id, kind.is_high_mast, kind.location_kind, tally)


def _touched(connection: Connection, last: int) -> set[str] | None:
    """Devices whose own row or site was written since; None: too many."""
    names = (_DEVICE.name, _SITE.name)
    query = select(_EDIT.c.entity, _EDIT.c.entity_id).where(_EDIT.c.id > last, _EDIT.c.entity.in_(names)).distinct()
    rows = connection.execute(query.limit(_MOST_PATCHED)).all()
    if len(rows) == _MOST_PATCHED:
        return None
    touched = {row.entity_id for row in rows if row.entity == _DEVICE.name}
    for some in _some(row.entity_id for row in rows if row.entity == _SITE.name):
        touched.update(connection.execute(select(_DEVICE.c.id).where(_DEVICE.c.site_id.in_(some))).scalars())
    return touched


def eyes_then(connection: Connection, day: date) -> list[Eyes]:
    """Of a day that is over: by what the journal knew at its end."""
    states = states_at(connection, end_of(day))
    counted: Counter[tuple[_Kind, str | None]] = Counter()
    for device_id, kind in _kinds(connection, day):
        counted[kind, states.get(device_id)] += 1
    return [_eyes_in(kind, state, number) for (kind, state), number in counted.items()]


def _eyes_in(kind: _Kind, state: str | None, number: int) -> Eyes:
    is_working = state in WORKING and not kind.is_planned
    tally = Tally(number, number if is_working else 0, 0 if state is None else number)
    return Eyes(kind.area_id, kind.is_high_mast, kind.location_kind, tally)


def _kinds(connection: Connection, day: date, among: Collection[str] | None = None) -> Iterator[tuple[str, _Kind]]:
    """Every eye that stood on that day, or those of them that are ``among`` some."""
    past = _places_then(connection, day, among)
    same: dict[_Kind, _Kind] = {}  # many eyes, few kinds
    for device_id, place, is_high_mast, location_kind, lifecycle in connection.execute(_eyes_on(day, among)).all():
        is_planned = lifecycle == Lifecycle.PLANNED
        kind = _Kind(past.get(device_id, place), is_high_mast, location_kind, is_planned)
        yield device_id, same.setdefault(kind, kind)


def _eyes_on(day: date, among: Collection[str] | None) -> Select[Any]:
    place = func.coalesce(_DEVICE.c.group_id, _DEVICE.c.area_id)
    kind = func.coalesce(_SITE.c.location_kind, LocationKind.OTHER.value)
    query = (
        select(_DEVICE.c.id, place, _DEVICE.c.is_high_mast, kind, _DEVICE.c.lifecycle)
        .select_from(_DEVICE.outerjoin(_SITE, _SITE.c.id == _DEVICE.c.site_id))
        .where(_DEVICE.c.device_class == "camera", _stood(day))
    )
    return query if among is None else query.where(_DEVICE.c.id.in_(among))


def _stood(day: date) -> ColumnElement[bool]:
    is_registered = and_(_DEVICE.c.lifecycle != Lifecycle.PLANNED.value, _DEVICE.c.registered_at < end_of(day))
    has_come = or_(_DEVICE.c.installed_on <= day, and_(_DEVICE.c.installed_on.is_(None), is_registered))
    return and_(has_come, or_(_DEVICE.c.retired_on.is_(None), _DEVICE.c.retired_on > day))


def _places_then(connection: Connection, day: date, among: Collection[str] | None) -> dict[str, str | None]:
    """Devices that were somewhere else on that day: the first move after it says where."""
    query = select(_PAST).where(_PAST.c.valid_to >= day).order_by(_PAST.c.valid_to.desc())
    if among is not None:
        query = query.where(_PAST.c.device_id.in_(among))
    return {row.device_id: row.group_id or row.area_id for row in connection.execute(query)}


def _some(ids: Iterable[str]) -> Iterator[list[str]]:
    left = iter(ids)
    while some := list(islice(left, _AT_ONCE)):
        yield some
