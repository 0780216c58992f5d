"""Saved views of the device list: kept, shared, forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, cast, delete, insert, or_, select

from monitor.errors import UnknownRecord
from monitor.inventory.collation import vietnamese_key
from monitor.inventory.search_tables import SavedView
from monitor.journal.database import table

_VIEW = table(SavedView)


@dataclass(frozen=True, slots=True)
class NewView:
    """As in ``search_tables.SavedView``."""

    owner: str
    name: str
    question: str
    is_shared: bool
    created_at: datetime


def views_of(connection: Connection, owner: str) -> list[Mapping[str, Any]]:
    """One's own first, then what others share; by name."""
    query = select(_VIEW).where(or_(_VIEW.c.owner == owner, _VIEW.c.is_shared))
    views = [dict(row) for row in connection.execute(query).mappings()]
    return sorted(views, key=lambda view: (view["owner"] != owner, vietnamese_key(view["name"]), view["owner"]))


def save(tx: Connection, new: NewView) -> Mapping[str, Any]:
    """In place of one's own of that name."""
    tx.execute(delete(_VIEW).where(_VIEW.c.owner == new.owner, _VIEW.c.name == new.name))
    return dict(tx.execute(insert(_VIEW).values(asdict(new)).returning(_VIEW)).mappings().one())


def remove(tx: Connection, view_id: str, owner: str) -> None:
    """Raises ``UnknownRecord``, for another's too."""
    own = select(_VIEW.c.id).where(cast(_VIEW.c.id, String) == view_id, _VIEW.c.owner == owner)
    if not tx.execute(delete(_VIEW).where(_VIEW.c.id.in_(own))).rowcount:
        raise UnknownRecord(f"you have no view {view_id}")
