"""Rows of what people report themselves: signals of the gong, and tips. No column is for whom somebody suspects."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID, NAME, WORD, RowId


class GongSignalRow(SQLModel, table=True):
    """A gong was struck, says somebody: so many rolls of so many strokes (0 rolls or strokes: without a pause).

    ``meaning``: a word of ``config/gong_codes.toml``, as it was when it was logged.
    """

    __tablename__ = "gong_signal"
    __table_args__ = (Index("ix_gong_signal_area_id", "area_id", "struck_at"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    struck_at: datetime
    area_id: str | None = Field(default=None, max_length=ID)
    device_id: str | None = Field(default=None, max_length=ID)
    place: str = Field(max_length=NAME)
    code: str = Field(max_length=WORD)
    rolls: int
    strokes: int
    meaning: str = Field(max_length=NAME)
    is_alarm: bool
    note: str | None = Field(default=None, max_length=500)
    logged_at: datetime
    logged_by: str = Field(max_length=64)


class TipRow(SQLModel, table=True):
    """What a citizen told the police. ``source``: the way it came, never who told it."""

    __tablename__ = "tip"
    __table_args__ = (Index("ix_tip_area_id", "area_id", "told_at"), Index("ix_tip_told_at", "told_at"))

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    told_at: datetime
    area_id: str | None = Field(default=None, max_length=ID)
    source: str = Field(max_length=WORD)
    text: str = Field(max_length=2000)
    is_valuable: bool | None = None  # None: nobody has rated it
    rated_at: datetime | None = None
    rated_by: str | None = Field(default=None, max_length=64)
    logged_at: datetime
    logged_by: str = Field(max_length=64)


class ZaloHeardRow(SQLModel, table=True):
    """What a user or a group of Zalo told the Official Account. ``key``: digest of what makes it one of its kind, for
    Zalo tells it again where our answer got lost. ``tip_id``: the tip it was taken for.
    """

    __tablename__ = "zalo_heard"
    __table_args__ = (
        Index("ix_zalo_heard_key", "key", unique=True),
        Index("ix_zalo_heard_user_id", "user_id", "said_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    key: str = Field(max_length=64)
    event: str = Field(max_length=64)
    user_id: str = Field(max_length=NAME)
    group_id: str | None = Field(default=None, max_length=NAME)
    text: str = Field(max_length=2000)
    said_at: datetime
    received_at: datetime
    tip_id: int | None = Field(default=None, sa_type=RowId)
