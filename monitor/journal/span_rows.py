"""The spans of state as rows: made a hundred at a time, some seconds behind the journal."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from monitor.inventory.edits import core
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.prepared import Prepared
from monitor.inventory.tables import Device
from monitor.journal.device_states import states_of
from monitor.journal.events import recalled, remember
from monitor.journal.history_tables import SpanRow
from monitor.journal.spans import Span, Turn, fold
from monitor.journal.tables import TransitionRow
from monitor.journal.times import unix_ms

SPAN = core(SpanRow)
_TRANSITION, _EDIT, _DEVICE = core(TransitionRow), core(EditRow), core(Device)
_OURS = "history"
# Asked every two seconds, and mostly there is nothing new.
_NEWEST = Prepared(
    select(
        select(func.coalesce(func.max(_TRANSITION.c.id), 0)).scalar_subquery().label("transition"),
        select(func.coalesce(func.max(_EDIT.c.id), 0)).scalar_subquery().label("edit"),
    )
)
# Before it hangs, and while somebody works on it, an eye that is dark is no fault.
_PLANNED = frozenset({Lifecycle.PLANNED.value, Lifecycle.MAINTENANCE.value})


class _Noted(NamedTuple):
    """A turn and the row of the journal it was read from."""

    row_id: int
    turn: Turn


def catch_up(tx: Connection, at_most: int) -> int:
    """Folds the next turns of the journal into spans; how many rows of it were looked at, at most twice ``at_most``.

    Where it stopped is written in the same transaction, so that a crash repeats it and never counts twice.
    """
    marks = {name: mark(tx, name) for name in ("transition", "edit")}
    newest = _NEWEST.first(tx)
    if newest == marks:
        return 0
    steps, steps_to = _steps(tx, marks["transition"], at_most)
    # Years pass between the edits that a quiet night's turns would each look for.
    is_edited = newest is None or newest["edit"] != marks["edit"]
    edits, edits_to = _edits(tx, marks["edit"], at_most) if is_edited else ([], marks["edit"])
    # Whoever has more to come decides how far both go, so that a device's turns stay in their order.
    if len(steps) == at_most:
        edits, edits_to = _up_to(edits, edits_to, steps[-1].turn.at_ms, marks["edit"])
    elif len(edits) == at_most:
        steps, steps_to = _up_to(steps, steps_to, edits[-1].turn.at_ms, marks["transition"])
    turns = sorted((noted.turn for noted in (*steps, *edits)), key=lambda turn: turn.at_ms)
    _write(tx, [turn for turn in turns if turn.device_id])
    for name, reached in (("transition", steps_to), ("edit", edits_to)):
        if reached != marks[name]:
            remember(tx, _OURS, name, str(reached))
    return len(steps) + len(edits)


def mark(connection: Connection, name: str) -> int:
    """Up to which row of the journal (``transition`` or ``edit``) the spans have followed."""
    return int(recalled(connection, _OURS, name) or 0)


def _up_to(noted: Sequence[_Noted], reached: int, at_ms: int, from_id: int) -> tuple[list[_Noted], int]:
    kept = list(takewhile(lambda each: each.turn.at_ms <= at_ms, noted))
    if len(kept) == len(noted):
        return kept, reached
    return kept, kept[-1].row_id if kept else from_id


def _steps(tx: Connection, after_id: int, at_most: int) -> tuple[list[_Noted], int]:
    columns = (_TRANSITION.c.id, _TRANSITION.c.machine, _TRANSITION.c.device_id, _TRANSITION.c.to_state)
    query = select(*columns, _TRANSITION.c.at).where(_TRANSITION.c.id > after_id).order_by(_TRANSITION.c.id)
    noted = [
        # Alarms and registrations are steps of the journal and no turns; they keep the order and count for nothing.
        _Noted(row_id, Turn(device_id if machine == "liveness" else "", unix_ms(at), state))
        for row_id, machine, device_id, state, at in tx.execute(query.limit(at_most))
    ]
    return noted, noted[-1].row_id if noted else after_id


def _edits(tx: Connection, after_id: int, at_most: int) -> tuple[list[_Noted], int]:
    speaks_of_life = or_(_EDIT.c.change == "removed", _EDIT.c.after.contains('"lifecycle"'))
    columns = (_EDIT.c.id, _EDIT.c.at, _EDIT.c.entity, _EDIT.c.entity_id, _EDIT.c.change, _EDIT.c.before, _EDIT.c.after)
    query = select(*columns).where(_EDIT.c.id > after_id, _EDIT.c.change != "added", speaks_of_life)
    rows = tx.execute(query.order_by(_EDIT.c.id).limit(at_most)).all()
    back = {row.entity_id for row in rows if row.entity == "device" and _is_back(row)}
    states = {each: sighting.state for each, sighting in states_of(tx, back).items()}
    noted = [_Noted(row.id, _turn(row, states)) for row in rows]
    if len(noted) == at_most:
        return noted, noted[-1].row_id
    newest = tx.execute(select(_EDIT.c.id).order_by(_EDIT.c.id.desc()).limit(1)).scalar()
    return noted, newest or after_id


def _turn(row: Any, states: dict[str, str]) -> Turn:
    if row.entity != "device":
        return Turn("", unix_ms(row.at))
    if row.change == "removed":
        return Turn(row.entity_id, unix_ms(row.at), is_end=True)
    lifecycle = json.loads(row.after)["lifecycle"]
    # Taken back into service it goes on in the state it was left in: nothing else will tell of it.
    state = states.get(row.entity_id) if _is_back(row) else None
    return Turn(
        row.entity_id,
        unix_ms(row.at),
        None if state == "UNKNOWN" else state,
        is_planned=lifecycle in _PLANNED,
        is_end=lifecycle == Lifecycle.RETIRED,
    )


def _is_back(row: Any) -> bool:
    if row.change != "changed" or not row.before:
        return False
    return bool(json.loads(row.before).get("lifecycle") == Lifecycle.RETIRED)


def _write(tx: Connection, turns: Sequence[Turn]) -> None:
    by_device: dict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        by_device[turn.device_id].append(turn)
    lasting = _lasting(tx, by_device)
    planned = _planned(tx, [each for each in by_device if each not in lasting])
    ended, fresh = [], []
    for device_id, story in by_device.items():
        for span in fold(lasting.get(device_id), story, is_planned=device_id in planned):
            if span.row_id is None:
                fresh.append(_row(span))
            elif span.ended_ms is not None:
                ended.append({"row": span.row_id, "at": span.ended_ms})
    if ended:
        tx.execute(update(SPAN).where(SPAN.c.id == bindparam("row")).values(ended_ms=bindparam("at")), ended)
    if fresh:
        tx.execute(insert(SPAN), fresh)


def _row(span: Span) -> dict[str, Any]:
    return {
        "device_id": span.device_id,
        "began_ms": span.began_ms,
        "ended_ms": span.ended_ms,
        "state": span.state,
        "is_planned": span.is_planned,
    }


_AT_ONCE = 500


def _lasting(tx: Connection, device_ids: Collection[str]) -> dict[str, Span]:
    """The span each of them is in."""
    ids, found = list(device_ids), {}
    columns = (SPAN.c.device_id, SPAN.c.began_ms, SPAN.c.ended_ms, SPAN.c.state, SPAN.c.is_planned, SPAN.c.id)
    for start in range(0, len(ids), _AT_ONCE):
        some = SPAN.c.device_id.in_(ids[start : start + _AT_ONCE])
        for row in tx.execute(select(*columns).where(some, SPAN.c.ended_ms.is_(None))):
            found[row.device_id] = Span(*row)
    return found


def _planned(tx: Connection, device_ids: Sequence[str]) -> set[str]:
    """Those of whom nothing was known before and who are under planned work."""
    found: set[str] = set()
    for start in range(0, len(device_ids), _AT_ONCE):
        some = _DEVICE.c.id.in_(device_ids[start : start + _AT_ONCE])
        found.update(tx.execute(select(_DEVICE.c.id).where(some, _DEVICE.c.lifecycle.in_(_PLANNED))).scalars())
    return found


def states_at(connection: Connection, moment: datetime) -> dict[str, str]:
    """Device → the state it was in at that moment; not those of which nothing had been heard."""
    at_ms = unix_ms(moment)
    goes_on = or_(SPAN.c.ended_ms.is_(None), SPAN.c.ended_ms >= at_ms)
    kept = select(SPAN.c.device_id, SPAN.c.state).where(SPAN.c.began_ms < at_ms, goes_on)
    newer = (
        select(_TRANSITION.c.device_id, _TRANSITION.c.to_state)
        .where(_TRANSITION.c.id > mark(connection, "transition"), _TRANSITION.c.machine == "liveness")
        .where(_TRANSITION.c.at < moment)
        .order_by(_TRANSITION.c.id)
    )
    found = {row.device_id: row.state for row in connection.execute(kept)}
    return found | {row.device_id: row.to_state for row in connection.execute(newer)}
