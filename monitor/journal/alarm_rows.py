"""Alarms as the rows a press reads and writes. Each statement is built once: building it takes longer than it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from monitor.inventory.edits import core
from monitor.journal.tables import AlarmRow, TransitionRow

ALARM, TRANSITION = core(AlarmRow), core(TransitionRow)
_BY_ID = select(ALARM).where(ALARM.c.id == bindparam("alarm_id"))
_LIVE = select(ALARM).where(
    ALARM.c.source == bindparam("of_source"), ALARM.c.kind == bindparam("of_kind"), ALARM.c.state != "NORMAL"
)
_ADD = insert(ALARM).returning(ALARM.c.id)
# Compare and swap on the version: two workers, two officers or two tabs cannot both win.
_SWAP = update(ALARM).where(ALARM.c.id == bindparam("alarm_id"), ALARM.c.version == bindparam("seen_version"))
_COUNT_COPY = update(ALARM).where(ALARM.c.id == bindparam("alarm_id")).values(duplicates=ALARM.c.duplicates + 1)
_ADD_TURN = insert(TRANSITION).returning(TRANSITION.c.id)


def alarm_with_id(connection: Connection, alarm_id: int) -> RowMapping | None:
    return connection.execute(_BY_ID, {"alarm_id": alarm_id}).mappings().first()


def live_alarm(connection: Connection, source: str, kind: str) -> RowMapping | None:
    """The one of a source and kind that is not NORMAL; there is never a second."""
    return connection.execute(_LIVE, {"of_source": source, "of_kind": kind}).mappings().first()


def add_alarm(tx: Connection, values: Mapping[str, Any]) -> int:
    """Its id."""
    alarm_id: int = tx.execute(_ADD, dict(values)).scalar_one()
    return alarm_id


def swap_alarm(tx: Connection, alarm_id: int, seen_version: int, values: Mapping[str, Any]) -> bool:
    """Whether it still was at the version that was seen, and is now what ``values`` say."""
    return tx.execute(_SWAP, {**values, "alarm_id": alarm_id, "seen_version": seen_version}).rowcount == 1


def count_copy(tx: Connection, alarm_id: int) -> None:
    tx.execute(_COUNT_COPY, {"alarm_id": alarm_id})


def add_transition(tx: Connection, values: Mapping[str, Any]) -> int:
    """Its id, which is its place in the live feed."""
    seq: int = tx.execute(_ADD_TURN, dict(values)).scalar_one()
    return seq
