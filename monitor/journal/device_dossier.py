"""What stands on the page of one device besides its own row: what it names, what is beside it, what happened to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from monitor.inventory.area_tables import Area
from monitor.inventory.contacts import Holder, holder_shown
from monitor.inventory.edits import core
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.photos import photo_digest
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.positions import Position, near
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.audit_queries import AuditFilter, audit_page
from monitor.journal.device_queries import device_by_id
from monitor.journal.queries import AlarmFilter, alarms_page

_DEVICE, _SITE, _AREA = core(Device), core(Site), core(Area)
_ESTABLISHMENT = core(Establishment)
# What can be seen from the foot of its pole, and what a sketch of a hand's width holds.
AROUND_M = 150.0
_MOST_AROUND, _MOST_BESIDE, _MOST_ALARMS = 60, 40, 6
MOST_EDITS = 20
_TELL_OF_IT = ("device", "credential", "device_photo")


@dataclass(frozen=True, slots=True)
class Dossier:
    """``device``: as the API tells it. ``beside``: at its site; ``hanging``: on it, as a recorder or a gateway.

    ``keeper``, ``establishment``: with contacts, masked. ``photo``: changes with the picture; None: there is none.
    """

    device: Mapping[str, Any]
    site: Mapping[str, Any] | None
    area: str | None
    parent: Mapping[str, Any] | None
    keeper: Mapping[str, Any] | None
    establishment: Mapping[str, Any] | None
    beside: Sequence[Mapping[str, Any]]
    hanging: Sequence[Mapping[str, Any]]
    around: Sequence[Mapping[str, Any]]
    alarms: Sequence[Mapping[str, Any]]
    edits: Sequence[Mapping[str, Any]]
    photo: str | None


def dossier(connection: Connection, device_id: str, within: Territory) -> Dossier:
    """Raises ``UnknownRecord``. Of what it names, only what lies within is told."""
    device = device_by_id(connection, device_id, within)
    others = _DEVICE.c.id != device_id
    beside = _DEVICE.c.site_id == device["site_id"]
    parents = _devices(connection, _DEVICE.c.id == device["parent_id"], within) if device["parent_id"] else []
    alarms, _ = alarms_page(connection, AlarmFilter(device_id=device_id), within, limit=_MOST_ALARMS)
    about = AuditFilter(entity_id=device_id, entities=_TELL_OF_IT)
    edits, _ = audit_page(connection, about, within, limit=MOST_EDITS)
    return Dossier(
        device=device,
        site=_site(connection, device["site_id"], within),
        area=_area(connection, device["group_id"] or device["area_id"], within),
        parent=parents[0] if parents else None,
        keeper=_holder(connection, Holder.CUSTODIAN, device["custodian_id"], within),
        establishment=_establishment(connection, device["establishment_id"], within),
        beside=_devices(connection, beside & others, within) if device["site_id"] else [],
        hanging=_devices(connection, _DEVICE.c.parent_id == device_id, within),
        around=_around(connection, device, within),
        alarms=alarms,
        edits=edits,
        photo=photo_digest(connection, device_id),
    )


def _devices(
    connection: Connection, wanted: ColumnElement[bool], within: Territory, most: int = _MOST_BESIDE
) -> list[dict[str, Any]]:
    columns = ("id", "name", "device_class", "is_high_mast", "position", "latitude", "longitude")
    inside = within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id)
    alive = _DEVICE.c.lifecycle != Lifecycle.RETIRED
    query = select(*(_DEVICE.c[name] for name in columns)).where(wanted, inside, alive)
    return [dict(row) for row in connection.execute(query.order_by(_DEVICE.c.id).limit(most)).mappings()]


def _around(connection: Connection, device: Mapping[str, Any], within: Territory) -> list[dict[str, Any]]:
    if device["latitude"] is None:
        return []
    here = near(_DEVICE, Position(device["latitude"], device["longitude"]), AROUND_M)
    return _devices(connection, here & (_DEVICE.c.id != device["id"]), within, _MOST_AROUND)


def _site(connection: Connection, site_id: str | None, within: Territory) -> dict[str, Any] | None:
    query = select(_SITE.c.name, _SITE.c.location_kind).where(_SITE.c.id == site_id, within.clause(_SITE.c.group_id))
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def _area(connection: Connection, area_id: str | None, within: Territory) -> str | None:
    name = select(_AREA.c.name).where(_AREA.c.id == area_id, within.clause(_AREA.c.id))
    found: str | None = connection.execute(name).scalar()
    return found


def _holder(connection: Connection, holder: Holder, holder_id: str | None, within: Territory) -> dict[str, Any] | None:
    return None if holder_id is None else holder_shown(connection, holder, holder_id, within)


def _establishment(connection: Connection, holder_id: str | None, within: Territory) -> dict[str, Any] | None:
    shown = _holder(connection, Holder.ESTABLISHMENT, holder_id, within)
    if shown is None:
        return None
    kind = connection.execute(select(_ESTABLISHMENT.c.kind).where(_ESTABLISHMENT.c.id == holder_id)).scalar()
    return {**shown, "kind": kind}
