"""Which group, site or establishment a position belongs to. There are no borders: proposed by what is nearest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, Table, func, or_, select

from monitor.inventory.area_tables import Area
from monitor.inventory.edits import core
from monitor.inventory.kinds import Level, Lifecycle
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.positions import Position, distance_m, near
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE, Territory

_AREA, _DEVICE, _SITE, _ESTABLISHMENT = core(Area), core(Device), core(Site), core(Establishment)
# Looked for in wider and wider boxes, so that a town's hundred thousand devices are never all read.
_RINGS_M = (100.0, 400.0, 1_600.0, 6_400.0, 25_600.0)
_MOST = 5
SURE_WITHIN_M = 150.0
# Farther from all that is known than any group of ours is wide.
_OUTSIDE_M = 5_000.0
_AROUND_M, _MOST_AROUND = 120.0, 200
_SITES_WITHIN_M, _ESTABLISHMENTS_WITHIN_M = 40.0, 150.0


class Basis(StrEnum):
    """What told that the group is near."""

    DEVICE = "device"
    SITE = "site"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class GroupNear:
    """``is_sure``: the next group is farther off even if the position errs as far as it may."""

    id: str
    name: str
    distance_m: float
    basis: Basis
    is_sure: bool


@dataclass(frozen=True, slots=True)
class PlaceNear:
    """A site or an establishment. ``kind``: a ``LocationKind`` or an ``EstablishmentKind``."""

    id: str
    name: str
    kind: str
    group_id: str | None
    distance_m: float


@dataclass(frozen=True, slots=True)
class DeviceAround:
    """What stands about, for a sketch of the place."""

    name: str
    device_class: str
    is_high_mast: bool
    at: Position


@dataclass(frozen=True, slots=True)
class PlacesNear:
    """``is_outside``: nothing of the user's own territory is the nearest, or nothing is near at all."""

    groups: tuple[GroupNear, ...]
    sites: tuple[PlaceNear, ...]
    establishments: tuple[PlaceNear, ...]
    around: tuple[DeviceAround, ...]
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Fix:
    """A position and how far it may be off, in metres, and the day it was taken on."""

    at: Position
    accuracy_m: float
    on: date


_Evidence = tuple[str, float, Basis]


def places_near(connection: Connection, fix: Fix, within: Territory) -> PlacesNear:
    """The nearest first."""
    found = _nearest_groups(connection, fix, EVERYWHERE)
    own = found if within.is_everywhere else _nearest_groups(connection, fix, within)
    # Somebody else's group that is nearer says only that this is not ours.
    is_outside = not own or own[0][1] > _OUTSIDE_M or found[0][0] != own[0][0]
    return PlacesNear(
        groups=tuple(_named(connection, own[:_MOST], _is_sure(own, fix))),
        sites=_near_by(connection, _SITE, fix.at, _SITES_WITHIN_M, within),
        establishments=_near_by(connection, _ESTABLISHMENT, fix.at, _ESTABLISHMENTS_WITHIN_M, within),
        around=_around(connection, fix.at, within),
        is_outside=is_outside,
    )


def _nearest_groups(connection: Connection, fix: Fix, within: Territory) -> list[_Evidence]:
    """By the nearest thing known of each group; wide enough that there are two to compare, where there are two."""
    nearest: list[_Evidence] = []
    for radius_m in _RINGS_M:
        best: dict[str, _Evidence] = {}
        for evidence in _evidence(connection, fix, radius_m, within):
            if evidence[1] <= radius_m and evidence[1] < best.get(evidence[0], evidence)[1] + 1e-9:
                best[evidence[0]] = evidence
        nearest = sorted(best.values(), key=lambda each: (each[1], each[0]))
        if len(nearest) > 1:
            break
    return nearest


def _evidence(connection: Connection, fix: Fix, radius_m: float, within: Territory) -> Iterator[_Evidence]:
    for table, basis in ((_DEVICE, Basis.DEVICE), (_SITE, Basis.SITE)):
        inside = near(table, fix.at, radius_m) & table.c.group_id.is_not(None) & within.clause(table.c.group_id)
        if table is _DEVICE:
            inside &= table.c.lifecycle != Lifecycle.RETIRED
        yield from _measured(connection, table, inside, fix, basis)
    valid = (fix.on >= _AREA.c.valid_from) & or_(_AREA.c.valid_to.is_(None), _AREA.c.valid_to >= fix.on)
    centres = near(_AREA, fix.at, radius_m) & (_AREA.c.level == Level.RESIDENTIAL_GROUP) & valid
    yield from _measured(connection, _AREA, centres & within.clause(_AREA.c.id), fix, Basis.CENTRE)


def _measured(connection: Connection, table: Table, chosen: object, fix: Fix, basis: Basis) -> Iterator[_Evidence]:
    group = table.c.id if basis is Basis.CENTRE else table.c.group_id
    query = select(group, table.c.latitude, table.c.longitude).where(chosen)  # type: ignore[arg-type]
    for group_id, latitude, longitude in connection.execute(query):
        yield group_id, distance_m(fix.at, Position(latitude, longitude)), basis


def _is_sure(nearest: list[_Evidence], fix: Fix) -> bool:
    if not nearest or nearest[0][1] + fix.accuracy_m > SURE_WITHIN_M:
        return False
    return len(nearest) == 1 or nearest[0][1] + fix.accuracy_m < nearest[1][1] - fix.accuracy_m


def _named(connection: Connection, nearest: list[_Evidence], is_sure: bool) -> Iterable[GroupNear]:
    ids = [each[0] for each in nearest]
    names = {
        row.id: row.name for row in connection.execute(select(_AREA.c.id, _AREA.c.name).where(_AREA.c.id.in_(ids)))
    }
    called = select(_DEVICE.c.group_id, func.max(_DEVICE.c.group_name)).where(_DEVICE.c.group_id.in_(ids))
    for group_id, name in connection.execute(called.group_by(_DEVICE.c.group_id)):
        names.setdefault(group_id, name)
    for place, (group_id, metres, basis) in enumerate(nearest):
        yield GroupNear(group_id, names.get(group_id) or group_id, metres, basis, is_sure and place == 0)


def _near_by(
    connection: Connection, table: Table, centre: Position, radius_m: float, within: Territory
) -> tuple[PlaceNear, ...]:
    kind = table.c.location_kind if table is _SITE else table.c.kind
    columns = (table.c.id, table.c.name, kind, table.c.group_id, table.c.latitude, table.c.longitude)
    query = select(*columns).where(near(table, centre, radius_m), within.clause(table.c.group_id))
    found = [
        PlaceNear(*row[:4], distance_m(centre, Position(row.latitude, row.longitude)))
        for row in connection.execute(query)
    ]
    inside = (place for place in found if place.distance_m <= radius_m)
    return tuple(sorted(inside, key=lambda place: (place.distance_m, place.id))[:_MOST])


def _around(connection: Connection, centre: Position, within: Territory) -> tuple[DeviceAround, ...]:
    there = near(_DEVICE, centre, _AROUND_M) & (_DEVICE.c.lifecycle != Lifecycle.RETIRED)
    inside = within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id)
    columns = (_DEVICE.c[name] for name in ("name", "device_class", "is_high_mast", "latitude", "longitude"))
    rows = connection.execute(select(*columns).where(there, inside).limit(_MOST_AROUND))
    return tuple(
        DeviceAround(row.name, row.device_class, row.is_high_mast, Position(row.latitude, row.longitude))
        for row in rows
    )
