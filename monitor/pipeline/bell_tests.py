"""What officers do with bell tests, each in an open transaction: open a session, judge a button, end the session."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, RowMapping, insert, select, update

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind
from monitor.errors import OutsideTerritory, Refusal, UnknownRecord
from monitor.inventory.audit import Edit, audit
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.prepared import Prepared
from monitor.inventory.territory import Territory
from monitor.journal.alarm_rows import ALARM
from monitor.journal.device_states import STATE
from monitor.machines.alarm import AlarmState, Given
from monitor.machines.bell_test import Ending, Result, Session, Trial, look
from monitor.pipeline.alarm_log import AlarmChange, OwnAct, alarm_row, give
from monitor.pipeline.tested_sites import DEVICE
from monitor.pipeline.trial_log import SESSION, TRIAL

_CALLS = (
    AlarmKind.HOLD_UP, AlarmKind.PANIC, AlarmKind.DURESS, AlarmKind.FIRE, AlarmKind.MEDICAL, AlarmKind.INTRUSION,
)  # fmt: skip
# Asked once a second.
_OPEN = Prepared(select(SESSION).where(SESSION.c.ended_at.is_(None)))

# A session, its buttons that are on duty again by now, and why it ends, if it does.
Due: TypeAlias = tuple[int, Sequence[str], Ending | None]


@dataclass(frozen=True, slots=True)
class NewSession:
    """``code_word``: what whoever presses says on the telephone, so that both know whom they speak to."""

    device_ids: tuple[str, ...]
    code_word: str
    lasts: timedelta
    by: str


@dataclass(frozen=True, slots=True)
class Acted:
    """What was done to a session: ``what`` is opened, judged or ended; ``alarms``: what ended with it."""

    session_id: int
    what: str
    alarms: Sequence[AlarmChange] = ()
    ending: Ending | None = None


def open_session(tx: Connection, new: NewSession, within: Territory, now: datetime) -> Acted:
    """Raises ``UnknownRecord`` or ``Refusal`` (``ringing``, ``on_test``, ``no_button``)."""
    device_ids = sorted(set(new.device_ids))
    _insist_on_buttons(tx, device_ids, within)
    if ringing := _ringing(tx, device_ids):
        raise Refusal(f"{', '.join(ringing)}: an alarm of this button is open; close it before testing", "ringing")
    if busy := _on_test(tx, device_ids):
        raise Refusal(f"{', '.join(busy)}: on test already", "on_test")
    opened = {"code_word": new.code_word, "opened_at": now, "opened_by": new.by, "expires_at": now + new.lasts}
    session_id: int = tx.execute(insert(SESSION).values(**opened).returning(SESSION.c.id)).scalar_one()
    waiting = {"result": Result.WAITING, "is_over": False, "at": now, "presses": 0, "version": 0}
    tx.execute(insert(TRIAL), [{**waiting, "session_id": session_id, "device_id": each} for each in device_ids])
    detail = {"devices": device_ids, "minutes": round(new.lasts.total_seconds() / 60)}
    audit(tx, Edit(new.by, now, "bell_test"), ("bell_test_session", str(session_id)), "opened", detail)
    return Acted(session_id, "opened")


@dataclass(frozen=True, slots=True)
class Fault:
    """An officer's word that a button, or what it should sound, did not do its part."""

    session_id: int
    device_id: str
    reason: str
    by: str


def fail_trial(tx: Connection, fault: Fault, within: Territory, now: datetime) -> Acted:
    """Also after the session's end. The button then counts as tested when it was before. Raises ``UnknownRecord``."""
    session = session_row(tx, fault.session_id, within)
    which = (TRIAL.c.session_id == session["id"], TRIAL.c.device_id == fault.device_id)
    trial = tx.execute(select(TRIAL).where(*which, within.of_devices(TRIAL.c.device_id))).mappings().first()
    if trial is None:
        raise UnknownRecord(f"there is no button {fault.device_id} in this session")
    if trial["result"] == Result.PASSED:
        was = STATE.c.device_id == fault.device_id, STATE.c.last_test_at == trial["at"]
        tx.execute(update(STATE).where(*was).values(last_test_at=trial["tested_before_at"]))
    judged = {"result": Result.FAILED, "note": fault.reason, "judged_by": fault.by}
    tx.execute(update(TRIAL).where(TRIAL.c.id == trial["id"]).values(**judged))
    detail = {"device": fault.device_id, "reason": fault.reason}
    audit(tx, Edit(fault.by, now, "bell_test"), ("bell_test_session", str(fault.session_id)), "failed", detail)
    return Acted(fault.session_id, "judged")


def end_session(tx: Connection, session_id: int, by: str, within: Territory, now: datetime) -> Acted:
    """By an officer. Raises ``UnknownRecord``, ``OutsideTerritory`` or, where it is over already, ``Refusal``."""
    session = session_row(tx, session_id, within)
    outside = select(TRIAL.c.id).where(TRIAL.c.session_id == session_id, ~within.of_devices(TRIAL.c.device_id))
    if not within.is_everywhere and tx.execute(outside).first() is not None:
        raise OutsideTerritory("some of its buttons stand outside your territory: whoever opened it must end it")
    if session["ended_at"] is not None:
        raise Refusal("this session is over", "over")
    audit(tx, Edit(by, now, "bell_test"), ("bell_test_session", str(session_id)), "ended", {})
    running = [row.device_id for row in _trials(tx, [session_id]) if not row.is_over]
    return _finish(tx, session_id, running, Ending.ENDED, (now, by))


def let_time_pass(tx: Connection, now: datetime) -> list[Acted]:
    """Every session in which something is over by now."""
    return [_finish(tx, *found, (now, None)) for found in due(tx, now)]


def due(connection: Connection, now: datetime) -> list[Due]:
    """Only of sessions in which something is over."""
    if not (rows := _OPEN.all(connection)):
        return []
    trials = _trials(connection, [row["id"] for row in rows])
    found: list[Due] = []
    for row in rows:
        own = [each for each in trials if each.session_id == row["id"]]
        known = tuple(Trial(each.device_id, each.last_press_at, each.is_over) for each in own)
        seen = look(Session(row["opened_at"], row["expires_at"], known), now)
        if seen.over or seen.ending:
            found.append((row["id"], seen.over, seen.ending))
    return found


def session_row(connection: Connection, session_id: int, within: Territory) -> RowMapping:
    """Raises ``UnknownRecord``, also for one of whose buttons none stands inside."""
    query = select(SESSION).where(SESSION.c.id == session_id)
    if not within.is_everywhere:
        inside = select(TRIAL.c.session_id).where(within.of_devices(TRIAL.c.device_id))
        query = query.where(SESSION.c.id.in_(inside))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no test session {session_id}")
    return row


def _finish(
    tx: Connection, session_id: int, over: Sequence[str], ending: Ending | None, when: tuple[datetime, str | None]
) -> Acted:
    now, by = when
    which = (TRIAL.c.session_id == session_id, TRIAL.c.device_id.in_(over))
    rang = tx.execute(select(TRIAL.c.alarm_id).where(*which, TRIAL.c.alarm_id.is_not(None))).scalars().all()
    tx.execute(update(TRIAL).where(*which).values(is_over=True))
    tx.execute(update(TRIAL).where(*which, TRIAL.c.result == Result.WAITING).values(result=Result.UNPRESSED))
    if ending is not None:
        ended = {"ended_at": now, "ended_by": by, "ending": ending}
        tx.execute(update(SESSION).where(SESSION.c.id == session_id).values(**ended))
    changes = [_hush(tx, alarm_id, now) for alarm_id in rang]
    return Acted(session_id, "ended" if ending else "judged", [each for each in changes if each], ending)


def _hush(tx: Connection, alarm_id: int, now: datetime) -> AlarmChange | None:
    """The alarm that showed a trial is over with it."""
    source = alarm_row(tx, alarm_id)["source"]
    return give(tx, OwnAct(source, AlarmKind.TEST, now, "test_over"), Given.RESTORE)


def _trials(connection: Connection, session_ids: Collection[int]) -> Sequence[Any]:
    return connection.execute(select(TRIAL).where(TRIAL.c.session_id.in_(session_ids)).order_by(TRIAL.c.id)).all()


def _insist_on_buttons(tx: Connection, device_ids: Sequence[str], within: Territory) -> None:
    inside = within.clause(DEVICE.c.group_id, DEVICE.c.area_id)
    columns = select(DEVICE.c.id, DEVICE.c.device_class, DEVICE.c.lifecycle)
    found = {row.id: row for row in tx.execute(columns.where(DEVICE.c.id.in_(device_ids), inside))}
    if unknown := [each for each in device_ids if each not in found]:
        raise UnknownRecord(f"there is no device {', '.join(unknown)}")
    for each in found.values():
        if each.device_class != DeviceClass.BELL or each.lifecycle == Lifecycle.RETIRED:
            raise Refusal(f"{each.id} is no button in use", "no_button")


def _ringing(tx: Connection, device_ids: Sequence[str]) -> list[str]:
    live = select(ALARM.c.device_id).where(ALARM.c.device_id.in_(device_ids), ALARM.c.state != AlarmState.NORMAL)
    return sorted(set(tx.execute(live.where(ALARM.c.kind.in_(_CALLS))).scalars()))


def _on_test(tx: Connection, device_ids: Sequence[str]) -> list[str]:
    running = select(TRIAL.c.device_id).join(SESSION, SESSION.c.id == TRIAL.c.session_id)
    running = running.where(SESSION.c.ended_at.is_(None), TRIAL.c.is_over.is_(False))
    return sorted(tx.execute(running.where(TRIAL.c.device_id.in_(device_ids))).scalars())
