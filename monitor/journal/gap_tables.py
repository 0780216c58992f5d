"""Rows of what a sender counted and nobody heard, and of where it began to count anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID, WORD, RowId


class TallyGapRow(SQLModel, table=True):
    """``kind``: ``lost``, numbers that never came; ``restart``, a run that began. ``source``: adapter and address."""

    __tablename__ = "tally_gap"
    __table_args__ = (
        Index("ix_tally_gap_source", "source", "noticed_at"),
        Index("ix_tally_gap_device_id", "device_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    source: str = Field(max_length=300)
    device_id: str | None = Field(default=None, max_length=ID)
    kind: str = Field(max_length=WORD)
    run: str = Field(max_length=80)
    first_seq: int = Field(sa_type=RowId)
    last_seq: int = Field(sa_type=RowId)
    lost: int
    noticed_at: datetime
