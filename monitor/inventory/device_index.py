"""Keeps ``DeviceSearch`` in line with the devices: the last step of every write to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select

from monitor.inventory.collation import sort_text
from monitor.inventory.edits import core
from monitor.inventory.folding import fold, with_marks
from monitor.inventory.people_tables import Custodian
from monitor.inventory.search_tables import DeviceSearch
from monitor.inventory.tables import Device

# What a person may look for, the most telling first.
FOUND_BY = (
    "id", "name", "place", "position", "street_address", "group_name", "serial", "model", "maker", "address"
)  # fmt: skip
_SEARCH, _DEVICE, _CUSTODIAN = core(DeviceSearch), core(Device), core(Custodian)
_COPIED = ("lifecycle", "funding", "custodian_id", "test_interval_days", "registered_at")
_AT_ONCE = 500


def index_devices(tx: Connection, device_ids: Collection[str]) -> None:
    """For devices that were added, changed or removed in this transaction."""
    for some in _batches(device_ids):
        tx.execute(delete(_SEARCH).where(_SEARCH.c.device_id.in_(some)))
        _write(tx, some)


def index_missing(tx: Connection) -> int:
    """For devices that came or went by another way, as before there was an index; says how many came."""
    tx.execute(delete(_SEARCH).where(_SEARCH.c.device_id.not_in(select(_DEVICE.c.id))))
    known = select(_SEARCH.c.device_id)
    missing = tx.execute(select(_DEVICE.c.id).where(_DEVICE.c.id.not_in(known))).scalars().all()
    for some in _batches(missing):
        _write(tx, some)
    return len(missing)


def _write(tx: Connection, device_ids: Collection[str]) -> None:
    columns = {"group_id", "area_id", "device_class", "is_high_mast", *FOUND_BY, *_COPIED}
    query = select(*(_DEVICE.c[name] for name in sorted(columns)), _CUSTODIAN.c.name.label("keeper")).select_from(
        _DEVICE.outerjoin(_CUSTODIAN, _CUSTODIAN.c.id == _DEVICE.c.custodian_id)
    )
    rows = [_row(device) for device in tx.execute(query.where(_DEVICE.c.id.in_(device_ids))).mappings()]
    if rows:
        tx.execute(insert(_SEARCH), rows)


def _row(device: RowMapping) -> Mapping[str, Any]:
    words = " ".join(filter(None, (*(device[name] for name in FOUND_BY), device["keeper"])))
    is_mast = device["device_class"] == "camera" and device["is_high_mast"]
    return {
        **{name: device[name] for name in _COPIED},
        "device_id": device["id"],
        "kind": "mast" if is_mast else device["device_class"],
        "place_id": device["group_id"] or device["area_id"],
        "plain": fold(words),
        "marked": with_marks(words),
        "id_key": sort_text(device["id"]),
        "name_key": sort_text(device["name"]),
        "group_key": _group_key(device["group_name"] or ""),
    }


# Few groups, many devices.
_group_key = lru_cache(maxsize=4096)(sort_text)


def _batches(ids: Iterable[str]) -> Iterable[list[str]]:
    every = list(ids)
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))
