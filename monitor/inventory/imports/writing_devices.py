"""What eyes and buttons have in common when a list writes them: ids, keepers' rows, changes, moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from monitor.errors import Refusal
from monitor.inventory.area_tables import Area
from monitor.inventory.device_moves import SEARCHED, move_devices
from monitor.inventory.edits import core, put_all
from monitor.inventory.folding import search_text
from monitor.inventory.imports.known_rows import AT_ONCE
from monitor.inventory.imports.target import Target
from monitor.inventory.tables import NATIVE, Device

_AREA, _DEVICE = core(Area), core(Device)


def add_devices(tx: Connection, rows: Sequence[dict[str, Any]], target: Target) -> None:
    """Raises ``Refusal`` where an id or address is another's, ``OutsideTerritory`` where one would stand elsewhere."""
    _insist_on_free_addresses(tx, [row["id"] for row in rows])
    names = group_names(tx)
    for row in rows:
        target.within.insist(row["group_id"], row["area_id"])
        # A list knows of no other network: what it names speaks our own contract, under its own id.
        row |= {"adapter": NATIVE, "address": row["id"], "registered_at": target.by.at}
        row["group_name"] = names.get(row["group_id"] or "")
        row["search_text"] = search_text(*(row[name] for name in SEARCHED))
    put_all(tx, Device, rows, target.by)


def change_devices(tx: Connection, changes: Mapping[str, Mapping[str, Any]], target: Target) -> None:
    """Device → its new values; a new ``group_id`` is a move from today on."""
    stored = stored_devices(tx, list(changes))
    rows, moves = [], defaultdict[str, list[str]](list)
    for device_id, values in changes.items():
        own = dict(values)
        if group_id := own.pop("group_id", None):
            moves[group_id].append(device_id)
        after = stored[device_id] | own
        rows.append({"id": device_id, **own, "search_text": search_text(*(after[name] for name in SEARCHED))})
    put_all(tx, Device, rows, target.by)
    for group_id, ids in moves.items():
        move_devices(tx, ids, group_id, target.today, target.by)


def stored_devices(tx: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(ids), AT_ONCE):
        query = select(_DEVICE).where(_DEVICE.c.id.in_(ids[start : start + AT_ONCE]))
        found |= {row["id"]: dict(row) for row in tx.execute(query).mappings()}
    return found


def group_names(tx: Connection) -> Mapping[str, str]:
    return {row.id: row.name for row in tx.execute(select(_AREA.c.id, _AREA.c.name))}


def _insist_on_free_addresses(tx: Connection, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        is_there = and_(_DEVICE.c.adapter == NATIVE, _DEVICE.c.address.in_(some))
        owners = tx.execute(select(_DEVICE.c.id, _DEVICE.c.address).where(or_(is_there, _DEVICE.c.id.in_(some)))).all()
        if taken := sorted({name for owner in owners for name in owner}.intersection(some)):
            raise Refusal(f"taken as the id or address of another device: {', '.join(taken)}")
