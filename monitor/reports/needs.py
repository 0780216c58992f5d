"""What waits for an officer, kind by kind, most urgent first: how many, since when, and where it is seen to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from device_adapters.core.events import AlarmKind
from monitor.inventory.edits import core
from monitor.inventory.territory import Territory
from monitor.journal import shifts
from monitor.journal.duty_tables import DutyRow
from monitor.journal.incidents import incidents_page
from monitor.journal.outages import is_seen
from monitor.journal.report_tables import TipRow
from monitor.journal.set_aside import shelves
from monitor.journal.tables import AlarmRow
from monitor.machines.shift import ShiftState
from monitor.reports import bell_calendar

# As long as help may take to the door; a shelf that ends sooner than this comes back in this shift's hands.
ON_SCENE_WITHIN, SHELF_ENDS_WITHIN = timedelta(minutes=5), timedelta(minutes=30)
_ALARM, _DUTY, _TIP = core(AlarmRow), core(DutyRow), core(TipRow)
_RINGING = ("UNACKNOWLEDGED", "RETURNED_UNACKNOWLEDGED")
_BEFORE_SCENE = ("NEW", "ACKNOWLEDGED", "VERIFYING", "DISPATCHED", "EN_ROUTE")


@dataclass(frozen=True, slots=True)
class Need:
    """``since_at`` None: nobody wrote down since when."""

    kind: str
    n: int
    since_at: datetime | None
    address: str


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, of what area's desk (``scope``), and when."""

    name: str
    within: Territory
    scope: str
    now: datetime


def needs_of(connection: Connection, who: Asking) -> list[Need]:
    """Without kinds of which there is nothing."""
    found = (
        *_faults_and_alarms(connection, who),
        *_incidents(connection, who),
        *_shift(connection, who),
        _untold(connection, who),
        _shelves(connection, who),
        _tests(connection, who),
        _tips(connection, who),
    )
    return [need for need in found if need.n]


def _faults_and_alarms(connection: Connection, who: Asking) -> Iterator[Need]:
    is_fault = _ALARM.c.kind == AlarmKind.MONITOR_FAULT.value
    waits = and_(_ALARM.c.state.in_(_RINGING), _ALARM.c.priority <= 3, _ALARM.c.drill_id.is_(None))
    goes_on = and_(is_fault, _ALARM.c.state != "NORMAL")
    seen = is_seen(_ALARM.c.id, _ALARM.c.device_id, who.within)
    for kind, wanted, address in (("alarms", and_(waits, ~is_fault), "/"), ("faults", goes_on, "/")):
        query = select(func.count(), func.min(_ALARM.c.rung_at)).where(wanted, seen)
        yield Need(kind, *_counted(connection, query), address)


def _incidents(connection: Connection, who: Asking) -> Iterator[Need]:
    """One's own, and those that nobody has: another officer's wait for another officer."""
    page, _ = incidents_page(connection, who.within, is_open=True, limit=100)
    mine = [each for each in page if each["drill_id"] is None and each["acknowledged_by"] in (None, who.name)]
    begun = {each["id"]: datetime.fromisoformat(each["opened_at"]) for each in mine}
    late = {each["id"] for each in mine if _is_late(each, begun[each["id"]], who.now)}
    for kind, ids in (("late", late), ("incidents", begun.keys() - late)):
        yield Need(kind, len(ids), min((begun[each] for each in ids), default=None), "/incidents")


def _is_late(incident: dict[str, Any], opened_at: datetime, now: datetime) -> bool:
    return incident["stage"] in _BEFORE_SCENE and now - opened_at > ON_SCENE_WITHIN


def _shift(connection: Connection, who: Asking) -> Iterator[Need]:
    row = shifts.current_shift(connection, who.scope)
    if row is None:
        yield Need("shift_free", 1, None, "/shift")
    elif row["state"] == ShiftState.HANDING_OVER and row["officer"] != who.name:
        yield Need("shift_handing", 1, row["handed_at"], "/shift")


def _untold(connection: Connection, who: Asking) -> Need:
    seen = or_(_DUTY.c.alarm_id.is_(None), is_seen(_DUTY.c.alarm_id, _ALARM.c.device_id, who.within))
    joined = _DUTY.outerjoin(_ALARM, _ALARM.c.id == _DUTY.c.alarm_id)
    query = select(func.count(), func.min(_DUTY.c.decided_at)).select_from(joined)
    return Need("untold", *_counted(connection, query.where(_DUTY.c.state.in_(("BY_HAND", "DEAD")), seen)), "/duties")


def _shelves(connection: Connection, who: Asking) -> Need:
    ends = [each for each in shelves(connection, who.within) if _at(each["until_at"]) - who.now < SHELF_ENDS_WITHIN]
    return Need("shelves", len(ends), min((_at(each["shelved_at"]) for each in ends), default=None), "/shelved")


def _tests(connection: Connection, who: Asking) -> Need:
    late = [each.days for each in bell_calendar.buttons(connection, who.within, who.now) if each.days]
    return Need("tests", len(late), who.now - timedelta(days=max(late)) if late else None, "/bell-tests")


def _tips(connection: Connection, who: Asking) -> Need:
    query = select(func.count(), func.min(_TIP.c.told_at)).where(_TIP.c.is_valuable.is_(None))
    return Need("tips", *_counted(connection, query.where(who.within.clause(_TIP.c.area_id))), "/reported")


def _counted(connection: Connection, query: Any) -> tuple[int, datetime | None]:
    n, since_at = connection.execute(query).one()
    return n, since_at


def _at(told: Any) -> datetime:
    return told if isinstance(told, datetime) else datetime.fromisoformat(told)
