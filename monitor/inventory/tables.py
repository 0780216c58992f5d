"""The inventory's rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

# PostgreSQL and SQLite name unnamed constraints differently; one migration history needs one name.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Device(SQLModel, table=True):
    """One device. ``adapter`` and ``address`` are what it is called on its own network; ``id`` is ours for ever."""

    __tablename__ = "device"
    __table_args__ = (UniqueConstraint("adapter", "address"), Index("ix_device_group_id", "group_id"))

    id: str = Field(primary_key=True, max_length=64)
    device_class: str = Field(max_length=16)
    name: str = Field(max_length=200)
    adapter: str = Field(max_length=32)
    address: str = Field(max_length=200)
    model: str | None = Field(default=None, max_length=100)
    alarm_kind: str | None = Field(default=None, max_length=16)
    is_high_mast: bool = False
    is_silent_at_site: bool = False
    place: str | None = Field(default=None, max_length=200)
    position: str | None = Field(default=None, max_length=200)
    street_address: str | None = Field(default=None, max_length=300)
    group_id: str | None = Field(default=None, max_length=64)
    group_name: str | None = Field(default=None, max_length=200)
    latitude: float | None = None
    longitude: float | None = None
    supervision_interval_s: float | None = None
    search_text: str = Field(default="", max_length=1000)
    registered_at: datetime
