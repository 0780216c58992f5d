"""Devices out of service, each step in an open transaction: what they say of themselves is quiet, their calls never.

Whoever presses a button in need does not know that it is out of service. So a press rings as it always does, and the
desk and everybody who is told read beside it that the device is out of service: whoever judges it may doubt it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from device_adapters.core.events import AlarmKind
from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.audit import Edit, audit
from monitor.inventory.edits import core
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.prepared import Prepared, Row
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.alarm_rows import ALARM, live_alarm
from monitor.journal.set_aside import IS_OUT, OUT
from monitor.machines.alarm import AlarmState, Given, step
from monitor.machines.discipline import Rules, is_out_forgotten
from monitor.pipeline.alarm_log import AlarmChange, Turn, alarm_of, journal, save
from monitor.pipeline.discipline import OF_THE_DEVICE, ring
from monitor.pipeline.shelves import end_forgotten, end_of_device, forgotten_signal

DEVICE = core(Device)
# Asked once a second.
_ALL_OUT = Prepared(select(OUT).where(IS_OUT).order_by(OUT.c.id))
_ENDED = (AlarmState.NORMAL, AlarmState.SUPPRESSED)


@dataclass(frozen=True, slots=True)
class Taken:
    """A device that somebody takes out of service, and why."""

    device_id: str
    reason: str
    by: str


def take_out(tx: Connection, taken: Taken, within: Territory, now: datetime) -> list[AlarmChange]:
    """Raises ``UnknownRecord``, or ``Refusal`` (``out_of_service``, ``retired``)."""
    inside = within.clause(DEVICE.c.group_id, DEVICE.c.area_id)
    found = tx.execute(select(DEVICE.c.lifecycle).where(DEVICE.c.id == taken.device_id, inside)).first()
    if found is None:
        raise UnknownRecord(f"there is no device {taken.device_id}")
    if found.lifecycle == Lifecycle.RETIRED:
        raise Refusal("it is retired", "retired")
    if _row(tx, taken.device_id) is not None:
        raise Refusal("it is out of service already", "out_of_service")
    values = {"device_id": taken.device_id, "reason": taken.reason, "since_at": now, "taken_by": taken.by}
    tx.execute(insert(OUT).values(**values))
    _note(tx, taken.device_id, (taken.by, "taken_out", taken.reason), now)
    changes = end_of_device(tx, taken.device_id, taken.by, now)
    return changes + _turn_all(tx, taken.device_id, Given.TAKE_OUT_OF_SERVICE, (taken.by, now))


def bring_back(tx: Connection, device_id: str, by: str, within: Territory, now: datetime) -> list[AlarmChange]:
    """What is still true of it rings at once. Raises ``UnknownRecord``, or ``Refusal`` where it is in service."""
    inside = within.clause(DEVICE.c.group_id, DEVICE.c.area_id)
    if tx.execute(select(DEVICE.c.id).where(DEVICE.c.id == device_id, inside)).first() is None:
        raise UnknownRecord(f"there is no device {device_id}")
    row = _row(tx, device_id)
    if row is None:
        raise Refusal("it is in service", "in_service")
    tx.execute(update(OUT).where(OUT.c.id == row["id"]).values(ended_at=now, ended_by=by))
    _note(tx, device_id, (by, "brought_back", None), now)
    changes = end_forgotten(tx, _told_by(device_id), now)
    return changes + _turn_all(tx, device_id, Given.RETURN_TO_SERVICE, (by, now))


def forgotten(connection: Connection, now: datetime, rules: Rules) -> list[Row]:
    """Those that nobody is told of yet."""
    late = [row for row in _ALL_OUT.all(connection) if is_out_forgotten(row["since_at"], now, rules)]
    known = AlarmKind.SHELF_FORGOTTEN
    return [row for row in late if live_alarm(connection, _told_by(row["device_id"]), known) is None]


def tell_forgotten(tx: Connection, row: Row, rules: AlarmClass, now: datetime) -> AlarmChange:
    known = (rules, row["since_at"], now)
    return ring(tx, forgotten_signal(_told_by(row["device_id"]), row["device_id"], "out_of_service", known))


def _row(tx: Connection, device_id: str) -> RowMapping | None:
    return tx.execute(select(OUT).where(OUT.c.device_id == device_id, IS_OUT)).mappings().first()


def _turn_all(tx: Connection, device_id: str, given: Given, who: tuple[str, datetime]) -> list[AlarmChange]:
    """Of what it says of itself. Its calls for help stay as they are."""
    by, now = who
    which = (ALARM.c.device_id == device_id, ALARM.c.kind.in_(OF_THE_DEVICE), ALARM.c.priority > 1)
    if given is Given.RETURN_TO_SERVICE:
        live = ALARM.c.state == AlarmState.OUT_OF_SERVICE
    else:
        live = ALARM.c.state.not_in(_ENDED)
    changes = []
    for row in tx.execute(select(ALARM).where(*which, live).order_by(ALARM.c.id)).mappings().all():
        before = alarm_of(row, is_latching=False)
        after = step(before, given, at=now, by=by)
        if after is not before:
            save(tx, row["id"], after)
            changes.append(journal(tx, row, Turn(before, after, given, now, by)))
    return changes


def _note(tx: Connection, device_id: str, said: tuple[str, str, str | None], now: datetime) -> None:
    by, change, reason = said
    audit(tx, Edit(by, now, "out_of_service"), ("device", device_id), change, {"reason": reason} if reason else {})


def _told_by(device_id: str) -> str:
    return f"monitor:out:{device_id}"
