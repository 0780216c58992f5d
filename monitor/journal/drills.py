"""Drills as rows: begun, played, ended and read; and whom they would have told, which is never a duty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from monitor.errors import UnknownRecord
from monitor.inventory.edits import core
from monitor.inventory.prepared import Prepared, PreparedOfSome, Row
from monitor.inventory.territory import Territory
from monitor.journal.drill_tables import DrillRow, DrillTellingRow
from monitor.journal.incident_tables import IncidentRow
from monitor.journal.tables import AlarmRow

DRILL, TELLING = core(DrillRow), core(DrillTellingRow)
ALARM, INCIDENT = core(AlarmRow), core(IncidentRow)
NEWEST = 50
# Asked twice a second.
_UNSETTLED = Prepared(select(DRILL).where(DRILL.c.settled_at.is_(None)).order_by(DRILL.c.id))
# Asked wherever somebody is to be told.
_OF_DRILL = PreparedOfSome(select(ALARM.c.id, ALARM.c.drill_id).where(ALARM.c.drill_id.is_not(None)), ALARM.c.id)
_WORDS = ("alarm_id", "role", "recipient", "channel", "is_stopped_by_ack", "decided_at", "due_at")


def note_ended(tx: Connection, drill_id: int, ending: str, now: datetime, by: str | None = None) -> None:
    values = {"ended_at": now, "ended_by": by, "ending": ending}
    tx.execute(update(DRILL).where(DRILL.c.id == drill_id).values(**values))


def note_played(tx: Connection, drill_id: int, played: int) -> None:
    tx.execute(update(DRILL).where(DRILL.c.id == drill_id).values(played=played))


def note_settled(tx: Connection, drill_id: int, now: datetime) -> None:
    tx.execute(update(DRILL).where(DRILL.c.id == drill_id).values(settled_at=now))


def unsettled(connection: Connection) -> list[Row]:
    return _UNSETTLED.all(connection)


def drill_row(connection: Connection, drill_id: int) -> Mapping[Any, Any]:
    """Raises ``UnknownRecord``."""
    row = connection.execute(select(DRILL).where(DRILL.c.id == drill_id)).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no drill {drill_id}")
    return row


def newest(connection: Connection) -> Sequence[Mapping[Any, Any]]:
    return connection.execute(select(DRILL).order_by(DRILL.c.id.desc()).limit(NEWEST)).mappings().all()


def open_alarms_of(connection: Connection, drill_id: int) -> list[Mapping[Any, Any]]:
    query = select(ALARM).where(ALARM.c.drill_id == drill_id, ALARM.c.state != "NORMAL")
    return list(connection.execute(query.order_by(ALARM.c.id)).mappings())


def open_incidents_of(connection: Connection, drill_id: int) -> list[Mapping[Any, Any]]:
    over = INCIDENT.c.stage.not_in(("CLOSED", "MERGED"))
    query = select(INCIDENT).where(INCIDENT.c.drill_id == drill_id, over)
    return list(connection.execute(query.order_by(INCIDENT.c.id)).mappings())


def incidents_of(connection: Connection, drill_id: int) -> list[Mapping[Any, Any]]:
    query = select(INCIDENT).where(INCIDENT.c.drill_id == drill_id).order_by(INCIDENT.c.id)
    return list(connection.execute(query).mappings())


def real_calls_between(connection: Connection, since: datetime, until: datetime, within: Territory) -> int:
    """Alarms that were none of a drill: priority 1 and 2 alone, which call an officer away from it."""
    came = (ALARM.c.received_at >= since, ALARM.c.received_at <= until, ALARM.c.priority <= 2)
    real = select(func.count()).select_from(ALARM).where(*came, ALARM.c.drill_id.is_(None))
    real = real.where(within.of_devices(ALARM.c.device_id))
    return int(connection.execute(real).scalar_one())


# -- whom it would have told ----------------------------------------------------------------------------------------


def keep_in(tx: Connection, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Of what is to become duties, all that is real. What is of a drill is written down here and goes nowhere."""
    of_drill = {row["id"]: row["drill_id"] for row in _OF_DRILL.all(tx, [each["alarm_id"] for each in rows])}
    if not of_drill:
        return rows
    for row in rows:
        if row["alarm_id"] in of_drill:
            _would_tell(tx, of_drill[row["alarm_id"]], row)
    return [row for row in rows if row["alarm_id"] not in of_drill]


def tellings_of(connection: Connection, drill_id: int) -> Sequence[Mapping[Any, Any]]:
    """In order of time."""
    query = select(TELLING).where(TELLING.c.drill_id == drill_id).order_by(TELLING.c.due_at, TELLING.c.id)
    return connection.execute(query).mappings().all()


def _would_tell(tx: Connection, drill_id: int, row: Mapping[str, Any]) -> None:
    """Once each: a drill settles none, so nothing says that they were told already."""
    values = {name: row[name] for name in _WORDS} | {"drill_id": drill_id, "about": row.get("about", "ring")}
    same = [TELLING.c[name] == values[name] for name in ("alarm_id", "about", "recipient", "channel")]
    if tx.execute(select(TELLING.c.id).where(*same)).first() is None:
        tx.execute(insert(TELLING).values(**values))
