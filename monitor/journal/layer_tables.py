"""Rows of warnings by a plan of rings: which units were told, who answered, and whom a cancel reaches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID, NAME, WORD, RowId


class LayerWarningRow(SQLModel, table=True):
    """A plan warned of an incident. ``is_settled``: cancelled, and everybody who was told knows."""

    __tablename__ = "layer_warning"
    __table_args__ = (Index("ix_layer_warning_incident_id", "incident_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    incident_id: int = Field(sa_type=RowId)
    alarm_id: int = Field(sa_type=RowId)
    plan_id: str = Field(max_length=ID)
    plan_name: str = Field(max_length=NAME)
    begun_at: datetime
    cancelled_at: datetime | None = None
    cancelled_by: str | None = Field(default=None, max_length=ID)
    is_settled: bool = False


class LayerRingRow(SQLModel, table=True):
    """One ring of a warning. ``after_s`` None: on a person's order. ``raised_at``: it was late, and that was told."""

    __tablename__ = "layer_ring"

    warning_id: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})
    layer: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    after_s: float | None = None
    answer_s: float
    told_at: datetime | None = None
    told_by: str | None = Field(default=None, max_length=ID)
    raised_at: datetime | None = None


class LayerPostRow(SQLModel, table=True):
    """The post of one unit. ``layer`` None: mixed of several rings, so nobody told it by itself (``layers``: which)."""

    __tablename__ = "layer_post"
    __table_args__ = (UniqueConstraint("warning_id", "area_id"), Index("ix_layer_post_area_id", "area_id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    warning_id: int = Field(sa_type=RowId)
    area_id: str = Field(max_length=ID)
    name: str = Field(max_length=NAME)
    layer: int | None = None
    layers: str | None = Field(default=None, max_length=WORD)
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = Field(default=None, max_length=ID)


class LayerNoticeRow(SQLModel, table=True):
    """Which duty tells which post; by another way it goes on as another duty, which names this one."""

    __tablename__ = "layer_notice"
    __table_args__ = (Index("ix_layer_notice_post_id", "post_id"),)

    duty_id: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})
    post_id: int = Field(sa_type=RowId)
    is_cancel: bool = False
