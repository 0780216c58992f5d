"""What senders counted and nobody heard, as rows: written when it is proved, read by device."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from monitor.inventory.edits import core
from monitor.journal.gap_tables import TallyGapRow
from monitor.journal.times import iso

GAP = core(TallyGapRow)
LOST, RESTART = "lost", "restart"
KEPT_FOR = timedelta(days=90)
# A sender that loses all the time is one row an hour, with what it came to.
_JOINED_WITHIN = timedelta(hours=1)
_MOST = 50


def keep_gap(tx: Connection, row: Mapping[str, Any]) -> None:
    same = (GAP.c.source == row["source"]) & (GAP.c.kind == row["kind"]) & (GAP.c.run == row["run"])
    last = select(GAP.c.id).where(same, GAP.c.noticed_at >= row["noticed_at"] - _JOINED_WITHIN)
    if row["kind"] == LOST and (found := tx.execute(last.order_by(GAP.c.id.desc()).limit(1)).scalar()) is not None:
        more = {"last_seq": row["last_seq"], "lost": GAP.c.lost + row["lost"]}
        tx.execute(update(GAP).where(GAP.c.id == found).values(**more))
        return
    tx.execute(insert(GAP).values(**row))


def gaps_of(connection: Connection, device_id: str, now: datetime) -> dict[str, Any]:
    """``items``: the newest first; ``lost`` and ``restarts`` are counted over all that is kept."""
    mine = (GAP.c.device_id == device_id) & (GAP.c.noticed_at >= now - KEPT_FOR)
    rows = connection.execute(select(GAP).where(mine).order_by(GAP.c.id.desc()).limit(_MOST)).mappings()
    restarts = func.count().filter(GAP.c.kind == RESTART)
    sums = connection.execute(select(func.coalesce(func.sum(GAP.c.lost), 0), restarts).where(mine)).one()
    names = ("kind", "run", "first_seq", "last_seq", "lost", "noticed_at")
    items = [{name: row[name] for name in names} | {"noticed_at": iso(row["noticed_at"])} for row in rows]
    return {"items": items, "lost": int(sums[0]), "restarts": int(sums[1])}


def clear_gaps(tx: Connection, now: datetime) -> None:
    tx.execute(delete(GAP).where(GAP.c.noticed_at < now - KEPT_FOR))
