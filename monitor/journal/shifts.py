"""Shifts and the duty log, read. ``scope``: the area the reader's account is bound to, "" for the whole post: each
desk has its own shifts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, select

from monitor.errors import UnknownRecord
from monitor.inventory.edits import core
from monitor.journal.shift_tables import ShiftEntryRow, ShiftRow
from monitor.journal.times import iso

SHIFT, ENTRY = core(ShiftRow), core(ShiftEntryRow)


def current_shift(connection: Connection, scope: str) -> RowMapping | None:
    here = select(SHIFT).where(SHIFT.c.scope_id == scope, SHIFT.c.ended_at.is_(None))
    return connection.execute(here.order_by(SHIFT.c.id.desc()).limit(1)).mappings().first()


def shift_row(connection: Connection, shift_id: int, scope: str) -> RowMapping:
    """Raises ``UnknownRecord``, for one of another desk too."""
    own = select(SHIFT).where(SHIFT.c.id == shift_id, SHIFT.c.scope_id == scope)
    row = connection.execute(own).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no shift {shift_id}")
    return row


def newest_shifts(connection: Connection, scope: str, limit: int) -> list[dict[str, Any]]:
    query = select(SHIFT).where(SHIFT.c.scope_id == scope).order_by(SHIFT.c.id.desc()).limit(limit)
    return [shift_json(row) for row in connection.execute(query).mappings()]


def shift_after(connection: Connection, shift_id: int, scope: str) -> dict[str, Any] | None:
    """Which began with its end."""
    query = select(SHIFT).where(SHIFT.c.before_id == shift_id, SHIFT.c.scope_id == scope, SHIFT.c.state != "UNDONE")
    row = connection.execute(query).mappings().first()
    return shift_json(row) if row else None


def duty_log(
    connection: Connection,
    scope: str,
    *,
    shift_id: int | None = None,
    limit: int = 100,
    before_id: int | None = None,
) -> tuple[list[dict[str, Any]], int | None]:
    """Newest first, and the id the next page starts below (None at the end)."""
    query = select(ENTRY).join(SHIFT, SHIFT.c.id == ENTRY.c.shift_id).where(SHIFT.c.scope_id == scope)
    if shift_id is not None:
        query = query.where(ENTRY.c.shift_id == shift_id)
    if before_id is not None:
        query = query.where(ENTRY.c.id < before_id)
    rows = connection.execute(query.order_by(ENTRY.c.id.desc()).limit(limit + 1)).mappings().all()
    items = [_entry(row) for row in rows[:limit]]
    return items, (items[-1]["id"] if len(rows) > limit else None)


def shift_json(row: Mapping[Any, Any]) -> dict[str, Any]:
    plain = ("id", "state", "version", "officer", "is_heard", "screen", "reason", "note", "before_id")
    moments = {name: iso(row[name]) for name in ("taken_at", "handed_at", "ended_at")}
    return {**{name: row[name] for name in plain}, **moments, "items": orjson.loads(row["items"])}


def _entry(row: RowMapping) -> dict[str, Any]:
    data = orjson.loads(row["data"]) if row["data"] else {}
    told = {name: row[name] for name in ("id", "shift_id", "actor", "kind", "text")}
    return {**told, "at": iso(row["at"]), "data": {name: value for name, value in data.items() if name != "items"}}
