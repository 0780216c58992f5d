"""Rows of drills, and of whom they would have told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID, NAME, WORD, RowId


class DrillRow(SQLModel, table=True):
    """One drill. ``script``: what is pressed when, as JSON; ``played``: how many of its presses were made.

    ``settled_at``: what it left open was put away; until then the watch looks after it.
    """

    __tablename__ = "drill"
    __table_args__ = (Index("ix_drill_settled_at", "settled_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    title: str = Field(max_length=NAME)
    script: str = Field(sa_type=Text)
    played: int = 0
    started_at: datetime
    started_by: str = Field(max_length=ID)
    expires_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, max_length=ID)
    ending: str | None = Field(default=None, max_length=WORD)
    settled_at: datetime | None = None


class DrillTellingRow(SQLModel, table=True):
    """What would have been a duty: nobody is told. ``about``: as of a duty."""

    __tablename__ = "drill_telling"
    __table_args__ = (Index("ix_drill_telling_drill_id", "drill_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    drill_id: int = Field(sa_type=RowId)
    alarm_id: int = Field(sa_type=RowId)
    about: str = Field(max_length=8)
    role: str = Field(max_length=WORD)
    recipient: str = Field(max_length=NAME)
    channel: str = Field(max_length=WORD)
    is_stopped_by_ack: bool
    decided_at: datetime
    due_at: datetime
