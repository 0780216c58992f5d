"""Saved views of the device list: kept, shared, forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, and_, cast, delete, func, insert, or_, select

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.collation import vietnamese_key
from monitor.inventory.edits import core
from monitor.inventory.search_tables import SavedView
from monitor.inventory.territory import Territory
from monitor.journal.tables import UserRow

MOST_VIEWS = 100
_VIEW, _USER = core(SavedView), core(UserRow)


@dataclass(frozen=True, slots=True)
class NewView:
    """As in ``search_tables.SavedView``."""

    owner: str
    name: str
    question: str
    is_shared: bool
    created_at: datetime


def views_of(connection: Connection, owner: str, within: Territory) -> list[Mapping[str, Any]]:
    """One's own first, then what others share; by name.

    Their names may tell of an area: shared are those of accounts in one's territory, and of accounts bound to none.
    """
    theirs = select(_USER.c.name).where(or_(_USER.c.scope.is_(None), within.clause(_USER.c.scope)))
    is_shared = and_(_VIEW.c.is_shared, _VIEW.c.owner.in_(theirs))
    query = select(_VIEW).where(or_(_VIEW.c.owner == owner, is_shared))
    views = [dict(row) for row in connection.execute(query).mappings()]
    return sorted(views, key=lambda view: (view["owner"] != owner, vietnamese_key(view["name"]), view["owner"]))


def save(tx: Connection, new: NewView) -> Mapping[str, Any]:
    """In place of one's own of that name. Raises ``Refusal`` where one has as many as anybody may."""
    tx.execute(delete(_VIEW).where(_VIEW.c.owner == new.owner, _VIEW.c.name == new.name))
    if tx.execute(select(func.count()).where(_VIEW.c.owner == new.owner)).scalar_one() >= MOST_VIEWS:
        raise Refusal(f"you have {MOST_VIEWS} saved views: forget one of them first", "too_many_views")
    return dict(tx.execute(insert(_VIEW).values(asdict(new)).returning(_VIEW)).mappings().one())


def remove(tx: Connection, view_id: str, owner: str) -> None:
    """Raises ``UnknownRecord``, for another's too."""
    own = select(_VIEW.c.id).where(cast(_VIEW.c.id, String) == view_id, _VIEW.c.owner == owner)
    if not tx.execute(delete(_VIEW).where(_VIEW.c.id.in_(own))).rowcount:
        raise UnknownRecord(f"you have no view {view_id}")
