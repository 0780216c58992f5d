"""Duties as rows: written beside the transition that makes them due, taken by their channel, settled by its answer."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, func, insert, select, update

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.edits import core
from monitor.inventory.prepared import Prepared
from monitor.inventory.territory import Territory
from monitor.journal.drills import keep_in
from monitor.journal.duty_tables import DutyAttemptRow, DutyRow
from monitor.journal.incident_tables import IncidentAlarmRow, IncidentRow
from monitor.journal.incidents import family_of, root_of
from monitor.journal.outages import is_seen
from monitor.journal.tables import AlarmRow
from monitor.journal.times import iso, today

DUTY, ATTEMPT = core(DutyRow), core(DutyAttemptRow)
_ALARM, _INCIDENT, _PART = core(AlarmRow), core(IncidentRow), core(IncidentAlarmRow)
WAITING, SENDING, BY_HAND, STOPPED, DEAD = "WAITING", "SENDING", "BY_HAND", "STOPPED", "DEAD"
LONGEST_SAID = 500
_AT_ONCE = 500
_ADD = Prepared(insert(DUTY))
# Asked four times a second, whether or not anything is due.
_DUE_CHANNELS = Prepared(
    select(DUTY.c.channel).where(DUTY.c.state == WAITING, DUTY.c.next_at <= bindparam("at")).distinct()
)
_ADRIFT = Prepared(select(DUTY.c.id).where(DUTY.c.state == SENDING).limit(1))
_GOES_ON = (
    "alarm_id", "code", "kind", "priority", "role", "recipient", "facts", "is_stopped_by_ack", "due_at", "about",
    "is_repeat",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DutyFilter:
    states: tuple[str, ...] = ()
    alarm_id: int | None = None
    incident_id: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What the row of a duty becomes. ``said``: the answer in the channel's words."""

    state: str
    next_at: datetime
    is_repeat: bool
    outcome: str
    said: str
    is_over: bool


def alarm_code(alarm: Mapping[str, Any]) -> str:
    """Of an alarm as it is told: that of its incident; of what opens none ``TB-260314-7``: the day in Vietnam, and
    the alarm's own number.
    """
    if alarm["incident"] is not None:
        return str(alarm["incident"]["code"])
    return f"TB-{today(datetime.fromisoformat(alarm['received_at'])):%y%m%d}-{alarm['id']}"


def add_duties(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """``otherwise`` is a list of (channel, address), ``facts`` an object.

    The one place where a duty is made; what is of a drill becomes none.
    """
    fresh = {"state": WAITING, "attempts": 0, "is_repeat": False, "is_stop_asked": False, "about": "ring"}
    real = keep_in(tx, rows)
    written = [{**fresh, **row, "otherwise": _json(row["otherwise"]), "facts": _json(row["facts"])} for row in real]
    _ADD.run_all(tx, written)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def has_waiting(connection: Connection, alarm_id: int) -> bool:
    """What an acknowledgement does not stop is none of the chain that asks for one."""
    is_asking = DUTY.c.is_stopped_by_ack, DUTY.c.state.in_((WAITING, SENDING))
    waiting = select(DUTY.c.id).where(DUTY.c.alarm_id == alarm_id, *is_asking)
    return connection.execute(waiting.limit(1)).first() is not None


def stop(tx: Connection, alarm_ids: Collection[int], at: datetime) -> None:
    """What is not yet sent stays unsent; what is on its way is not tried again."""
    ids = sorted(alarm_ids)
    for start in range(0, len(ids), _AT_ONCE):
        ours = (DUTY.c.alarm_id.in_(ids[start : start + _AT_ONCE]), DUTY.c.is_stopped_by_ack)
        unsent = DUTY.c.state.in_((WAITING, BY_HAND))
        tx.execute(update(DUTY).where(*ours, unsent).values(state=STOPPED, settled_at=at))
        tx.execute(update(DUTY).where(*ours, DUTY.c.state == SENDING).values(is_stop_asked=True))


def is_adrift(connection: Connection, in_hand: Collection[int]) -> bool:
    """Whether one is on its way and in nobody's hand."""
    if not in_hand:
        return _ADRIFT.first(connection) is not None
    return connection.execute(select(DUTY.c.id).where(_adrift(in_hand)).limit(1)).first() is not None


def recover(tx: Connection, at: datetime, in_hand: Collection[int] = ()) -> int:
    """What is adrift may have arrived: sent again and marked. How many there were."""
    adrift = _adrift(in_hand)
    tx.execute(update(DUTY).where(adrift, DUTY.c.is_stop_asked).values(state=STOPPED, settled_at=at))
    again = update(DUTY).where(adrift).values(state=WAITING, next_at=at, is_repeat=True)
    return int(tx.execute(again).rowcount)


def _adrift(in_hand: Collection[int]) -> ColumnElement[bool]:
    return and_(DUTY.c.state == SENDING, DUTY.c.id.not_in(in_hand))


def duty_ids(connection: Connection, alarm_ids: Sequence[int]) -> list[int]:
    return list(connection.execute(select(DUTY.c.id).where(DUTY.c.alarm_id.in_(alarm_ids))).scalars())


def due_channels(connection: Connection, at: datetime) -> list[str]:
    return sorted(row["channel"] for row in _DUE_CHANNELS.all(connection, {"at": at}))


def take(tx: Connection, channel: str, limit: int, at: datetime, *, least_urgent: int = 4) -> list[dict[str, Any]]:
    """The most urgent that are due: on their way from now on, which is written down before anything is sent.

    ``least_urgent``: none of a priority behind it.
    """
    due = select(DUTY).where(DUTY.c.state == WAITING, DUTY.c.next_at <= at, DUTY.c.channel == channel)
    due = due.where(DUTY.c.priority <= least_urgent)
    rows = tx.execute(due.order_by(DUTY.c.priority, DUTY.c.due_at, DUTY.c.id).limit(limit)).mappings().all()
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    tx.execute(update(DUTY).where(DUTY.c.id.in_(ids)).values(state=SENDING, attempts=DUTY.c.attempts + 1))
    tries = [{"duty_id": row["id"], "number": row["attempts"] + 1, "at": at, "step": "begun"} for row in rows]
    tx.execute(insert(ATTEMPT), tries)
    return [{**_read(row), "state": SENDING, "attempts": row["attempts"] + 1} for row in rows]


def due_of(connection: Connection, channel: str, at: datetime) -> list[dict[str, Any]]:
    """All that may go by it now."""
    due = select(DUTY).where(DUTY.c.state == WAITING, DUTY.c.next_at <= at, DUTY.c.channel == channel)
    return [_read(row) for row in connection.execute(due.order_by(DUTY.c.id)).mappings()]


def put_aside(tx: Connection, duty_id: int, values: Mapping[str, Any]) -> None:
    """Of one that waits: it is not taken as it stands."""
    tx.execute(update(DUTY).where(DUTY.c.id == duty_id, DUTY.c.state == WAITING).values(**values))


def go_on(tx: Connection, row: Mapping[str, Any], by: Mapping[str, Any], at: datetime) -> None:
    """As another duty. ``by``: channel, address, otherwise and text."""
    fresh = {"decided_at": at, "next_at": at, "switched_from": row["id"]}
    add_duties(tx, [{**{name: row[name] for name in _GOES_ON}, **by, **fresh}])


def duty_row(connection: Connection, duty_id: int) -> dict[str, Any]:
    """Raises ``UnknownRecord``."""
    row = connection.execute(select(DUTY).where(DUTY.c.id == duty_id)).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no duty {duty_id}")
    return _read(row)


def settle(tx: Connection, duty_id: int, number: int, settled: Settled, at: datetime) -> None:
    said = settled.said[:LONGEST_SAID]
    answered = {"duty_id": duty_id, "number": number, "at": at, "step": "answered"}
    tx.execute(insert(ATTEMPT).values(**answered, outcome=settled.outcome, said=said))
    values = {
        "state": settled.state,
        "next_at": settled.next_at,
        "is_repeat": settled.is_repeat,
        "settled_at": at if settled.is_over else None,
        "last_outcome": settled.outcome,
        "last_answer": said,
    }
    tx.execute(update(DUTY).where(DUTY.c.id == duty_id, DUTY.c.state == SENDING).values(**values))


def done_by_hand(tx: Connection, duty_id: int, by: str, at: datetime, within: Territory) -> dict[str, Any]:
    """A person has passed the text on. Raises ``UnknownRecord`` or ``Refusal``."""
    return _by_person(tx, duty_id, within, (BY_HAND,), {"state": "SENT", "settled_at": at, "settled_by": by})


def send_again(tx: Connection, duty_id: int, by: str, at: datetime, within: Territory) -> dict[str, Any]:
    """A person has seen to what stood in the way. Raises ``UnknownRecord`` or ``Refusal`` (``over``: nobody would be
    told of its end)."""
    anew = {"state": WAITING, "next_at": at, "attempts": 0, "settled_at": None, "settled_by": by}
    return _by_person(tx, duty_id, within, (DEAD,), anew)


def duties_page(
    connection: Connection,
    chosen: DutyFilter,
    within: Territory,
    *,
    limit: int = 100,
    before_id: int | None = None,
) -> tuple[list[dict[str, Any]], int | None]:
    """Newest first, and the id the next page starts below (None at the end)."""
    query = _seen(within).order_by(DUTY.c.id.desc()).limit(limit + 1)
    if chosen.states:
        query = query.where(DUTY.c.state.in_(chosen.states))
    if chosen.alarm_id is not None:
        query = query.where(DUTY.c.alarm_id == chosen.alarm_id)
    if chosen.incident_id is not None:
        parts = select(_PART.c.alarm_id).where(_PART.c.incident_id.in_(family_of(connection, chosen.incident_id)))
        query = query.where(DUTY.c.alarm_id.in_(parts))
    if before_id is not None:
        query = query.where(DUTY.c.id < before_id)
    rows = connection.execute(query).mappings().all()
    items = [duty_json(dict(row)) for row in rows[:limit]]
    return items, (items[-1]["id"] if len(rows) > limit else None)


def count_duties(connection: Connection) -> dict[tuple[str, str], int]:
    """(channel, state) → how many, of those that are not over, or reached nobody."""
    open_ones = DUTY.c.state.in_((WAITING, SENDING, BY_HAND, DEAD))
    query = select(DUTY.c.channel, DUTY.c.state, func.count()).where(open_ones).group_by(DUTY.c.channel, DUTY.c.state)
    return {(channel, state): count for channel, state, count in connection.execute(query)}


def duty_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """As it is told. The address may be a telephone number: it is not."""
    plain = (
        "id", "alarm_id", "code", "kind", "priority", "role", "recipient", "channel", "text", "state", "attempts",
        "settled_by", "last_outcome", "last_answer", "switched_from", "about",
    )  # fmt: skip
    moments = ("decided_at", "due_at", "next_at", "settled_at")
    told: dict[str, Any] = {name: row[name] for name in plain} | {name: iso(row[name]) for name in moments}
    return told | {"is_repeat": bool(row["is_repeat"])}


def _seen(within: Territory) -> Any:
    joined = DUTY.outerjoin(_ALARM, _ALARM.c.id == DUTY.c.alarm_id)
    return select(DUTY).select_from(joined).where(is_seen(DUTY.c.alarm_id, _ALARM.c.device_id, within))


def _by_person(
    tx: Connection, duty_id: int, within: Territory, states: Iterable[str], values: Mapping[str, Any]
) -> dict[str, Any]:
    wanted: ColumnElement[bool] = DUTY.c.id == duty_id
    row = tx.execute(_seen(within).where(wanted)).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no duty {duty_id}")
    if row["state"] not in states:
        raise Refusal(f"duty {duty_id} is {row['state']}: there is nothing to be done by hand")
    if values.get("state") == WAITING and row["about"] != "end" and _is_over(tx, row["alarm_id"]):
        raise Refusal("its alarm is over, and whoever was told of it has been told so", "over")
    tx.execute(update(DUTY).where(wanted).values(**values))
    return duty_json(duty_row(tx, duty_id))


def _is_over(tx: Connection, alarm_id: int) -> bool:
    """Whether nobody will be told of its end any more."""
    state = tx.execute(select(_ALARM.c.state).where(_ALARM.c.id == alarm_id)).scalar()
    if state != "NORMAL":
        return False
    ended = select(DUTY.c.id).where(DUTY.c.alarm_id == alarm_id, DUTY.c.about == "end")
    of_incident = select(_INCIDENT).join(_PART, _PART.c.incident_id == _INCIDENT.c.id)
    incident = tx.execute(of_incident.where(_PART.c.alarm_id == alarm_id)).mappings().first()
    is_closed = incident is None or root_of(tx, incident)["stage"] == "CLOSED"
    return is_closed or tx.execute(ended.limit(1)).first() is not None


def _read(row: RowMapping) -> dict[str, Any]:
    ways = [(channel, address) for channel, address in json.loads(row["otherwise"])]
    return {**row, "otherwise": ways, "facts": json.loads(row["facts"])}
