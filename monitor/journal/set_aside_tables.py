"""Rows of what people have put aside: shelves of alarms, devices out of service; and of alarms that chatter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import NOTE, RowId

_GOES_ON = text("ended_at IS NULL")


class ShelfRow(SQLModel, table=True):
    """An alarm of a source put aside for a while. ``ending``: expired, taken_off (by ``ended_by``), renewed or out.

    ``alarm_id``: the one it was shelved from. ``row_id``: the first of an unbroken row of shelves, which began at
    ``first_at`` and is so many ``times`` long.
    """

    __tablename__ = "shelf"
    __table_args__ = (
        Index("ux_shelf_live", "source", "kind", unique=True, sqlite_where=_GOES_ON, postgresql_where=_GOES_ON),
        Index("ix_shelf_source", "source", "kind", "id"),
        Index("ix_shelf_until_at", "until_at", sqlite_where=_GOES_ON, postgresql_where=_GOES_ON),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    source: str = Field(max_length=240)
    kind: str = Field(max_length=16)
    device_id: str | None = Field(default=None, max_length=64)
    alarm_id: int = Field(sa_type=RowId)
    reason: str = Field(max_length=NOTE)
    shelved_at: datetime
    shelved_by: str = Field(max_length=64)
    until_at: datetime
    row_id: int | None = Field(default=None, sa_type=RowId)
    first_at: datetime
    times: int = 1
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, max_length=64)
    ending: str | None = Field(default=None, max_length=16)


class OutOfServiceRow(SQLModel, table=True):
    """A while in which a device is out of service. Its calls for help ring all the same."""

    __tablename__ = "out_of_service"
    __table_args__ = (
        Index("ux_out_of_service_live", "device_id", unique=True, sqlite_where=_GOES_ON, postgresql_where=_GOES_ON),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    device_id: str = Field(max_length=64)
    reason: str = Field(max_length=NOTE)
    since_at: datetime
    taken_by: str = Field(max_length=64)
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, max_length=64)


class ChatterRow(SQLModel, table=True):
    """An alarm that comes again and again: held as one until it has been calm for a while."""

    __tablename__ = "chatter"
    __table_args__ = (
        Index("ux_chatter_live", "source", "kind", unique=True, sqlite_where=_GOES_ON, postgresql_where=_GOES_ON),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    source: str = Field(max_length=240)
    kind: str = Field(max_length=16)
    device_id: str | None = Field(default=None, max_length=64)
    alarm_id: int = Field(sa_type=RowId)
    began_at: datetime
    activations: int
    last_at: datetime
    ended_at: datetime | None = None
