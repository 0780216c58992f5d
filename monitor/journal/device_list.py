"""What the device list shows of the devices that were found, and the names of what they are counted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, select

from monitor.inventory.area_tables import Area
from monitor.inventory.collation import vietnamese_key
from monitor.inventory.device_changes import version_of
from monitor.inventory.edits import core
from monitor.inventory.people_tables import Custodian
from monitor.inventory.search_tables import DeviceSearch
from monitor.inventory.tables import Device
from monitor.journal.device_search import Facet
from monitor.journal.device_states import STATE
from monitor.journal.set_aside import IS_OUT, OUT

_DEVICE, _SEARCH, _CUSTODIAN, _AREA = core(Device), core(DeviceSearch), core(Custodian), core(Area)
_SHOWN = ("id", "name", "place", "position", "group_id", "group_name", "area_id", "lifecycle")


@dataclass(frozen=True, slots=True)
class StoredLife:
    """As last written down; the writer's memory may know better. Times in UTC."""

    state: str
    since_at: datetime | None
    last_seen_at: datetime | None
    battery_pct: float | None


def device_rows(connection: Connection, device_ids: Sequence[str]) -> list[dict[str, Any]]:
    """In the order given; ``life`` is a ``StoredLife``. Not filtered: the ids were found within a territory."""
    life = (STATE.c.state, STATE.c.since_at, STATE.c.last_seen_at, STATE.c.battery_pct)
    is_out = exists().where(OUT.c.device_id == _DEVICE.c.id, IS_OUT).label("is_out_of_service")
    query = (
        select(_DEVICE, _SEARCH.c.kind, _CUSTODIAN.c.name.label("keeper"), is_out, *life)
        .select_from(
            _DEVICE.join(_SEARCH, _SEARCH.c.device_id == _DEVICE.c.id)
            .outerjoin(_CUSTODIAN, _CUSTODIAN.c.id == _DEVICE.c.custodian_id)
            .outerjoin(STATE, STATE.c.device_id == _DEVICE.c.id)
        )
        .where(_DEVICE.c.id.in_(device_ids))
    )
    found = {row["id"]: row for row in connection.execute(query).mappings()}
    return [_told(found[device_id]) for device_id in device_ids if device_id in found]


def _told(row: Mapping[Any, Any]) -> dict[str, Any]:
    life = StoredLife(row["state"] or "UNKNOWN", row["since_at"], row["last_seen_at"], row["battery_pct"])
    shown = {name: row[name] for name in (*_SHOWN, "kind", "keeper")} | {
        "is_out_of_service": bool(row["is_out_of_service"])
    }
    return {**shown, "version": version_of(row), "life": life}


def facet_names(
    connection: Connection, counted: Mapping[Facet, Mapping[str, int]]
) -> dict[Facet, list[dict[str, Any]]]:
    """Each value with its name, where it has one, and its count. Areas and keepers by name, the others by count."""
    return {
        Facet(facet): _named(connection, _NAMED[facet], values) if facet in _NAMED else _by_count(values)
        for facet, values in counted.items()
    }


_NAMED = {Facet.AREA: _AREA, Facet.KEEPER: _CUSTODIAN}


def _named(connection: Connection, source: Any, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    names = {row.id: row.name for row in connection.execute(select(source.c.id, source.c.name))} if counts else {}
    values = [
        {"value": value, "name": names.get(value, value) if value else None, "count": count}
        for value, count in counts.items()
    ]
    return sorted(values, key=lambda each: (each["name"] is None, vietnamese_key(each["name"] or "")))


def _by_count(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    values = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return [{"value": value, "name": None, "count": count} for value, count in values]
