"""Rows of the roster, of shifts at the desk, and of the duty log, which is only ever added to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID, NAME, NOTE, WORD, RowId


class WatchRow(SQLModel, table=True):
    """Somebody stands duty in a role, from one moment to another. ``scope_id``: an area, "" for the whole post.

    ``name``: a role's name. ``way``: ``channel:address``, where the ways of the role do not reach them.
    ``removed_at``: taken off the roster; the row stays, for the duty log speaks of it.
    """

    __tablename__ = "watch"
    __table_args__ = (Index("ix_watch_role_ends_at", "role", "ends_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    role: str = Field(max_length=WORD)
    scope_id: str = Field(default="", max_length=ID)
    name: str = Field(max_length=NAME)
    person_id: str | None = Field(default=None, max_length=ID)
    way: str | None = Field(default=None, max_length=NAME)
    starts_at: datetime
    ends_at: datetime
    entered_at: datetime
    entered_by: str = Field(max_length=ID)
    removed_at: datetime | None = None
    removed_by: str | None = Field(default=None, max_length=ID)


class ShiftRow(SQLModel, table=True):
    """One officer at the desk. ``scope_id``: the area the account is bound to, "" for the whole post.

    ``is_heard``: the test tone, at ``screen``. ``reason``: why it was taken without a hand-over, or without a tone.
    ``note``: of the outgoing officer; ``items``: what was open when it was taken, as JSON.
    """

    __tablename__ = "shift"
    __table_args__ = (Index("ix_shift_scope_id_ended_at", "scope_id", "ended_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    scope_id: str = Field(default="", max_length=ID)
    state: str = Field(max_length=WORD)
    version: int
    officer: str = Field(max_length=ID)
    taken_at: datetime
    is_heard: bool
    screen: str = Field(max_length=64)
    reason: str | None = Field(default=None, max_length=NOTE)
    items: str = Field(sa_type=Text)
    before_id: int | None = Field(default=None, sa_type=RowId)
    handed_at: datetime | None = None
    note: str | None = Field(default=None, max_length=2000)
    ended_at: datetime | None = None


class ShiftEntryRow(SQLModel, table=True):
    """A line of the duty log. ``data``: JSON, with what the line speaks of."""

    __tablename__ = "shift_entry"
    __table_args__ = (Index("ix_shift_entry_shift_id", "shift_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    shift_id: int = Field(sa_type=RowId)
    at: datetime
    actor: str = Field(max_length=ID)
    kind: str = Field(max_length=WORD)
    text: str | None = Field(default=None, max_length=2000)
    data: str | None = Field(default=None, sa_type=Text)
