"""When the monitor heard nothing, as rows; and when it was last there to hear, for the next start."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, or_, select, update

from monitor.inventory.edits import core
from monitor.journal.events import recalled, remember
from monitor.journal.history_tables import BlindRow
from monitor.journal.spans import BlindTimes
from monitor.journal.times import iso, unix_ms

BLIND = core(BlindRow)


def keep_blind(tx: Connection, began_at: datetime, ended_at: datetime | None, reason: str) -> None:
    """Begins the stretch, or ends the one that lasts; there is one at a time."""
    began_ms = unix_ms(began_at)
    if ended_at is not None:
        lasting = update(BLIND).where(BLIND.c.ended_ms.is_(None))
        if tx.execute(lasting.values(ended_ms=max(began_ms, unix_ms(ended_at)))).rowcount:
            return
    tx.execute(insert(BLIND).values(began_ms=began_ms, ended_ms=unix_ms(ended_at), reason=reason))


def lasting_since(connection: Connection) -> int | None:
    """When the stretch began that lasts, in Unix milliseconds."""
    return connection.execute(select(BLIND.c.began_ms).where(BLIND.c.ended_ms.is_(None))).scalar()


def note_watched(tx: Connection, at: datetime) -> None:
    remember(tx, "history", "watched", iso(at))


def last_watched(connection: Connection) -> datetime | None:
    """When the monitor last was there; None before its first time."""
    noted = recalled(connection, "history", "watched")
    return None if noted is None else datetime.fromisoformat(noted)


def blind_times(connection: Connection, from_ms: int, to_ms: int) -> BlindTimes:
    """Those that touch the period, cut to it; what lasts goes to its end."""
    ended = func.coalesce(BLIND.c.ended_ms, to_ms)
    touches = or_(BLIND.c.ended_ms.is_(None), BLIND.c.ended_ms > from_ms)
    query = select(BLIND.c.began_ms, ended).where(touches, BLIND.c.began_ms < to_ms)
    return BlindTimes((max(began, from_ms), min(end, to_ms)) for began, end in connection.execute(query))
