"""What is put aside and what chatters, as it is read: beside an alarm, and in the list of all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from monitor.errors import UnknownRecord
from monitor.inventory.edits import core
from monitor.inventory.prepared import AnyRow
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.outages import is_seen
from monitor.journal.set_aside_tables import ChatterRow, OutOfServiceRow, ShelfRow
from monitor.journal.tables import AlarmRow
from monitor.journal.times import iso

SHELF, OUT, CHATTER = core(ShelfRow), core(OutOfServiceRow), core(ChatterRow)
_ALARM, _DEVICE = core(AlarmRow), core(Device)
IS_OUT = OUT.c.ended_at.is_(None)
_IS_ON, _IS_CHATTERING = SHELF.c.ended_at.is_(None), CHATTER.c.ended_at.is_(None)
_AT_ONCE = 500
_PLACE = (
    _DEVICE.c.name.label("device_name"),
    _DEVICE.c.place,
    _DEVICE.c.position,
    _DEVICE.c.group_name,
)


def out_json(row: AnyRow) -> dict[str, Any] | None:
    """Of an alarm's row as it is told."""
    if row["out_since_at"] is None:
        return None
    return {"since_at": iso(row["out_since_at"]), "by": row["out_by"], "reason": row["out_reason"]}


def with_marks(connection: Connection, alarms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Says of each on whose shelf it is, and whether it chatters. Asks nothing about calls for help."""
    shelved = [each for each in alarms if each["state"] == "SHELVED"]
    for each, shelf in zip(shelved, _shelves_of(connection, shelved), strict=True):
        each["shelf"] = shelf
    lesser = {each["id"]: each for each in alarms if each["priority"] > 1 and each["state"] != "NORMAL"}
    ids = list(lesser)
    for start in range(0, len(ids), _AT_ONCE):
        some = CHATTER.c.alarm_id.in_(ids[start : start + _AT_ONCE])
        for row in connection.execute(select(CHATTER).where(_IS_CHATTERING, some)).mappings():
            lesser[row["alarm_id"]]["chatter"] = {
                "since_at": iso(row["began_at"]),
                "activations": row["activations"],
            }
    return alarms


def _shelves_of(connection: Connection, alarms: Sequence[Mapping[str, Any]]) -> list[dict[str, Any] | None]:
    if not alarms:
        return []
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for start in range(0, len(alarms), _AT_ONCE):
        some = SHELF.c.source.in_([each["source"] for each in alarms[start : start + _AT_ONCE]])
        for row in connection.execute(select(SHELF).where(_IS_ON, some)).mappings():
            found[row["source"], row["kind"]] = {
                "id": row["id"],
                "until_at": iso(row["until_at"]),
                "by": row["shelved_by"],
                "reason": row["reason"],
                "times": row["times"],
            }
    return [found.get((each["source"], each["kind"])) for each in alarms]


def shelf_row(connection: Connection, shelf_id: int, within: Territory) -> RowMapping:
    """Raises ``UnknownRecord``, for one of elsewhere too."""
    inside = is_seen(SHELF.c.alarm_id, SHELF.c.device_id, within)
    row = connection.execute(select(SHELF).where(SHELF.c.id == shelf_id, inside)).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no shelf {shelf_id}")
    return row


def shelves(connection: Connection, within: Territory) -> list[dict[str, Any]]:
    """Those that go on, the next to end first."""
    alarm = _ALARM.outerjoin(_DEVICE, _DEVICE.c.id == _ALARM.c.device_id)
    columns = (SHELF, _ALARM.c.priority, *_PLACE)
    query = select(*columns).select_from(SHELF.join(alarm, _ALARM.c.id == SHELF.c.alarm_id))
    inside = is_seen(SHELF.c.alarm_id, SHELF.c.device_id, within)
    rows = connection.execute(query.where(_IS_ON, inside).order_by(SHELF.c.until_at, SHELF.c.id)).mappings().all()
    now = _conditions(connection, [row["source"] for row in rows])
    return [{**_plain(row), "is_condition_present": now.get((row["source"], row["kind"]), False)} for row in rows]


def shelves_ended(connection: Connection, within: Territory, limit: int) -> list[dict[str, Any]]:
    """The newest that are over; what was put on again at once is not."""
    query = select(SHELF, *_PLACE).select_from(SHELF.outerjoin(_DEVICE, _DEVICE.c.id == SHELF.c.device_id))
    is_over = (SHELF.c.ended_at.is_not(None), SHELF.c.ending != "renewed")
    inside = is_seen(SHELF.c.alarm_id, SHELF.c.device_id, within)
    newest = query.where(*is_over, inside).order_by(SHELF.c.ended_at.desc(), SHELF.c.id.desc()).limit(limit)
    return [_plain(row) for row in connection.execute(newest).mappings()]


def out_of_service(connection: Connection, within: Territory, device_id: str | None = None) -> list[dict[str, Any]]:
    """The longest first; of one device, where it is given."""
    columns = (OUT, _DEVICE.c.device_class, *_PLACE)
    query = select(*columns).select_from(OUT.join(_DEVICE, _DEVICE.c.id == OUT.c.device_id))
    query = query.where(IS_OUT, within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id))
    if device_id is not None:
        query = query.where(OUT.c.device_id == device_id)
    return [_plain(row) for row in connection.execute(query.order_by(OUT.c.since_at, OUT.c.id)).mappings()]


def chattering(connection: Connection, within: Territory) -> list[dict[str, Any]]:
    query = select(CHATTER, *_PLACE).select_from(CHATTER.outerjoin(_DEVICE, _DEVICE.c.id == CHATTER.c.device_id))
    inside = is_seen(CHATTER.c.alarm_id, CHATTER.c.device_id, within)
    rows = connection.execute(query.where(_IS_CHATTERING, inside).order_by(CHATTER.c.id)).mappings()
    return [_plain(row) for row in rows]


def standing_since(connection: Connection, before: datetime, within: Territory, limit: int) -> list[dict[str, Any]]:
    """Alarms that rang before that and are not over, the oldest first; what is put aside is told apart."""
    shown = ("UNACKNOWLEDGED", "ACKNOWLEDGED", "RETURNED_UNACKNOWLEDGED")
    query = _standing(_ALARM, *_PLACE).where(_ALARM.c.state.in_(shown), _ALARM.c.rung_at <= before)
    inside = is_seen(_ALARM.c.id, _ALARM.c.device_id, within)
    oldest = query.where(inside).order_by(_ALARM.c.rung_at, _ALARM.c.id).limit(limit)
    return [_plain(row) for row in connection.execute(oldest).mappings()]


def opened_since(connection: Connection, since: datetime, newest_id: int, within: Territory) -> list[datetime]:
    """When those among the newest alarms were opened that made a desk look up."""
    seen = (_ALARM.c.id > newest_id, _ALARM.c.received_at >= since, _ALARM.c.priority <= 3, _ALARM.c.kind != "test")
    inside = is_seen(_ALARM.c.id, _ALARM.c.device_id, within)
    is_real = _ALARM.c.drill_id.is_(None)
    query = (
        select(_ALARM.c.received_at).where(*seen, is_real, _ALARM.c.is_audible, inside).order_by(_ALARM.c.received_at)
    )
    return list(connection.execute(query).scalars())


def newest_alarm(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(_ALARM.c.id), 0))).scalar_one())


def _standing(*columns: Any) -> Select[Any]:
    return select(*columns).select_from(_ALARM.outerjoin(_DEVICE, _DEVICE.c.id == _ALARM.c.device_id))


def _conditions(connection: Connection, sources: Sequence[str]) -> dict[tuple[str, str], bool]:
    columns = (_ALARM.c.source, _ALARM.c.kind, _ALARM.c.is_condition_present)
    live = select(*columns).where(_ALARM.c.source.in_(sources), _ALARM.c.state != "NORMAL")
    return {(row[0], row[1]): row[2] for row in connection.execute(live)}


def _plain(row: RowMapping) -> dict[str, Any]:
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in row.items()}
