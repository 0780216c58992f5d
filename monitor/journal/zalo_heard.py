"""What came from Zalo, as rows: kept once each; what a citizen writes is a tip too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from monitor.inventory.audit import Edit, audit
from monitor.inventory.edits import core
from monitor.journal.heard import Heard
from monitor.journal.report_tables import TipRow, ZaloHeardRow

HEARD, _TIP = core(ZaloHeardRow), core(TipRow)
SOURCE = "zalo"
# How long after a user's last message the account may write to them: without a price, and at all.
FREE_FOR, OPEN_FOR = timedelta(hours=48), timedelta(days=7)


def keep_heard(tx: Connection, heard: Heard, now: datetime, *, is_tip: bool) -> bool:
    """False where it is kept already."""
    if tx.execute(select(HEARD.c.id).where(HEARD.c.key == heard.key)).first() is not None:
        return False
    tip_id = _log_tip(tx, heard, now) if is_tip else None
    tx.execute(insert(HEARD).values(**asdict(heard), received_at=now, tip_id=tip_id))
    return True


def heard_page(connection: Connection, limit: int, before_id: int | None) -> tuple[list[dict[str, Any]], int | None]:
    """Newest first, each with the user's window; and the id the next page starts below."""
    last = select(HEARD.c.user_id, func.max(HEARD.c.said_at).label("last_at")).where(HEARD.c.event.like("user_send_%"))
    spoke = last.group_by(HEARD.c.user_id).subquery()
    query = select(HEARD, spoke.c.last_at).outerjoin(spoke, spoke.c.user_id == HEARD.c.user_id)
    if before_id is not None:
        query = query.where(HEARD.c.id < before_id)
    rows = connection.execute(query.order_by(HEARD.c.id.desc()).limit(limit + 1)).mappings().all()
    items = [_with_window(dict(row)) for row in rows[:limit]]
    return items, (items[-1]["id"] if len(rows) > limit else None)


def _with_window(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in row.items() if name not in {"key", "last_at"}}
    last_at = row["last_at"]
    ends = (last_at + FREE_FOR, last_at + OPEN_FOR) if last_at else (None, None)
    return {**plain, "free_until_at": ends[0], "open_until_at": ends[1]}


def _log_tip(tx: Connection, heard: Heard, now: datetime) -> int:
    """Of no area: only accounts of the whole post see it. Who told it is no part of a tip."""
    values = {"told_at": heard.said_at, "source": SOURCE, "text": heard.text, "logged_at": now, "logged_by": SOURCE}
    tip_id: int = tx.execute(insert(_TIP).values(**values).returning(_TIP.c.id)).scalar_one()
    audit(tx, Edit(SOURCE, now, "zalo"), ("tip", str(tip_id)), "logged", {"source": SOURCE})
    return tip_id
