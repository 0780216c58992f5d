"""Rows of calls to sound sirens, and of the order to each siren of a call."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID, NOTE, WORD, RowId


class SirenCallRow(SQLModel, table=True):
    """What an officer asked for. ``area_id``: asked for as a whole. ``second_*``: of the other officer that a wide call
    needs."""

    __tablename__ = "siren_call"
    __table_args__ = (Index("ix_siren_call_incident_id", "incident_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    reason: str = Field(max_length=NOTE)
    area_id: str | None = Field(default=None, max_length=ID)
    incident_id: int | None = Field(default=None, sa_type=RowId)
    for_s: int
    is_wide: bool
    asked_at: datetime
    asked_by: str = Field(max_length=ID)
    second_until_at: datetime | None = None
    second_at: datetime | None = None
    second_by: str | None = Field(default=None, max_length=ID)
    stopped_at: datetime | None = None
    stopped_by: str | None = Field(default=None, max_length=ID)


class SirenOrderRow(SQLModel, table=True):
    """One siren of a call, as ``machines.siren`` has it. ``order_id``: what the siren knows it by, for each try."""

    __tablename__ = "siren_order"
    __table_args__ = (
        Index("ix_siren_order_next_at", "next_at"),
        Index("ix_siren_order_call_id", "call_id"),
        Index("ix_siren_order_device_id", "device_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    call_id: int = Field(sa_type=RowId)
    device_id: str = Field(max_length=ID)
    order_id: str = Field(max_length=ID)
    for_s: int
    state: str = Field(max_length=WORD)
    next_at: datetime | None = None
    off_due_at: datetime | None = None
    attempts: int = 0
    acknowledged_at: datetime | None = None
    sounding_at: datetime | None = None
    off_at: datetime | None = None
