"""What the web reads of the registered devices and their last stored state. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from monitor.errors import UnknownRecord
from monitor.inventory.device_changes import version_of
from monitor.inventory.edits import core
from monitor.inventory.place_tables import Establishment
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.tables import DeviceStateRow
from monitor.journal.times import iso

_DEVICE = core(Device)
_LIFE = core(DeviceStateRow)
_ESTABLISHMENT = core(Establishment)
_STATE = func.coalesce(_LIFE.c.state, "UNKNOWN")
# What is told of a device as it stands in its row; the rest is told in another form, or to nobody.
_TOLD_APART = frozenset({"id", "device_class", "search_text", "registered_at", "installed_on", "retired_on"})
_SAID = tuple(column.name for column in _DEVICE.columns if column.name not in _TOLD_APART)
_JOINED = _DEVICE.outerjoin(_LIFE, _LIFE.c.device_id == _DEVICE.c.id)


def _device_view(within: Territory) -> Select[Any]:
    life = (_STATE.label("state"), _LIFE.c.since_at, _LIFE.c.last_seen_at, _LIFE.c.battery_pct, _LIFE.c.last_test_at)
    return select(_DEVICE, *life).select_from(_JOINED).where(_inside(within))


def _inside(within: Territory) -> ColumnElement[bool]:
    return within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id)


def device_json(row: RowMapping) -> dict[str, Any]:
    """The one shape of a device: what was registered, and its last stored life."""
    said = {name: row[name] for name in _SAID}
    return {
        **said,
        "id": row["id"],
        "version": version_of(row),
        "class": row["device_class"],
        "is_high_mast": bool(row["is_high_mast"]),
        "is_silent_at_site": bool(row["is_silent_at_site"]),
        "installed_on": _day(row["installed_on"]),
        "retired_on": _day(row["retired_on"]),
        "state": row["state"],
        "since_at": iso(row["since_at"]),
        "last_seen_at": iso(row["last_seen_at"]),
        "battery_pct": row["battery_pct"],
        "last_test_at": iso(row["last_test_at"]),
        "registered_at": iso(row["registered_at"]),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def device_by_id(connection: Connection, device_id: str, within: Territory) -> dict[str, Any]:
    """Raises ``UnknownRecord``."""
    row = connection.execute(_device_view(within).where(_DEVICE.c.id == device_id)).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no device {device_id}")
    return device_json(row)


def names_by_ids(connection: Connection, device_ids: Collection[str], within: Territory) -> dict[str, str]:
    """Without those that are not registered any more."""
    query = select(_DEVICE.c.id, _DEVICE.c.name).where(_DEVICE.c.id.in_(device_ids), _inside(within))
    return {row.id: row.name for row in connection.execute(query)}


def ids_within(connection: Connection, within: Territory) -> set[str]:
    return set(connection.execute(select(_DEVICE.c.id).where(_inside(within))).scalars())


def devices_by_ids(connection: Connection, device_ids: Sequence[str], within: Territory) -> list[dict[str, Any]]:
    """In the order given, without those that are not there."""
    rows = connection.execute(_device_view(within).where(_DEVICE.c.id.in_(device_ids))).mappings()
    found = {row["id"]: row for row in rows}
    return [device_json(found[device_id]) for device_id in device_ids if device_id in found]


def snapshot_rows(connection: Connection, within: Territory) -> Iterator[Sequence[Sequence[Any]]]:
    """Every device, in order of id, with only the columns the desk shows; plain tuples, and some at a time, for there
    may be many.

    Without their states, which memory knows better: to read those of 20,000 takes longer than all the rest.
    """
    columns = (
        _DEVICE.c.id,
        _DEVICE.c.device_class,
        _DEVICE.c.name,
        _DEVICE.c.group_id,
        _DEVICE.c.place,
        _DEVICE.c.position,
        _DEVICE.c.is_high_mast,
    )
    query = select(*columns).where(_inside(within))
    some = query.order_by(_DEVICE.c.id).execution_options(yield_per=500)
    yield from connection.execute(some).partitions()


def placed(connection: Connection, within: Territory) -> list[tuple[str, float, float]]:
    """(id, latitude, longitude) of every device that is in use and stands somewhere, itself or its establishment."""
    latitude = func.coalesce(_DEVICE.c.latitude, _ESTABLISHMENT.c.latitude)
    longitude = func.coalesce(_DEVICE.c.longitude, _ESTABLISHMENT.c.longitude)
    query = (
        select(_DEVICE.c.id, latitude, longitude)
        .select_from(_DEVICE.outerjoin(_ESTABLISHMENT, _ESTABLISHMENT.c.id == _DEVICE.c.establishment_id))
        .where(_inside(within), latitude.is_not(None), longitude.is_not(None))
        .order_by(_DEVICE.c.id)
    )
    return [(row[0], round(row[1], 6), round(row[2], 6)) for row in connection.execute(query)]


def count_all(connection: Connection) -> int:
    """Of the whole inventory, retired ones too."""
    return connection.execute(select(func.count()).select_from(_DEVICE)).scalar_one()


def groups(connection: Connection, within: Territory) -> list[tuple[str, str]]:
    """(id, name) of every group that has a device, in order of id."""
    query = (
        select(_DEVICE.c.group_id, func.coalesce(func.max(_DEVICE.c.group_name), _DEVICE.c.group_id))
        .where(_DEVICE.c.group_id.is_not(None), _inside(within))
        .group_by(_DEVICE.c.group_id)
        .order_by(_DEVICE.c.group_id)
    )
    return [(group_id, name) for group_id, name in connection.execute(query)]


def count_devices(connection: Connection) -> dict[tuple[str, str], int]:
    """(class, state) → count."""
    query = select(_DEVICE.c.device_class, _STATE, func.count()).select_from(_JOINED)
    counted = connection.execute(query.group_by(_DEVICE.c.device_class, _STATE))
    return {(device_class, state): count for device_class, state, count in counted}
