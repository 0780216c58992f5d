"""Rows of what has been: spans of state, blind times, counts by the hour, and what was cleared away."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import RowId


class SpanRow(SQLModel, table=True):
    """A device was in ``state`` from ``began_ms`` to ``ended_ms`` (None: it still is), Unix milliseconds in UTC.

    Whole numbers and not moments, for they are added up in their millions. ``is_planned``: it was under planned
    maintenance, or not yet in service, whatever its state. A busy day is merged into one row after a while:
    ``changes`` is then how many spans it was, ``state`` the last of them, and the last five columns what they came to.
    """

    __tablename__ = "state_span"
    __table_args__ = (
        Index("ix_state_span_device_id_began_ms", "device_id", "began_ms"),
        Index("ix_state_span_ended_ms", "ended_ms"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    device_id: str = Field(max_length=64)
    began_ms: int = Field(sa_type=BigInteger)
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)
    state: str = Field(max_length=16)
    is_planned: bool = False
    changes: int = 1
    working_ms: int | None = Field(default=None, sa_type=BigInteger)
    down_ms: int | None = Field(default=None, sa_type=BigInteger)
    unknown_ms: int | None = Field(default=None, sa_type=BigInteger)
    planned_ms: int | None = Field(default=None, sa_type=BigInteger)
    blind_ms: int | None = Field(default=None, sa_type=BigInteger)


class BlindRow(SQLModel, table=True):
    """The monitor itself heard nothing: who fell silent then is nobody's fault. ``ended_ms`` None: it still is so."""

    __tablename__ = "blind_span"
    __table_args__ = (Index("ix_blind_span_ended_ms", "ended_ms"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    began_ms: int = Field(sa_type=BigInteger)
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)
    reason: str = Field(max_length=16)  # stopped | unlinked | frozen


class HourCountRow(SQLModel, table=True):
    """How often a device was heard in each hour of a day in Vietnam: 24 numbers of two bytes, the lower byte first.

    One row a day and not one an hour: a sixth of the space, and the table stays shallow for 100,000 devices.
    """

    __tablename__ = "hour_count"
    __table_args__ = (Index("ix_hour_count_day", "day"),)

    device_id: str = Field(primary_key=True, max_length=64)
    day: date = Field(primary_key=True)
    heard: bytes = Field(sa_type=LargeBinary)


class ClearedRow(SQLModel, table=True):
    """How many rows of a kind were cleared away, merged or never stored on a day: what is gone is still counted."""

    __tablename__ = "cleared"

    what: str = Field(primary_key=True, max_length=32)
    day: date = Field(primary_key=True)
    rows: int = Field(default=0, sa_type=BigInteger)
