"""Sirens, calls and orders as rows: read for whoever asks, and written with each step of the machine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, func, select, update

from device_adapters.core.contract import SOUNDERS
from device_adapters.core.registry import adapters
from monitor.errors import UnknownRecord
from monitor.inventory.edits import core
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.prepared import Prepared, Row
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.siren_tables import SirenCallRow, SirenOrderRow
from monitor.journal.times import iso

DEVICE, CALL, ORDER = core(Device), core(SirenCallRow), core(SirenOrderRow)
# Of ``machines.siren``: an order that may sound.
BEGUN = ("COMMANDED", "ACKNOWLEDGED", "SOUNDING", "UNANSWERED", "STOPPING")
# Asked four times a second, with what their sirens are reached by.
_DUE = Prepared(
    select(ORDER, DEVICE.c.adapter, DEVICE.c.address, DEVICE.c.device_class, DEVICE.c.model)
    .select_from(ORDER.outerjoin(DEVICE, DEVICE.c.id == ORDER.c.device_id))
    .where(ORDER.c.next_at <= bindparam("now"))
    .order_by(ORDER.c.next_at, ORDER.c.id)
)
_MOMENTS = ("off_due_at", "acknowledged_at", "sounding_at", "off_at")


def can_sound() -> ColumnElement[bool]:
    """A siren, or a gong or loudspeaker, of a family that takes orders."""
    families = [name for name, adapter in adapters().items() if adapter.encode is not None]
    gone = (Lifecycle.PLANNED, Lifecycle.RETIRED)
    return and_(DEVICE.c.device_class.in_(SOUNDERS), DEVICE.c.adapter.in_(families), DEVICE.c.lifecycle.not_in(gone))


def keep_order(tx: Connection, row_id: int, values: Mapping[str, Any]) -> None:
    tx.execute(update(ORDER).where(ORDER.c.id == row_id).values(**values))


def due_orders(connection: Connection, now: datetime) -> Sequence[Row]:
    return _DUE.all(connection, {"now": now})


def begun_orders(connection: Connection, device_ids: Collection[str]) -> Sequence[RowMapping]:
    """Those that may sound now."""
    ours = (ORDER.c.device_id.in_(device_ids), ORDER.c.state.in_(BEGUN))
    return connection.execute(select(ORDER).where(*ours).order_by(ORDER.c.id)).mappings().all()


def calls_upon(connection: Connection, device_id: str, asked_by: str, incident_id: int | None) -> Sequence[int]:
    """What one asked of a siren for an incident, that may sound now."""
    joined = ORDER.join(CALL, CALL.c.id == ORDER.c.call_id)
    own = (CALL.c.asked_by == asked_by, CALL.c.incident_id == incident_id)
    live = (ORDER.c.device_id == device_id, ORDER.c.state.in_(BEGUN))
    return connection.execute(select(CALL.c.id).select_from(joined).where(*own, *live)).scalars().all()


def begun_by(connection: Connection, name: str) -> int:
    """How many sirens one officer has sounding by calls nobody else agreed to."""
    joined = ORDER.join(CALL, CALL.c.id == ORDER.c.call_id)
    own = (CALL.c.asked_by == name, CALL.c.second_by.is_(None), ORDER.c.state.in_(BEGUN))
    return int(connection.execute(select(func.count()).select_from(joined).where(*own)).scalar_one())


def orders_of(connection: Connection, call_id: int) -> Sequence[RowMapping]:
    return connection.execute(select(ORDER).where(ORDER.c.call_id == call_id).order_by(ORDER.c.id)).mappings().all()


def call_row(connection: Connection, call_id: int, within: Territory) -> RowMapping:
    """Raises ``UnknownRecord``: where none of its sirens stands inside, too."""
    row = connection.execute(select(CALL).where(CALL.c.id == call_id, _is_seen(within))).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no call to sirens {call_id}")
    return row


def sirens(connection: Connection, within: Territory) -> list[dict[str, Any]]:
    """Every siren of the territory, with its newest order and when it was last heard to sound."""
    names = ("id", "name", "device_class", "adapter", "place", "group_id", "group_name", "area_id")
    inside = within.clause(DEVICE.c.group_id, DEVICE.c.area_id)
    query = select(*(DEVICE.c[name] for name in names)).where(can_sound(), inside).order_by(DEVICE.c.id)
    found = [dict(row) for row in connection.execute(query).mappings()]
    newest = _newest_orders(connection, within)
    last = select(ORDER.c.device_id, func.max(ORDER.c.sounding_at)).group_by(ORDER.c.device_id)
    last = last.where(within.of_devices(ORDER.c.device_id))
    sounded = {row[0]: row[1] for row in connection.execute(last)}
    return [
        {**siren, "order": newest.get(siren["id"]), "last_sounded_at": iso(sounded.get(siren["id"]))} for siren in found
    ]


def calls(
    connection: Connection, within: Territory, *, limit: int, incident_id: int | None = None
) -> list[dict[str, Any]]:
    """Newest first, each with its orders inside the territory."""
    query = select(CALL).where(_is_seen(within)).order_by(CALL.c.id.desc()).limit(limit)
    if incident_id is not None:
        query = query.where(CALL.c.incident_id == incident_id)
    return [call_json(connection, row, within) for row in connection.execute(query).mappings().all()]


def call_json(connection: Connection, row: RowMapping, within: Territory) -> dict[str, Any]:
    joined = ORDER.outerjoin(DEVICE, DEVICE.c.id == ORDER.c.device_id)
    query = select(ORDER, DEVICE.c.name).select_from(joined).where(ORDER.c.call_id == row["id"])
    orders = connection.execute(query.where(within.of_devices(ORDER.c.device_id)).order_by(ORDER.c.id)).mappings()
    plain = ("id", "reason", "incident_id", "for_s", "asked_by", "second_by", "stopped_by")
    moments = ("asked_at", "second_until_at", "second_at", "stopped_at")
    told = {name: row[name] for name in plain} | {name: iso(row[name]) for name in moments}
    area_id = row["area_id"] if row["area_id"] and within.holds(row["area_id"]) else None
    shown = [{**order_json(each), "device_id": each["device_id"], "name": each["name"]} for each in orders]
    return told | {"is_wide": bool(row["is_wide"]), "area_id": area_id, "orders": shown}


def order_json(row: RowMapping) -> dict[str, Any]:
    told: dict[str, Any] = {name: row[name] for name in ("id", "call_id", "state", "attempts")}
    return told | {name: iso(row[name]) for name in _MOMENTS}


def sounders_in(connection: Connection, within: Territory, wanted: Iterable[str] | Territory) -> list[str]:
    """Ids of those that can sound, inside: by their ids, or all of an area."""
    inside = within.clause(DEVICE.c.group_id, DEVICE.c.area_id)
    if isinstance(wanted, Territory):
        chosen = wanted.clause(DEVICE.c.group_id, DEVICE.c.area_id)
    else:
        chosen = DEVICE.c.id.in_(list(wanted))
    query = select(DEVICE.c.id).where(can_sound(), inside, chosen).order_by(DEVICE.c.id)
    return list(connection.execute(query).scalars())


def _newest_orders(connection: Connection, within: Territory) -> dict[str, dict[str, Any]]:
    newest = select(func.max(ORDER.c.id)).where(within.of_devices(ORDER.c.device_id)).group_by(ORDER.c.device_id)
    rows = connection.execute(select(ORDER).where(ORDER.c.id.in_(newest))).mappings()
    return {row["device_id"]: order_json(row) for row in rows}


def _is_seen(within: Territory) -> ColumnElement[bool]:
    own = select(ORDER.c.call_id).where(within.of_devices(ORDER.c.device_id))
    return CALL.c.id.in_(own)
