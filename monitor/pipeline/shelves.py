"""Shelves of alarms, each in an open transaction: put on, taken off, expired, forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from device_adapters.core.events import AlarmKind
from monitor.errors import Refusal, VersionConflict
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.audit import Edit, audit
from monitor.inventory.prepared import AnyRow, Prepared, Row
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal.alarm_rows import live_alarm
from monitor.journal.outages import OUR_OWN
from monitor.journal.set_aside import SHELF, shelf_row
from monitor.machines import discipline
from monitor.machines.alarm import AlarmState, Given, step
from monitor.machines.discipline import Rules, Shelf
from monitor.pipeline.alarm_log import AlarmChange, OwnAct, Signal, Turn, alarm_of, alarm_row, give, journal, save
from monitor.pipeline.discipline import ring

Classes = Mapping[AlarmKind, AlarmClass]
_IS_ON = SHELF.c.ended_at.is_(None)
# Asked once a second.
_EXPIRED = Prepared(select(SHELF.c.id).where(_IS_ON, SHELF.c.until_at <= bindparam("by_now")).limit(1))
_ALL_ON = Prepared(select(SHELF).where(_IS_ON).order_by(SHELF.c.id))
_MONITOR = "monitor"
# What only a look at its own cause may bring back.
_NOT_BY_SHELF = {AlarmState.SUPPRESSED: "hidden", AlarmState.OUT_OF_SERVICE: "out_of_service"}


@dataclass(frozen=True, slots=True)
class NewShelf:
    """``version``: of the alarm as the officer saw it, who wants it put aside for so long."""

    alarm_id: int
    version: int
    reason: str
    lasts: timedelta
    by: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How a shelf ends: ``word`` for its row, ``reason`` for the journal of its alarm."""

    word: str
    reason: str
    at: datetime
    by: str | None = None


def put_on(
    tx: Connection, new: NewShelf, within: Territory, known: tuple[Classes, Rules], now: datetime
) -> AlarmChange:
    """The alarm's source and kind are quiet until the shelf ends. Raises ``UnknownRecord``, ``VersionConflict`` or
    ``Refusal`` (``never_shelved``, ``too_long``, ``hidden``, ``out_of_service``, ``over``).
    """
    classes, rules = known
    row = alarm_row(tx, new.alarm_id, within)
    _insist(row, new, within, classes)
    before = _newest(tx, row["source"], row["kind"])
    former = Shelf(before["shelved_at"], before["until_at"], before["first_at"], before["times"]) if before else None
    shelf = discipline.shelve(former, before["ended_at"] if before else None, new.lasts, now, rules)
    if before is not None and before["ended_at"] is None:
        _close(tx, before, Ended("renewed", "", now, new.by))
    _add(tx, row, shelf, (new, before["row_id"] if before is not None and shelf.times > 1 else None))
    was = alarm_of(row, classes[AlarmKind(row["kind"])].is_latching)
    after = step(was, Given.SHELVE, at=now, by=new.by)
    if after is was:
        after = replace(was, version=was.version + 1)  # another end must be seen
    save(tx, row["id"], after, shelved_until=shelf.until)
    return journal(tx, row, Turn(was, after, Given.SHELVE, now, new.by))


def take_off(tx: Connection, shelf_id: int, by: str, within: Territory, now: datetime) -> list[AlarmChange]:
    """By an officer. Raises ``UnknownRecord``, or ``Refusal`` where it is over."""
    row = shelf_row(tx, shelf_id, within)
    if row["ended_at"] is not None:
        raise Refusal("this shelf is over", "over")
    _insist_on_ours(row["source"], within)
    audit(tx, Edit(by, now, "shelf"), ("shelf", str(shelf_id)), "taken_off", {})
    return _end(tx, row, Ended("taken_off", Given.UNSHELVE, now, by))


def due(connection: Connection, now: datetime) -> bool:
    """Whether one has expired."""
    return _EXPIRED.first(connection, {"by_now": now}) is not None


def expire(tx: Connection, now: datetime) -> list[AlarmChange]:
    """What is still true rings at once, as if it were new."""
    over = tx.execute(select(SHELF).where(_IS_ON, SHELF.c.until_at <= now).order_by(SHELF.c.id)).mappings().all()
    return [change for row in over for change in _end(tx, row, Ended("expired", "shelf_over", now))]


def end_of_device(tx: Connection, device_id: str, by: str, now: datetime) -> list[AlarmChange]:
    """It goes out of service, which takes the place of its shelves."""
    rows = tx.execute(select(SHELF).where(_IS_ON, SHELF.c.device_id == device_id)).mappings().all()
    return [change for row in rows for change in _end(tx, row, Ended("out", Given.UNSHELVE, now, by))]


def forgotten(connection: Connection, now: datetime, rules: Rules) -> list[Row]:
    """Those that nobody is told of yet."""
    late = [
        row for row in _ALL_ON.all(connection) if discipline.is_forgotten(row["first_at"], row["times"], now, rules)
    ]
    return [row for row in late if live_alarm(connection, _told_by(row), AlarmKind.SHELF_FORGOTTEN) is None]


def tell_forgotten(tx: Connection, row: Row, rules: AlarmClass, now: datetime) -> AlarmChange:
    return ring(tx, forgotten_signal(_told_by(row), row["device_id"], "shelf", (rules, row["first_at"], now)))


def forgotten_signal(
    source: str, device_id: str | None, what: str, known: tuple[AlarmClass, datetime, datetime]
) -> Signal:
    """``what``: shelf or out_of_service. ``known``: the rules of its kind, since when, and now."""
    rules, since, now = known
    return Signal(
        source=source,
        device_id=device_id,
        kind=AlarmKind.SHELF_FORGOTTEN,
        priority=rules.priority,
        is_latching=rules.is_latching,
        raised_at=since,
        received_at=now,
        detail=what,
    )


def end_forgotten(tx: Connection, source: str, now: datetime) -> list[AlarmChange]:
    ended = give(tx, OwnAct(source, AlarmKind.SHELF_FORGOTTEN, now, "shelf_ended"), Given.RESTORE)
    return [ended] if ended else []


def _insist(row: Row, new: NewShelf, within: Territory, classes: Classes) -> None:
    kind, state = AlarmKind(row["kind"]), AlarmState(row["state"])
    # The sentence that says why comes first: whoever tries it with a call must learn that it never works.
    discipline.insist_on_shelvable(kind, row["priority"], can_be=classes[kind].can_be_shelved)
    _insist_on_ours(row["source"], within)
    if row["version"] != new.version:
        raise VersionConflict(f"alarm {row['id']} is at version {row['version']}, you saw {new.version}")
    if state in _NOT_BY_SHELF:
        raise Refusal("it is set aside already", _NOT_BY_SHELF[state])
    if state is AlarmState.NORMAL:
        raise Refusal("this alarm is over", "over")


def _insist_on_ours(source: str, within: Territory) -> None:
    if source == OUR_OWN and not within.is_everywhere:
        raise Refusal("it is for the whole post: only an account that is bound to no area can answer for it")


def _newest(tx: Connection, source: str, kind: str) -> RowMapping | None:
    same = select(SHELF).where(SHELF.c.source == source, SHELF.c.kind == kind).order_by(SHELF.c.id.desc()).limit(1)
    return tx.execute(same).mappings().first()


def _add(tx: Connection, alarm: Row, shelf: Shelf, by: tuple[NewShelf, int | None]) -> None:
    new, row_id = by
    values: dict[str, Any] = {
        "source": alarm["source"],
        "kind": alarm["kind"],
        "device_id": alarm["device_id"],
        "alarm_id": alarm["id"],
        "reason": new.reason,
        "shelved_at": shelf.shelved_at,
        "shelved_by": new.by,
        "until_at": shelf.until,
        "first_at": shelf.first_at,
        "times": shelf.times,
        "row_id": row_id,
    }
    shelf_id: int = tx.execute(insert(SHELF).values(**values).returning(SHELF.c.id)).scalar_one()
    if row_id is None:
        tx.execute(update(SHELF).where(SHELF.c.id == shelf_id).values(row_id=shelf_id))
    detail = {"alarm": alarm["id"], "kind": alarm["kind"], "reason": new.reason, "until": shelf.until.isoformat()}
    audit(tx, Edit(new.by, shelf.shelved_at, "shelf"), ("shelf", str(shelf_id)), "shelved", detail)


def _end(tx: Connection, row: RowMapping, how: Ended) -> list[AlarmChange]:
    _close(tx, row, how)
    changes = end_forgotten(tx, _told_by(row), how.at)
    alarm = live_alarm(tx, row["source"], row["kind"])
    if alarm is not None and alarm["state"] == AlarmState.SHELVED:
        before = alarm_of(alarm, is_latching=False)
        after = step(before, Given.UNSHELVE, at=how.at, by=how.by or _MONITOR)
        save(tx, alarm["id"], after, shelved_until=None)
        changes.append(journal(tx, alarm_row(tx, alarm["id"], EVERYWHERE), _turn(before, after, how)))
    return changes


def _turn(before: Any, after: Any, how: Ended) -> Turn:
    return Turn(before, after, how.reason, how.at, how.by or _MONITOR)


def _close(tx: Connection, row: RowMapping, how: Ended) -> None:
    ended = {"ended_at": how.at, "ended_by": how.by, "ending": how.word}
    tx.execute(update(SHELF).where(SHELF.c.id == row["id"]).values(**ended))


def _told_by(row: AnyRow) -> str:
    """The source of the alarm about it: one for a whole row of shelves."""
    return f"monitor:shelf:{row['row_id']}"
