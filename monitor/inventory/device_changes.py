"""What an operator changes of one registered device, with the version that was seen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, select

from monitor.errors import Refusal, UnknownRecord, VersionConflict
from monitor.inventory.device_moves import SEARCHED, move_devices
from monitor.inventory.device_records import change_lifecycle
from monitor.inventory.edits import Edit, Row, core, put
from monitor.inventory.folding import search_text
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.registration import as_spoken, check_named, free_address
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory

_DEVICE = core(Device)
# Made from the others, or never changed by anybody.
_NOT_SAID = frozenset({"search_text", "registered_at"})
_VERSIONED = tuple(column.name for column in _DEVICE.columns if column.name not in _NOT_SAID)


def version_of(row: Mapping[Any, Any]) -> str:
    """Of everything that is registered of a device: whoever changed it, by whatever way, it is another one."""
    said = orjson.dumps([row[name] for name in _VERSIONED])
    return hashlib.sha256(said).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Editor:
    """Who changes it and by what way, in whose territory, and the day from which it is so."""

    by: Edit
    within: Territory
    on: date


def change_device(tx: Connection, device_id: str, changes: Mapping[str, Any], editor: Editor) -> bool:
    """Puts ``changes`` (column → value, and ``version``) on a device; says whether anything is new.

    Raises ``UnknownRecord``, ``VersionConflict``, ``OutsideTerritory``, or ``Refusal``.
    """
    by, within = editor.by, editor.within
    wanted, row = dict(changes), _there(tx, device_id, within)
    if wanted.pop("version") != version_of(row):
        raise VersionConflict(f"somebody changed {device_id} meanwhile")
    wanted = {name: value for name, value in wanted.items() if row[name] != value}
    if address := wanted.get("address"):
        wanted["address"] = as_spoken(str(wanted.get("adapter", row["adapter"])), address)
    _check(tx, row, wanted, editor)
    if lifecycle := wanted.pop("lifecycle", None):
        change_lifecycle(tx, [device_id], Lifecycle(lifecycle), editor.on, by)
    if group_id := wanted.pop("group_id", None):
        move_devices(tx, [device_id], group_id, editor.on, by)
        wanted.pop("group_name", None)
    _put(tx, device_id, wanted, by)
    return version_of(_there(tx, device_id, within)) != version_of(row)


def _there(tx: Connection, device_id: str, within: Territory) -> Row:
    inside = within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id)
    row = tx.execute(select(_DEVICE).where(_DEVICE.c.id == device_id, inside)).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no device {device_id}")
    return dict(row)


def _check(tx: Connection, row: Row, wanted: Mapping[str, Any], editor: Editor) -> None:
    by, within = editor.by, editor.within
    after = {**row, **wanted}
    if row["group_id"] and not after["group_id"]:
        raise Refusal("a device leaves its group only for another")
    within.insist(after["group_id"], after["area_id"])
    check_named(tx, wanted, within)
    if {"adapter", "address"} & wanted.keys():
        # Its own row is no other's; an id that is nobody's lets only the address be looked at.
        free_address(tx, {"id": "", "adapter": after["adapter"], "address": after["address"]}, by, within)
    if (after["latitude"] is None) != (after["longitude"] is None):
        raise Refusal("latitude and longitude belong together")


def _put(tx: Connection, device_id: str, wanted: Mapping[str, Any], by: Edit) -> None:
    now = tx.execute(select(_DEVICE).where(_DEVICE.c.id == device_id)).mappings().one()
    after = {**now, **wanted}
    words = search_text(*(after[name] for name in SEARCHED))
    put(tx, Device, {**wanted, "id": device_id, "search_text": words}, by)
