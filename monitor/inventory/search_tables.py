"""Rows the device list is found by, and the questions people keep."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID, NAME, WORD, RowId

_COUNTED = ("place_id", "kind", "lifecycle", "funding", "custodian_id", "test_interval_days")


class DeviceSearch(SQLModel, table=True):
    """A device as it is looked for: narrow, so that all of them are read in milliseconds.

    Made from ``Device`` by ``device_index``, never written by anybody else. ``kind``: the class, but ``mast`` for an
    eye on a high mast. ``place_id``: its group, else its area. ``plain`` holds every word folded, ``marked`` the same
    with marks. The keys sort as people do.
    """

    __tablename__ = "device_search"
    __table_args__ = (
        # Everything a keystroke asks for, in the order of the answer: nothing but this index is read.
        Index("ix_device_search_found", "name_key", "plain", *_COUNTED, "device_id").ddl_if(dialect="sqlite"),
        # PostgreSQL takes no row of more than 2704 bytes into an index, and the words of one device may be more.
        Index("ix_device_search_name_key", "name_key", "device_id").ddl_if(dialect="postgresql"),
        # The same without words, for counting.
        Index("ix_device_search_counted", *_COUNTED, "device_id"),
        Index("ix_device_search_id_key", "id_key"),
        Index("ix_device_search_group_key", "group_key", "name_key"),
    )

    device_id: str = Field(primary_key=True, max_length=ID)
    kind: str = Field(max_length=WORD)
    lifecycle: str = Field(max_length=WORD)
    funding: str | None = Field(default=None, max_length=WORD)
    place_id: str | None = Field(default=None, max_length=ID)
    custodian_id: str | None = Field(default=None, max_length=ID)
    test_interval_days: int | None = None
    registered_at: datetime
    plain: str = Field(sa_type=Text)
    marked: str = Field(sa_type=Text)
    id_key: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Text)
    group_key: str = Field(sa_type=Text)


class SavedView(SQLModel, table=True):
    """A question somebody gave a name: filters and order as they stand in the page's address."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner", "name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    owner: str = Field(max_length=ID)
    name: str = Field(max_length=NAME)
    question: str = Field(max_length=2000)
    is_shared: bool = False
    created_at: datetime
