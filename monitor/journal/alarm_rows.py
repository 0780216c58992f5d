"""Alarms as the rows a press reads and writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, literal_column, select, update

from monitor.inventory.edits import core
from monitor.inventory.prepared import Prepared, Row
from monitor.journal.tables import AlarmRow, TransitionRow

ALARM, TRANSITION = core(AlarmRow), core(TransitionRow)
_BY_ID = Prepared(select(ALARM).where(ALARM.c.id == bindparam("alarm_id")))
# Written out, as the index of live alarms has it: as a value SQLite would plan the statement anew at each press.
_IS_LIVE = ALARM.c.state != literal_column("'NORMAL'")
_LIVE = Prepared(
    select(ALARM).where(ALARM.c.source == bindparam("of_source"), ALARM.c.kind == bindparam("of_kind"), _IS_LIVE)
)
_ADD = Prepared(insert(ALARM).returning(ALARM.c.id))
# Compare and swap on the version: two workers, two officers or two tabs cannot both win.
_SWAP = Prepared(update(ALARM).where(ALARM.c.id == bindparam("alarm_id"), ALARM.c.version == bindparam("seen_version")))
_COUNT_COPY = Prepared(
    update(ALARM).where(ALARM.c.id == bindparam("alarm_id")).values(duplicates=ALARM.c.duplicates + 1)
)
_ADD_TURN = Prepared(insert(TRANSITION).returning(TRANSITION.c.id))


def alarm_with_id(connection: Connection, alarm_id: int) -> Row | None:
    return _BY_ID.first(connection, {"alarm_id": alarm_id})


def live_alarm(connection: Connection, source: str, kind: str) -> Row | None:
    """The one of a source and kind that is not NORMAL; there is never a second."""
    return _LIVE.first(connection, {"of_source": source, "of_kind": kind})


def add_alarm(tx: Connection, values: Mapping[str, Any]) -> int:
    """Its id."""
    return int(_ADD.scalar(tx, values))


def swap_alarm(tx: Connection, alarm_id: int, seen_version: int, values: Mapping[str, Any]) -> bool:
    """Whether it still was at the version that was seen, and is now what ``values`` say."""
    return _SWAP.run(tx, {**values, "alarm_id": alarm_id, "seen_version": seen_version}) == 1


def count_copy(tx: Connection, alarm_id: int) -> None:
    _COUNT_COPY.run(tx, {"alarm_id": alarm_id})


def add_transition(tx: Connection, values: Mapping[str, Any]) -> int:
    """Its id, which is its place in the live feed."""
    return int(_ADD_TURN.scalar(tx, values))
