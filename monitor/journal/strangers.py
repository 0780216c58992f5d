"""Devices that are heard and that nobody registered: who they are, and what they said first and last."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from device_adapters.ha_discovery import LABEL
from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.journal.events import MEMORY, QUARANTINE
from monitor.journal.times import iso

_DEVICE = core(Device)
MOST = 100
_UNSAID = {"name": "", "maker": "", "model": "", "kind": "", "unread": ""}
_SAYS = 300  # bytes of a message that are shown


def strangers(connection: Connection, reason: str) -> list[dict[str, Any]]:
    """Newest first. ``reason``: why their messages are kept."""
    heard = (
        select(
            QUARANTINE.c.source,
            QUARANTINE.c.adapter,
            func.min(QUARANTINE.c.received_at).label("first_heard_at"),
            func.max(QUARANTINE.c.id).label("last_id"),
            func.count().label("messages"),
        )
        .where(QUARANTINE.c.reason == reason, QUARANTINE.c.source.is_not(None))
        .group_by(QUARANTINE.c.source, QUARANTINE.c.adapter)
        .subquery()
    )
    query = select(heard, QUARANTINE.c.received_at, QUARANTINE.c.topic, QUARANTINE.c.payload)
    query = query.join(QUARANTINE, QUARANTINE.c.id == heard.c.last_id).order_by(heard.c.last_id.desc()).limit(4 * MOST)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    found = [(row, str(row["source"]).partition(":")[2]) for row in rows]
    known = _registered(connection, [address for _, address in found])
    unknown = [(row, address) for row, address in found if (row["adapter"], address) not in known][:MOST]
    labels = _labels(connection, [address for _, address in unknown])
    return [_told(row, address) | labels.get((row["adapter"], _box(address)), _UNSAID) for row, address in unknown]


def _labels(connection: Connection, addresses: list[str]) -> dict[tuple[str, str], dict[str, str]]:
    """What devices said of themselves, of which one may be an input."""
    keys = [f"{LABEL}{_box(address)}" for address in addresses]
    query = select(MEMORY.c.adapter, MEMORY.c.key, MEMORY.c.value).where(MEMORY.c.key.in_(keys))
    return {(row.adapter, row.key.removeprefix(LABEL)): _UNSAID | orjson.loads(row.value) for row in
            connection.execute(query)}  # fmt: skip


def _box(address: str) -> str:
    return address.partition("/")[0]


def _registered(connection: Connection, addresses: list[str]) -> set[tuple[str, str]]:
    query = select(_DEVICE.c.adapter, _DEVICE.c.address).where(_DEVICE.c.address.in_(addresses))
    return {(row.adapter, row.address) for row in connection.execute(query)}


def _told(row: dict[str, Any], address: str) -> dict[str, Any]:
    said = bytes(row["payload"][:_SAYS]).decode(errors="replace")
    return {
        "adapter": row["adapter"],
        "address": address,
        "first_heard_at": iso(row["first_heard_at"]),
        "last_heard_at": iso(row["received_at"]),
        "messages": row["messages"],
        "topic": row["topic"],
        "says": "".join(each if each.isprintable() else "·" for each in said),
    }
