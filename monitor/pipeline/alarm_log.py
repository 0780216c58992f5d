"""Stored alarms and the alarm machine: read the row, step it, write the row and its transition, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from device_adapters.core.events import AlarmKind
from monitor.errors import Refusal, UnknownRecord, VersionConflict
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.prepared import AnyRow, Row
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal.alarm_rows import (
    ALARM,
    add_alarm,
    add_transition,
    alarm_with_id,
    count_copy,
    live_alarm,
    swap_alarm,
)
from monitor.journal.outages import is_seen
from monitor.machines.alarm import Alarm, AlarmState, Given, step
from monitor.machines.drill import PREFIX as DRILL
from monitor.machines.drill import is_of_drill


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """An admitted call for attention. ``raised_at``: the moment of the press as well as it can be known."""

    source: str
    device_id: str | None
    kind: AlarmKind
    priority: int
    is_latching: bool
    raised_at: datetime
    received_at: datetime
    late_s: float = 0.0
    is_audible: bool = True
    degraded: str | None = None
    detail: str | None = None
    set_aside: AlarmState | None = None  # what people have decided about its device beforehand
    drill_id: int | None = None


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """What happened to one alarm. ``seq`` is its transition's id."""

    seq: int
    alarm_id: int
    source: str
    kind: AlarmKind
    before: AlarmState
    state: AlarmState
    version: int
    is_condition_present: bool
    reason: str


def raise_alarm(tx: Connection, signal: Signal) -> AlarmChange:
    """Opens an alarm, or adds a press to the live one of the same source and kind."""
    row = live_alarm(tx, signal.source, signal.kind)
    if row is None:
        return _open(tx, signal)
    before = alarm_of(row, signal.is_latching)
    after = step(before, Given.ALARM, at=signal.received_at, by="device")
    save(
        tx,
        row["id"],
        after,
        last_press_at=signal.received_at,
        # A late press joins without hushing a live one: audible once is audible.
        is_audible=row["is_audible"] or signal.is_audible,
        degraded=row["degraded"] or signal.degraded,
        detail=signal.detail or row["detail"],
    )
    reason = "repeat" if before.state is after.state else "alarm"
    return journal(tx, row, Turn(before, after, reason, signal.received_at, _sayer(signal.source)))


def restore_alarm(
    tx: Connection, source: str, kind: AlarmKind, *, is_latching: bool, at: datetime
) -> AlarmChange | None:
    """The condition is over, says its source. None where there was nothing to end."""
    row = live_alarm(tx, source, kind)
    if row is None:
        return None
    before = alarm_of(row, is_latching)
    after = step(before, Given.RESTORE, at=at, by="device")
    if after is before:
        return None
    save(tx, row["id"], after)
    return journal(tx, row, Turn(before, after, Given.RESTORE, at, _sayer(source)))


@dataclass(frozen=True, slots=True)
class OwnAct:
    """What the monitor itself does to the live alarm of a source, and the word for it in the journal."""

    source: str
    kind: AlarmKind
    at: datetime
    reason: str


def give(tx: Connection, act: OwnAct, given: Given | None) -> AlarmChange | None:
    """``given`` None: only something new to be seen. None where there is no live alarm, or it cannot take that."""
    if (row := live_alarm(tx, act.source, act.kind)) is None:
        return None
    before = alarm_of(row, is_latching=False)
    try:
        after = step(before, given, at=act.at, by="monitor") if given else replace(before, version=before.version + 1)
    except Refusal:
        return None
    if after is before:
        return None
    save(tx, row["id"], after)
    return journal(tx, row, Turn(before, after, act.reason, act.at, "monitor"))


@dataclass(frozen=True, slots=True)
class OfficerAct:
    """What an officer did to the version of an alarm that was on the screen."""

    alarm_id: int
    version: int
    given: Given
    at: datetime
    by: str


def apply_act(tx: Connection, act: OfficerAct, classes: Mapping[AlarmKind, AlarmClass]) -> AlarmChange:
    """Raises ``UnknownRecord``, ``VersionConflict`` (a press or a colleague was first) or ``Refusal``."""
    row = alarm_row(tx, act.alarm_id)
    if row["version"] != act.version:
        raise VersionConflict(f"alarm {act.alarm_id} is at version {row['version']}, you saw {act.version}")
    before = alarm_of(row, classes[AlarmKind(row["kind"])].is_latching)
    after = step(before, act.given, at=act.at, by=act.by)
    save(tx, row["id"], after)
    return journal(tx, row, Turn(before, after, act.given, act.at, act.by))


def count_duplicate(tx: Connection, alarm_id: int) -> None:
    """One more copy of a press that is stored. The version stays: there is nothing new to acknowledge."""
    count_copy(tx, alarm_id)


def alarm_row(tx: Connection, alarm_id: int, within: Territory = EVERYWHERE) -> Row:
    """Raises ``UnknownRecord``, for an alarm of elsewhere too: it must not tell that there is one."""
    row = alarm_with_id(tx, alarm_id)
    if row is not None and not within.is_everywhere:
        seen = select(ALARM.c.id).where(ALARM.c.id == alarm_id, is_seen(ALARM.c.id, ALARM.c.device_id, within))
        row = row if tx.execute(seen).first() else None
    if row is None:
        raise UnknownRecord(f"there is no alarm {alarm_id}")
    return row


def live_conditions(connection: Connection) -> dict[tuple[str, AlarmKind], bool]:
    """(source, kind) of every alarm that is not NORMAL → whether its condition is still present."""
    columns = (ALARM.c.source, ALARM.c.kind, ALARM.c.is_condition_present)
    live = connection.execute(select(*columns).where(ALARM.c.state != AlarmState.NORMAL))
    return {(source, AlarmKind(kind)): is_present for source, kind, is_present in live}


def _open(tx: Connection, signal: Signal) -> AlarmChange:
    quiet = signal.set_aside or AlarmState.NORMAL
    before = Alarm(kind=signal.kind, is_latching=signal.is_latching, state=quiet, rung_at=signal.received_at)
    after = step(before, Given.ALARM, at=signal.received_at, by="device")
    values: dict[str, Any] = {
        "source": signal.source,
        "device_id": signal.device_id,
        "kind": signal.kind,
        "priority": signal.priority,
        "raised_at": signal.raised_at,
        "received_at": signal.received_at,
        "last_press_at": signal.received_at,
        "late_s": signal.late_s,
        "is_audible": signal.is_audible,
        "duplicates": 0,
        "degraded": signal.degraded,
        "detail": signal.detail,
        "drill_id": signal.drill_id,
    }
    row = {**values, "id": add_alarm(tx, values | _columns(after))}
    born = replace(before, state=AlarmState.NORMAL)
    return journal(tx, row, Turn(born, after, Given.ALARM, signal.received_at, _sayer(signal.source)))


def _sayer(source: str) -> str:
    if is_of_drill(source):
        return DRILL
    return "monitor" if source.startswith("monitor:") else "device"  # outages, and our own fault


def alarm_of(row: AnyRow, is_latching: bool) -> Alarm:
    """As the machine takes it."""
    return Alarm(
        kind=AlarmKind(row["kind"]),
        is_latching=is_latching,
        state=AlarmState(row["state"]),
        is_condition_present=row["is_condition_present"],
        presses=row["presses"],
        version=row["version"],
        rung_at=row["rung_at"],
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by=row["acknowledged_by"],
        restored_at=row["restored_at"],
        closed_at=row["closed_at"],
    )


def _columns(alarm: Alarm) -> dict[str, Any]:
    return {
        "state": alarm.state,
        "is_condition_present": alarm.is_condition_present,
        "presses": alarm.presses,
        "version": alarm.version,
        "rung_at": alarm.rung_at,
        "acknowledged_at": alarm.acknowledged_at,
        "acknowledged_by": alarm.acknowledged_by,
        "restored_at": alarm.restored_at,
        "closed_at": alarm.closed_at,
    }


def save(tx: Connection, alarm_id: int, alarm: Alarm, **more: Any) -> None:
    """Raises ``VersionConflict``."""
    if not swap_alarm(tx, alarm_id, alarm.version - 1, {**_columns(alarm), **more}):
        raise VersionConflict(f"alarm {alarm_id} changed meanwhile")


@dataclass(frozen=True, slots=True)
class Turn:
    """A step that was taken: what an alarm was, what it is, why, when and by whom."""

    before: Alarm
    after: Alarm
    reason: str
    at: datetime
    actor: str


def journal(tx: Connection, row: AnyRow, turn: Turn) -> AlarmChange:
    """Writes it down; its place there is its place in the live feed."""
    after = turn.after
    values = {
        "machine": "alarm",
        "alarm_id": row["id"],
        "device_id": row["device_id"],
        "from_state": turn.before.state,
        "to_state": after.state,
        "reason": turn.reason,
        "at": turn.at,
        "actor": turn.actor,
        "version": after.version,
    }
    seq = add_transition(tx, values)
    return AlarmChange(
        seq=seq,
        alarm_id=row["id"],
        source=row["source"],
        kind=after.kind,
        before=turn.before.state,
        state=after.state,
        version=after.version,
        is_condition_present=after.is_condition_present,
        reason=turn.reason,
    )
