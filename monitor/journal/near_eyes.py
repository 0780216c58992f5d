"""Which cameras may have seen it: the eyes nearest to a place, however they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from monitor.inventory.edits import core
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.people_tables import Custodian
from monitor.inventory.positions import Position, bearing_deg, distance_m, near
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory

_DEVICE, _CUSTODIAN = core(Device), core(Custodian)
NEAREST = 7
# Wider rings are looked at only while the nearer ones hold too few, or none that works.
_RINGS_M = (500.0, 2_000.0, 8_000.0)
_MOST_A_RING = 2_000


@dataclass(frozen=True, slots=True)
class NearEye:
    """``bearing_deg``: where it stands, seen from the place; ``looks_deg``: the way it looks. Clockwise from north."""

    id: str
    name: str
    distance_m: float
    bearing_deg: float
    looks_deg: float | None
    power_feeder: str | None
    keeper: str | None
    custodian_id: str | None
    retention_days: int | None


@dataclass(frozen=True, slots=True)
class NearEyes:
    """``nearest``: in order of distance; ``working``: the nearest that works, None where none is known."""

    nearest: tuple[NearEye, ...] = ()
    working: NearEye | None = None


def eyes_near(connection: Connection, at: Position, working: Collection[str] | None, within: Territory) -> NearEyes:
    """``working``: ids of the devices that do; None while the monitor is blind, and nobody knows."""
    found = NearEyes()
    for radius_m in _RINGS_M:
        eyes = [
            eye
            for row in _rows(connection, at, radius_m, within)
            if (eye := _seen_from(at, row)).distance_m <= radius_m
        ]
        eyes.sort(key=lambda eye: (eye.distance_m, eye.id))
        at_work = next((eye for eye in eyes if working is not None and eye.id in working), None)
        found = NearEyes(tuple(eyes[:NEAREST]), at_work)
        if len(eyes) >= NEAREST and (at_work or working is None):
            break
    return found


def _rows(connection: Connection, at: Position, radius_m: float, within: Territory) -> list[RowMapping]:
    columns = (
        *(_DEVICE.c[name] for name in ("id", "name", "latitude", "longitude", "power_feeder", "custodian_id")),
        _DEVICE.c.retention_days,
        _DEVICE.c.bearing_deg,
        _CUSTODIAN.c.name.label("keeper"),
    )
    query = (
        select(*columns)
        .select_from(_DEVICE.outerjoin(_CUSTODIAN, _CUSTODIAN.c.id == _DEVICE.c.custodian_id))
        .where(
            near(_DEVICE, at, radius_m),
            _DEVICE.c.device_class == "camera",
            _DEVICE.c.lifecycle == Lifecycle.ACTIVE,
            within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id),
        )
    )
    return list(connection.execute(query.limit(_MOST_A_RING)).mappings())


def _seen_from(at: Position, row: RowMapping) -> NearEye:
    there = Position(row["latitude"], row["longitude"])
    told: dict[str, Any] = {name: row[name] for name in ("id", "name", "power_feeder", "keeper", "custodian_id")}
    return NearEye(
        **told,
        distance_m=distance_m(at, there),
        bearing_deg=bearing_deg(at, there),
        looks_deg=row["bearing_deg"],
        retention_days=row["retention_days"],
    )
