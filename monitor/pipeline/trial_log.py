"""Presses on test, as rows: whose trial a press is, what it came to, and how long until eye and ear had it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from device_adapters.core.events import EventClass
from monitor.inventory.edits import core
from monitor.inventory.prepared import Prepared
from monitor.journal.bell_test_tables import BellTestRow, BellTestSessionRow
from monitor.journal.device_states import STATE
from monitor.journal.transitions import DeviceTurn, add_turn
from monitor.machines.bell_test import Result, Session, Trial, is_on_test
from monitor.pipeline.alarm_log import AlarmChange
from monitor.pipeline.reading import Heard

SESSION, TRIAL = core(BellTestSessionRow), core(BellTestRow)
# Each press that opens an alarm asks.
_OPEN = Prepared(
    select(
        TRIAL.c.id, TRIAL.c.last_press_at, TRIAL.c.presses, TRIAL.c.shown_s, TRIAL.c.sounded_s,
        SESSION.c.opened_at, SESSION.c.expires_at,
    )
    .join(SESSION, SESSION.c.id == TRIAL.c.session_id)
    .where(SESSION.c.ended_at.is_(None), TRIAL.c.device_id == bindparam("of_device"), TRIAL.c.is_over.is_(False))
)  # fmt: skip
_FIGURES = {"shown": TRIAL.c.shown_s, "sounded": TRIAL.c.sounded_s}


@dataclass(frozen=True, slots=True)
class OpenTrial:
    """A button that is on test now. ``is_measured``: a press of it has reached eye and ear."""

    id: int
    session: Session
    trial: Trial
    presses: int
    is_measured: bool

    @property
    def device_id(self) -> str:
        return self.trial.device_id

    def takes(self, pressed_at: datetime, received_at: datetime) -> bool:
        return is_on_test(self.session, self.trial, pressed_at=pressed_at, received_at=received_at)


@dataclass(frozen=True, slots=True)
class Press:
    """A press that was taken for a trial, and the step of the alarm that shows it."""

    pressed_at: datetime
    received_at: datetime
    alarm: AlarmChange


def trial_of(tx: Connection, heard: Heard) -> OpenTrial | None:
    """Of the button whose press this is; what nobody can read is never a trial."""
    if heard.device is None or heard.event.event_class is not EventClass.ALARM or heard.event.degraded is not None:
        return None
    return open_trial(tx, heard.device.device_id)


def open_trial(tx: Connection, device_id: str) -> OpenTrial | None:
    row = _OPEN.first(tx, {"of_device": device_id})
    if row is None:
        return None
    trial = Trial(device_id, row["last_press_at"])
    is_measured = row["shown_s"] is not None and row["sounded_s"] is not None
    session = Session(row["opened_at"], row["expires_at"], (trial,))
    return OpenTrial(row["id"], session, trial, row["presses"], is_measured)


def note_press(tx: Connection, known: OpenTrial, press: Press) -> int | None:
    """Keeps it; the place in the feed of the first press of a trial, which is its test."""
    given: dict[str, Any] = {
        "result": Result.PASSED,
        "judged_by": None,
        "note": None,
        "presses": TRIAL.c.presses + 1,
        "last_press_at": press.received_at,
        "alarm_id": press.alarm.alarm_id,
    }
    if not known.is_measured:
        # The newest press is the one that screens give receipts for.
        figures = {"version": press.alarm.version, "measured_at": press.pressed_at, "shown_s": None, "sounded_s": None}
        given |= figures
    if not known.presses:
        given |= {"at": press.received_at, "tested_before_at": _last_test(tx, known.device_id)}
    tx.execute(update(TRIAL).where(TRIAL.c.id == known.id).values(**given))
    return None if known.presses else note_tested(tx, known.device_id, press.received_at)


def note_own_test(tx: Connection, device_id: str, at: datetime) -> int:
    """A device that says itself that somebody tried it."""
    row = {"device_id": device_id, "result": Result.PASSED, "is_over": True, "at": at, "presses": 1, "version": 0}
    before = _last_test(tx, device_id)
    tx.execute(insert(TRIAL).values(**row, last_press_at=at, tested_before_at=before))
    return note_tested(tx, device_id, at)


def note_tested(tx: Connection, device_id: str, at: datetime) -> int:
    tx.execute(update(STATE).where(STATE.c.device_id == device_id).values(last_test_at=at))
    return add_turn(tx, DeviceTurn(device_id, "test", at, "device"))


def note_receipt(tx: Connection, alarm_id: int, receipt: tuple[int, str], at: datetime) -> int | None:
    """``receipt``: version and kind. The session whose figure it is; None where an earlier screen gave it already."""
    version, kind = receipt
    figure = _FIGURES[kind]
    waiting = (TRIAL.c.alarm_id == alarm_id, TRIAL.c.version == version, figure.is_(None))
    row = tx.execute(select(TRIAL.c.id, TRIAL.c.session_id, TRIAL.c.measured_at).where(*waiting)).first()
    if row is None or row.measured_at is None:
        return None
    seconds = max(0.0, (at - row.measured_at).total_seconds())
    tx.execute(update(TRIAL).where(TRIAL.c.id == row.id).values({figure: round(seconds, 3)}))
    session_id: int = row.session_id
    return session_id


def _last_test(tx: Connection, device_id: str) -> datetime | None:
    at: datetime | None = tx.execute(select(STATE.c.last_test_at).where(STATE.c.device_id == device_id)).scalar()
    return at
