"""What ingest workers took in, until the monitor that leads has read it. Empty where there are no workers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import RowId


class InboxRow(SQLModel, table=True):
    """One message as it came off the wire. It goes in the transaction of what follows from it."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_is_urgent_id", "is_urgent", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    is_urgent: bool
    adapter: str = Field(max_length=32)
    topic: str = Field(sa_type=Text)
    payload: bytes
    received_at: datetime
    qos: int
    is_redelivery: bool
    delivery: str | None = Field(default=None, max_length=120)


class IngestSessionRow(SQLModel, table=True):
    """A session of a worker at the broker, which gets its share of all messages until the worker is retired.

    ``holder``: the process that used it last, for people to read.
    """

    __tablename__ = "ingest_session"

    client_id: str = Field(primary_key=True, max_length=80)
    worker: str = Field(max_length=32)
    holder: str = Field(max_length=200)
    since_at: datetime
