"""What one shift leaves to the next: whatever is not over, kind by kind, with how many there are and the first of them.

Alarms that are listed as something else (a device that is down, a bell nobody tried) are not counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, func, select

from device_adapters.core.events import AlarmKind
from monitor.inventory.edits import core
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.device_states import STATE
from monitor.journal.duties import DUTY
from monitor.journal.incidents import incidents_page
from monitor.journal.outages import is_seen
from monitor.journal.report_tables import TipRow
from monitor.journal.tables import AlarmRow
from monitor.journal.times import iso
from monitor.reports import bell_calendar

SHOWN = 12
_ALARM, _DEVICE, _TIP = core(AlarmRow), core(Device), core(TipRow)
_LISTED_ELSEWHERE = (AlarmKind.OFFLINE, AlarmKind.TEST_OVERDUE, AlarmKind.TEST)
_RINGING = ("UNACKNOWLEDGED", "RETURNED_UNACKNOWLEDGED", "ACKNOWLEDGED")
_ASIDE = ("SHELVED", "SUPPRESSED", "OUT_OF_SERVICE")
# What wants somebody's act, for `Còn {n} việc chưa xong`.
TO_DO = ("alarms", "incidents", "untold", "tips")

Items: TypeAlias = dict[str, dict[str, Any]]


def open_items(connection: Connection, within: Territory, now: datetime) -> Items:
    """Kind → ``n`` and ``first``, a list of at most ``SHOWN``."""
    return {
        "alarms": _alarms(connection, within, _RINGING),
        "incidents": _incidents(connection, within),
        "aside": _alarms(connection, within, _ASIDE),
        "untold": _untold(connection, within),
        "down": _down(connection, within),
        "tests": _tests(connection, within, now),
        "tips": _tips(connection, within),
        "drills": _alarms(connection, within, _RINGING, is_drill=True),
    }


def how_many(items: Mapping[str, Mapping[str, Any]]) -> int:
    return sum(items[kind]["n"] for kind in TO_DO if kind in items)


def _alarms(
    connection: Connection, within: Territory, states: tuple[str, ...], *, is_drill: bool = False
) -> dict[str, Any]:
    columns = (_ALARM.c.id, _ALARM.c.kind, _ALARM.c.state, _ALARM.c.received_at, _ALARM.c.device_id)
    query = select(*columns, _DEVICE.c.name, _DEVICE.c.place).outerjoin(_DEVICE, _DEVICE.c.id == _ALARM.c.device_id)
    is_ours = _ALARM.c.drill_id.is_not(None) if is_drill else _ALARM.c.drill_id.is_(None)
    here = (_ALARM.c.state.in_(states), _ALARM.c.kind.not_in(_LISTED_ELSEWHERE), is_ours)
    query = query.where(*here, is_seen(_ALARM.c.id, _ALARM.c.device_id, within))
    return _counted(connection, query.order_by(_ALARM.c.priority, _ALARM.c.id))


def _incidents(connection: Connection, within: Territory) -> dict[str, Any]:
    page, _ = incidents_page(connection, within, is_open=True, limit=100)
    found = [each for each in page if each["drill_id"] is None]
    first = [{name: each[name] for name in ("id", "code", "kind", "stage")} for each in found[:SHOWN]]
    return {"n": len(found), "first": first}


def _untold(connection: Connection, within: Territory) -> dict[str, Any]:
    columns = (DUTY.c.id, DUTY.c.code, DUTY.c.recipient, DUTY.c.state)
    query = select(*columns).outerjoin(_ALARM, _ALARM.c.id == DUTY.c.alarm_id)
    here = (DUTY.c.state.in_(("BY_HAND", "DEAD")), is_seen(DUTY.c.alarm_id, _ALARM.c.device_id, within))
    return _counted(connection, query.where(*here).order_by(DUTY.c.id.desc()))


def _down(connection: Connection, within: Territory) -> dict[str, Any]:
    query = select(_DEVICE.c.id.label("device_id"), _DEVICE.c.name, STATE.c.since_at)
    query = query.join(STATE, STATE.c.device_id == _DEVICE.c.id)
    here = (STATE.c.state == "OFFLINE", _DEVICE.c.lifecycle != Lifecycle.RETIRED.value)
    inside = within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id)
    query = query.where(*here, inside)
    eyes = _counted(connection, query.where(_DEVICE.c.device_class == "camera"))
    return {**_counted(connection, query.order_by(STATE.c.since_at)), "eyes": eyes["n"]}


def _tests(connection: Connection, within: Territory, now: datetime) -> dict[str, Any]:
    late = [each for each in bell_calendar.buttons(connection, within, now) if each.days]
    return {"n": len(late), "first": [{"device_id": each.device_id, "days": each.days} for each in late[:SHOWN]]}


def _tips(connection: Connection, within: Territory) -> dict[str, Any]:
    query = select(_TIP.c.id, _TIP.c.told_at).where(_TIP.c.is_valuable.is_(None), within.clause(_TIP.c.area_id))
    return _counted(connection, query.order_by(_TIP.c.told_at))


def _counted(connection: Connection, query: Select[Any]) -> dict[str, Any]:
    number = connection.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
    rows = connection.execute(query.limit(SHOWN)).mappings() if number else ()
    return {"n": number, "first": [{name: _plain(value) for name, value in row.items()} for row in rows]}


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else value
