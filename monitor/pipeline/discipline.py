"""Alarms as they are raised and ended where people have put them aside, or where they chatter.

Whoever makes an alarm of a condition asks here, and not the alarm machine itself. A call for help passes straight
through: nothing that anybody has decided beforehand can keep it from ringing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import BindParameter, Connection, bindparam, select, update

from device_adapters.core.events import CALLS_FOR_HELP, AlarmKind
from monitor.inventory.edits import core
from monitor.inventory.prepared import AnyRow, Prepared
from monitor.journal.alarm_rows import ALARM, live_alarm
from monitor.journal.set_aside_tables import ChatterRow, OutOfServiceRow
from monitor.machines.alarm import AlarmState
from monitor.machines.discipline import can_chatter
from monitor.pipeline.alarm_log import AlarmChange, Signal, raise_alarm, restore_alarm

OUT, CHATTER = core(OutOfServiceRow), core(ChatterRow)
# What a device says of itself, or is missed for: out of service, nobody waits for it.
OF_THE_DEVICE = frozenset({AlarmKind.TAMPER, AlarmKind.BATTERY_LOW, AlarmKind.TROUBLE, AlarmKind.OFFLINE})
# The reason of a change that is counted and neither rings nor ends anything.
HELD = "held"
_ALWAYS_RING = CALLS_FOR_HELP | {AlarmKind.TEST}
_SOURCE: BindParameter[str] = bindparam("of_source")
_KIND: BindParameter[str] = bindparam("of_kind")
_CHATTERS = (CHATTER.c.source == _SOURCE, CHATTER.c.kind == _KIND, CHATTER.c.ended_at.is_(None))
_IS_OUT = (OUT.c.device_id == bindparam("of_device"), OUT.c.ended_at.is_(None))
# All that is known beforehand, in one statement: at night forty devices may fall at once.
_KNOWN = Prepared(
    select(
        select(OUT.c.id).where(*_IS_OUT).scalar_subquery().label("out"),
        select(CHATTER.c.id).where(*_CHATTERS).scalar_subquery().label("chatter"),
    )
)
_CHATTER_ID = Prepared(select(CHATTER.c.id).where(*_CHATTERS))


def ring(tx: Connection, signal: Signal) -> AlarmChange:
    """As ``raise_alarm``; what is put aside stays aside, and what chatters is counted.

    An alarm on a shelf is a live one until its shelf ends: it knows that itself.
    """
    if signal.kind in _ALWAYS_RING or signal.priority == 1:
        return raise_alarm(tx, signal)
    asked = {"of_source": signal.source, "of_kind": signal.kind, "of_device": signal.device_id}
    (known,) = _KNOWN.all(tx, asked)
    if known["out"] is not None and signal.kind in OF_THE_DEVICE:
        return raise_alarm(tx, replace(signal, set_aside=AlarmState.OUT_OF_SERVICE))
    return raise_alarm(tx, signal) if known["chatter"] is None else _ring_in_chatter(tx, signal, known["chatter"])


def end(tx: Connection, source: str, kind: AlarmKind, *, is_latching: bool, at: datetime) -> AlarmChange | None:
    """As ``restore_alarm``; what chatters is not over before it has been calm for a while."""
    if can_chatter(kind, 2) and _CHATTER_ID.first(tx, {"of_source": source, "of_kind": kind}):
        row = live_alarm(tx, source, kind)
        if row is not None and _is_holdable(row):
            return _hold(tx, row, {"is_condition_present": False})
    return restore_alarm(tx, source, kind, is_latching=is_latching, at=at)


def _ring_in_chatter(tx: Connection, signal: Signal, chatter_id: int) -> AlarmChange:
    counted = {"activations": CHATTER.c.activations + 1, "last_at": signal.received_at}
    tx.execute(update(CHATTER).where(CHATTER.c.id == chatter_id).values(**counted))
    row = live_alarm(tx, signal.source, signal.kind)
    if row is not None and _is_holdable(row):
        again = {"presses": row["presses"] + 1, "last_press_at": signal.received_at, "is_condition_present": True}
        return _hold(tx, row, again)
    change = raise_alarm(tx, signal)
    tx.execute(update(CHATTER).where(CHATTER.c.id == chatter_id).values(alarm_id=change.alarm_id))
    return change


def _is_holdable(row: AnyRow) -> bool:
    return row["state"] in (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED)


def _hold(tx: Connection, row: AnyRow, values: dict[str, object]) -> AlarmChange:
    """The version stays: whoever is about to take it over need not look again every few seconds."""
    tx.execute(update(ALARM).where(ALARM.c.id == row["id"]).values(**values))
    state = AlarmState(row["state"])
    return AlarmChange(
        seq=0,
        alarm_id=row["id"],
        source=row["source"],
        kind=AlarmKind(row["kind"]),
        before=state,
        state=state,
        version=row["version"],
        is_condition_present=bool(values["is_condition_present"]),
        reason=HELD,
    )
