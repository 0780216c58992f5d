"""How often each device was heard in each hour: 24 numbers a day and device."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from monitor.inventory.edits import core
from monitor.journal.history_tables import HourCountRow
from monitor.journal.times import LOCAL

COUNT = core(HourCountRow)
_DAY = struct.Struct("<24H")
_NOTHING = (0,) * 24
_MOST = 0xFFFF


class LocalHour(NamedTuple):
    """A day in Vietnam and an hour of it."""

    day: date
    hour: int


def hour_of(at: datetime) -> LocalHour:
    there = at.astimezone(LOCAL)
    return LocalHour(there.date(), there.hour)


def add_counts(tx: Connection, when: LocalHour, counts: Sequence[tuple[str, int]]) -> None:
    """Adds to what is counted already: (device, how often it was heard). A few hundred at a time."""
    ids = [device_id for device_id, _ in counts]
    day = select(COUNT.c.device_id, COUNT.c.heard).where(COUNT.c.day == when.day, COUNT.c.device_id.in_(ids))
    there: Mapping[str, bytes] = {row.device_id: row.heard for row in tx.execute(day)}
    changed: list[dict[str, Any]] = []
    fresh: list[dict[str, Any]] = []
    for device_id, more in counts:
        numbers = list(_DAY.unpack(there[device_id])) if device_id in there else list(_NOTHING)
        numbers[when.hour] = min(_MOST, numbers[when.hour] + more)
        (changed if device_id in there else fresh).append({"device": device_id, "numbers": _DAY.pack(*numbers)})
    if changed:
        same = (COUNT.c.device_id == bindparam("device")) & (COUNT.c.day == when.day)
        tx.execute(update(COUNT).where(same).values(heard=bindparam("numbers")), changed)
    if fresh:
        rows = [{"device_id": each["device"], "day": when.day, "heard": each["numbers"]} for each in fresh]
        tx.execute(insert(COUNT), rows)


def counts_of(connection: Connection, device_id: str, first: date, last: date) -> dict[date, tuple[int, ...]]:
    """Day → how often the device was heard in each of its hours."""
    query = select(COUNT.c.day, COUNT.c.heard).where(
        COUNT.c.device_id == device_id, COUNT.c.day >= first, COUNT.c.day <= last
    )
    return {row.day: _DAY.unpack(row.heard) for row in connection.execute(query.order_by(COUNT.c.day))}
