"""What the web and the live feed read of alarms, transitions and quarantine. Nothing here writes.

An alarm is where its device stands now. ``within``: whose eyes it is for; what lies outside is as if it were not.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, or_, select

from monitor.errors import UnknownRecord
from monitor.inventory.edits import core
from monitor.inventory.prepared import AnyRow, Prepared, PreparedOfSome
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal.incident_tables import IncidentAlarmRow, IncidentRow
from monitor.journal.outages import is_seen, with_outages
from monitor.journal.set_aside import IS_OUT, OUT, out_json, with_marks
from monitor.journal.tables import AlarmRow, EventRow, QuarantineRow, ReceiptRow, TransitionRow
from monitor.journal.times import iso

_ALARM = core(AlarmRow)
_DEVICE = core(Device)
_INCIDENT, _PART = core(IncidentRow), core(IncidentAlarmRow)
_EVENT = core(EventRow)
_QUARANTINE = core(QuarantineRow)
_RECEIPT = core(ReceiptRow)
_TRANSITION = core(TransitionRow)
_OPEN = _ALARM.c.state != "NORMAL"
# An alarm held open by a stuck button may gather thousands; the newest tell the story.
EVENTS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """``since``: received at or after, in UTC."""

    states: tuple[str, ...] = ()
    device_id: str | None = None
    since: datetime | None = None


def _alarm_view(within: Territory) -> Select[Any]:
    view = select(
        _ALARM,
        _DEVICE.c.name.label("device_name"),
        _DEVICE.c.device_class,
        _DEVICE.c.place,
        _DEVICE.c.position,
        _DEVICE.c.street_address,
        _DEVICE.c.group_id,
        _DEVICE.c.group_name,
        _DEVICE.c.area_id,
        func.coalesce(_DEVICE.c.is_silent_at_site, False).label("is_silent_at_site"),
        _INCIDENT.c.id.label("incident_id"),
        _INCIDENT.c.code.label("incident_code"),
        _INCIDENT.c.stage.label("incident_stage"),
        OUT.c.since_at.label("out_since_at"),
        OUT.c.taken_by.label("out_by"),
        OUT.c.reason.label("out_reason"),
    ).select_from(
        _ALARM.outerjoin(_DEVICE, _ALARM.c.device_id == _DEVICE.c.id)
        .outerjoin(OUT, (_ALARM.c.device_id == OUT.c.device_id) & IS_OUT)
        .outerjoin(_PART, _PART.c.alarm_id == _ALARM.c.id)
        .outerjoin(_INCIDENT, _INCIDENT.c.id == _PART.c.incident_id)
    )
    return view.where(is_seen(_ALARM.c.id, _ALARM.c.device_id, within))


# A press passes it.
_TOLD = PreparedOfSome(_alarm_view(EVERYWHERE), _ALARM.c.id)


def alarm_json(row: AnyRow) -> dict[str, Any]:
    """The one shape of an alarm, everywhere: the API, the live feed, the conflict answer."""
    return {
        "id": row["id"],
        "device_id": row["device_id"],
        "source": row["source"],
        "device_name": row["device_name"],
        "device_class": row["device_class"],
        "kind": row["kind"],
        "state": row["state"],
        "priority": row["priority"],
        "raised_at": iso(row["raised_at"]),
        "received_at": iso(row["received_at"]),
        "rung_at": iso(row["rung_at"]),
        "last_press_at": iso(row["last_press_at"]),
        "late_s": row["late_s"],
        "is_audible": bool(row["is_audible"]),
        "presses": row["presses"],
        "duplicates": row["duplicates"],
        "version": row["version"],
        "degraded": row["degraded"],
        "detail": row["detail"],
        "acknowledged_at": iso(row["acknowledged_at"]),
        "acknowledged_by": row["acknowledged_by"],
        "restored_at": iso(row["restored_at"]),
        "closed_at": iso(row["closed_at"]),
        "place": row["place"],
        "position": row["position"],
        "street_address": row["street_address"],
        "group_id": row["group_id"],
        "group_name": row["group_name"],
        "area_id": row["area_id"],
        "is_silent_at_site": bool(row["is_silent_at_site"]),
        "incident": _incident(row),
        "outage": None,
        "shelf": None,
        "chatter": None,
        "out_of_service": out_json(row),
        "drill_id": row["drill_id"],
    }


def _incident(row: AnyRow) -> dict[str, Any] | None:
    if not row["incident_id"]:
        return None
    return {name: row[f"incident_{name}"] for name in ("id", "code", "stage")}


def _told(connection: Connection, rows: Iterable[AnyRow], within: Territory) -> list[dict[str, Any]]:
    return with_marks(connection, list(with_outages(connection, [alarm_json(row) for row in rows], within)))


def alarm_step(alarm: Mapping[str, Any], *, seq: int, reason: str, state: str, version: int) -> dict[str, Any]:
    """What the live feed tells of one transition. The row is as all steps left it; each tells its own state."""
    return {**alarm, "state": state, "version": version, "seq": seq, "reason": reason}


def alarm_by_id(connection: Connection, alarm_id: int, within: Territory) -> dict[str, Any]:
    """Raises ``UnknownRecord``."""
    row = connection.execute(_alarm_view(within).where(_ALARM.c.id == alarm_id)).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no alarm {alarm_id}")
    (alarm,) = _told(connection, [row], within)
    return alarm


def alarms_by_ids(
    connection: Connection, alarm_ids: Sequence[int], within: Territory = EVERYWHERE
) -> dict[int, dict[str, Any]]:
    """As the live feed tells them."""
    if within.is_everywhere:
        rows: Iterable[AnyRow] = _TOLD.all(connection, alarm_ids)
    else:
        rows = connection.execute(_alarm_view(within).where(_ALARM.c.id.in_(alarm_ids))).mappings()
    return {alarm["id"]: alarm for alarm in _told(connection, rows, within)}


def devices_that_rang(connection: Connection, device_ids: Sequence[str]) -> list[str]:
    """Those among them that an alarm names."""
    found: set[str] = set()
    for start in range(0, len(device_ids), 500):
        some = _ALARM.c.device_id.in_(device_ids[start : start + 500])
        found.update(connection.execute(select(_ALARM.c.device_id).where(some).distinct()).scalars())
    return sorted(found)


def alarms_page(
    connection: Connection, chosen: AlarmFilter, within: Territory, *, limit: int, before_id: int | None = None
) -> tuple[list[dict[str, Any]], int | None]:
    """Newest first, and the id the next page starts below (None at the end)."""
    query = _alarm_view(within).order_by(_ALARM.c.id.desc()).limit(limit + 1)
    if chosen.states:
        query = query.where(_ALARM.c.state.in_(chosen.states))
    if chosen.device_id is not None:
        query = query.where(_ALARM.c.device_id == chosen.device_id)
    if chosen.since is not None:
        query = query.where(_ALARM.c.received_at >= chosen.since)
    if before_id is not None:
        query = query.where(_ALARM.c.id < before_id)
    rows = connection.execute(query).mappings().all()
    items = _told(connection, rows[:limit], within)
    return items, (items[-1]["id"] if len(rows) > limit else None)


def open_alarms(connection: Connection, within: Territory) -> list[dict[str, Any]]:
    """Every alarm that is not NORMAL, oldest first."""
    rows = connection.execute(_alarm_view(within).where(_OPEN).order_by(_ALARM.c.id)).mappings()
    return _told(connection, rows, within)


def closed_alarms(connection: Connection, limit: int, within: Territory) -> list[dict[str, Any]]:
    """The newest that are NORMAL again, newest first."""
    query = _alarm_view(within).where(_ALARM.c.state == "NORMAL").order_by(_ALARM.c.id.desc()).limit(limit)
    rows = connection.execute(query).mappings()
    return _told(connection, rows, within)


def alarm_detail(connection: Connection, alarm_id: int, within: Territory) -> dict[str, Any]:
    """An alarm with its whole story. Raises ``UnknownRecord``."""
    return {
        **alarm_by_id(connection, alarm_id, within),
        "transitions": _transitions_of(connection, alarm_id),
        "receipts": _receipts_of(connection, alarm_id),
        "events": _events_of(connection, alarm_id),
    }


def _transitions_of(connection: Connection, alarm_id: int) -> list[dict[str, Any]]:
    names = ("id", "from_state", "to_state", "reason", "at", "actor", "version", "note")
    query = select(*(_TRANSITION.c[name] for name in names))
    query = query.where(_TRANSITION.c.alarm_id == alarm_id, _TRANSITION.c.machine == "alarm")
    return _plain(connection.execute(query.order_by(_TRANSITION.c.id)).mappings().all())


def _receipts_of(connection: Connection, alarm_id: int) -> list[dict[str, Any]]:
    names = ("screen_id", "kind", "at", "delay_ms", "user_name", "version")
    query = select(*(_RECEIPT.c[name] for name in names)).where(_RECEIPT.c.alarm_id == alarm_id)
    return _plain(connection.execute(query.order_by(_RECEIPT.c.id)).mappings().all())


def _events_of(connection: Connection, alarm_id: int) -> list[dict[str, Any]]:
    names = (
        "id", "event_class", "kind", "occurred_at", "received_at", "late_s", "duplicates", "flags", "topic",
    )  # fmt: skip
    query = select(*(_EVENT.c[name] for name in names)).where(_EVENT.c.alarm_id == alarm_id)
    newest = connection.execute(query.order_by(_EVENT.c.id.desc()).limit(EVENTS_SHOWN)).mappings().all()
    return _plain(newest[::-1])


def _plain(rows: Sequence[RowMapping]) -> list[dict[str, Any]]:
    return [{name: iso(value) if isinstance(value, datetime) else value for name, value in row.items()} for row in rows]


_LATEST = Prepared(select(func.max(_TRANSITION.c.id).label("id")))


def latest_seq(connection: Connection) -> int:
    """Id of the newest transition, 0 before the first."""
    return int(_LATEST.scalar(connection) or 0)


def transitions_since(
    connection: Connection, seq: int, within: Territory, *, up_to: int, limit: int
) -> Sequence[RowMapping]:
    """Transitions with ``seq`` < id ≤ ``up_to``, in order. A change of the inventory at large is everybody's."""
    is_seen_here = is_seen(_TRANSITION.c.alarm_id, _TRANSITION.c.device_id, within)
    is_ours = or_(is_seen_here, _TRANSITION.c.machine == "inventory")
    query = (
        select(_TRANSITION)
        .where(_TRANSITION.c.id > seq, _TRANSITION.c.id <= up_to, is_ours)
        .order_by(_TRANSITION.c.id)
        .limit(limit)
    )
    return connection.execute(query).mappings().all()


def quarantine_page(
    connection: Connection, *, limit: int, before_id: int | None = None
) -> tuple[list[dict[str, Any]], int | None]:
    """Newest first, the payload as it came, in base64."""
    query = select(_QUARANTINE).order_by(_QUARANTINE.c.id.desc()).limit(limit + 1)
    if before_id is not None:
        query = query.where(_QUARANTINE.c.id < before_id)
    rows = connection.execute(query).mappings().all()
    items = [
        {
            "id": row["id"],
            "received_at": iso(row["received_at"]),
            "adapter": row["adapter"],
            "source": row["source"],
            "topic": row["topic"],
            "payload_b64": base64.b64encode(row["payload"]).decode("ascii"),
            "reason": row["reason"],
        }
        for row in rows[:limit]
    ]
    return items, (items[-1]["id"] if len(rows) > limit else None)


def count_open_alarms(connection: Connection) -> dict[int, int]:
    """Priority → count of alarms that are not NORMAL, without those of a drill."""
    is_real = _ALARM.c.drill_id.is_(None)
    query = select(_ALARM.c.priority, func.count()).where(_OPEN, is_real).group_by(_ALARM.c.priority)
    return {row.priority: row[1] for row in connection.execute(query)}
