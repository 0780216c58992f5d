"""What officers do with shifts at the desk, each in an open transaction: the row, and a line of the duty log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, update

from monitor.errors import Refusal
from monitor.journal.shifts import ENTRY, SHIFT, current_shift, shift_row
from monitor.machines import shift as machine
from monitor.machines.shift import Shift, ShiftState, Taking


@dataclass(frozen=True, slots=True)
class Line:
    """Of the duty log: when, by whom, what, in whose words, and what it speaks of."""

    at: datetime
    by: str
    kind: str
    text: str | None = None
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """``seen``: id and version of the shift that was on the screen, None for none. ``items``: what is open now.

    ``scope``: the area of the account, "" for the whole post. ``screen``: where the tone was played.
    """

    taking: Taking
    scope: str
    screen: str
    seen: tuple[int, int] | None
    items: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShiftAct:
    """``version``: the one the officer had on the screen; ``scope``: as in ``Taken``."""

    shift_id: int
    version: int
    officer: str
    scope: str


def take(tx: Connection, taken: Taken, now: datetime) -> int:
    """The new shift's number. Raises ``Refusal``, ``version_conflict`` where somebody was first."""
    row = current_shift(tx, taken.scope)
    if (None if row is None else (row["id"], row["version"])) != taken.seen:
        raise Refusal("the shift changed meanwhile: read it again", "version_conflict")
    taking = taken.taking
    ended, shift = machine.take(shift_of(row) if row else None, taking, now)
    values = {"scope_id": taken.scope, "officer": taking.officer, "taken_at": now, "state": shift.state, "version": 1}
    reason = taking.reason.strip() or None
    sound = {"is_heard": taking.is_heard, "screen": taken.screen, "reason": reason}
    items = orjson.dumps(taken.items).decode()
    opened = insert(SHIFT).values(**values, **sound, items=items, before_id=row["id"] if row else None)
    shift_id: int = tx.execute(opened.returning(SHIFT.c.id)).scalar_one()
    if row is not None and ended is not None:
        _save(tx, row["id"], ended)
        note_down(tx, row["id"], Line(now, taking.officer, "relieved", data={"by_shift": shift_id}))
    heard = "sound_heard" if taking.is_heard else "sound_not_heard"
    note_down(tx, shift_id, Line(now, taking.officer, heard, data={"screen": taken.screen}))
    note_down(tx, shift_id, Line(now, taking.officer, "taken", reason, data={"items": taken.items}))
    return shift_id


def hand_over(tx: Connection, act: ShiftAct, note: str, now: datetime) -> int:
    row = _own(tx, act)
    shift = machine.hand_over(shift_of(row), act.officer, now)
    _save(tx, act.shift_id, shift, note=note)
    return note_down(tx, act.shift_id, Line(now, act.officer, "handed_over", note))


def take_back(tx: Connection, act: ShiftAct, now: datetime) -> int:
    """The hand-over before it is accepted; else the shift itself, where it was taken by mistake a moment ago."""
    row = _own(tx, act)
    before = shift_of(row)
    if before.state is ShiftState.HANDING_OVER:
        _save(tx, act.shift_id, machine.take_back(before, act.officer))
        return note_down(tx, act.shift_id, Line(now, act.officer, "taken_back"))
    earlier = shift_row(tx, row["before_id"], act.scope) if row["before_id"] is not None else None
    again, undone = machine.give_back(before, shift_of(earlier) if earlier else None, act.officer, now)
    _save(tx, act.shift_id, undone)
    if earlier is not None and again is not None:
        _save(tx, earlier["id"], again)
        note_down(tx, earlier["id"], Line(now, act.officer, "goes_on", data={"instead_of": act.shift_id}))
    return note_down(tx, act.shift_id, Line(now, act.officer, "given_back"))


def add_note(tx: Connection, act: ShiftAct, text: str, now: datetime) -> int:
    """Whoever is at the desk may write, whatever the version. Raises ``UnknownRecord``."""
    shift_row(tx, act.shift_id, act.scope)
    return note_down(tx, act.shift_id, Line(now, act.officer, "note", text))


def shift_of(row: Mapping[Any, Any]) -> Shift:
    """As the machine takes it."""
    state = ShiftState(row["state"])
    return Shift(state, row["version"], row["officer"], row["taken_at"], row["handed_at"], row["ended_at"])


def note_down(tx: Connection, shift_id: int, line: Line) -> int:
    """Its number."""
    more = None if line.data is None else orjson.dumps(line.data).decode()
    values = {"shift_id": shift_id, "at": line.at, "actor": line.by, "kind": line.kind, "text": line.text}
    entry_id: int = tx.execute(insert(ENTRY).values(**values, data=more).returning(ENTRY.c.id)).scalar_one()
    return entry_id


def _own(tx: Connection, act: ShiftAct) -> Mapping[Any, Any]:
    row = shift_row(tx, act.shift_id, act.scope)
    if row["version"] != act.version:
        seen = f"shift {act.shift_id} is at version {row['version']}, you saw {act.version}"
        raise Refusal(seen, "version_conflict")
    return row


def _save(tx: Connection, shift_id: int, shift: Shift, **more: Any) -> None:
    times = {"handed_at": shift.handed_at, "ended_at": shift.ended_at}
    values = {"state": shift.state, "version": shift.version, **times, **more}
    tx.execute(update(SHIFT).where(SHIFT.c.id == shift_id).values(**values))
