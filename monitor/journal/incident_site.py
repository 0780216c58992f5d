"""Where an incident is: the place of the alarm that opened it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from monitor.inventory.edits import core
from monitor.inventory.place_tables import Establishment
from monitor.inventory.positions import Position
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.call_list import Site
from monitor.journal.incidents import alarm_ids_of
from monitor.journal.tables import AlarmRow

_ALARM, _DEVICE, _ESTABLISHMENT = core(AlarmRow), core(Device), core(Establishment)


@dataclass(frozen=True, slots=True)
class IncidentSite:
    """``at`` None: nobody has said where it stands."""

    site: Site
    at: Position | None


def site_of(connection: Connection, incident_id: int, within: Territory) -> IncidentSite:
    """Of the oldest alarm inside; one silent bell makes the whole place silent."""
    columns = (
        *(_DEVICE.c[name] for name in ("group_id", "establishment_id", "is_silent_at_site", "latitude", "longitude")),
        _ESTABLISHMENT.c.latitude.label("place_latitude"),
        _ESTABLISHMENT.c.longitude.label("place_longitude"),
    )
    joined = _ALARM.join(_DEVICE, _DEVICE.c.id == _ALARM.c.device_id).outerjoin(
        _ESTABLISHMENT, _ESTABLISHMENT.c.id == _DEVICE.c.establishment_id
    )
    inside = within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id)
    query = select(*columns).select_from(joined).where(_ALARM.c.id.in_(alarm_ids_of(connection, incident_id)), inside)
    rows = connection.execute(query.order_by(_ALARM.c.id)).mappings().all()
    if not rows:
        return IncidentSite(Site(None, None, is_silent=True), None)
    first = rows[0]
    site = Site(first["group_id"], first["establishment_id"], any(row["is_silent_at_site"] for row in rows))
    for latitude, longitude in (
        (first["latitude"], first["longitude"]),
        (first["place_latitude"], first["place_longitude"]),
    ):
        if latitude is not None and longitude is not None:
            return IncidentSite(site, Position(latitude, longitude))
    return IncidentSite(site, None)
