"""Rows of outages: many devices down by one cause, told as one alarm."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import RowId


class OutageRow(SQLModel, table=True):
    """What an alarm of kind ``outage`` is about. ``cause``: what kind of thing ``cause_key`` names.

    ``rung_for``: how many were down when it last rang. ``closed_at``: when everybody was back, or it became a part of
    a larger one.
    """

    __tablename__ = "outage"

    alarm_id: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})
    name: str = Field(max_length=64, unique=True)
    cause: str = Field(max_length=16)
    cause_key: str = Field(max_length=64)
    began_at: datetime
    rung_for: int
    closed_at: datetime | None = None


class OutageMemberRow(SQLModel, table=True):
    """One device of an outage. ``how``: by its last will, by silence, or on the word of its probe."""

    __tablename__ = "outage_member"
    __table_args__ = (Index("ix_outage_member_device_id", "device_id"),)

    alarm_id: int = Field(primary_key=True, sa_type=RowId)
    device_id: str = Field(primary_key=True, max_length=64)
    how: str = Field(max_length=24)
    joined_at: datetime
    back_at: datetime | None = None
