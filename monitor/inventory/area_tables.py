"""Rows of the area tree: what there is, since when, under whom, and what became of it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID, NAME, NOTE, WORD

# The first day of an area nobody knows the beginning of. A day and not NULL: NULLs are never equal, so the
# unique pair of code and first day would let the same area in twice.
SINCE_EVER = date(1, 1, 1)


class Area(SQLModel, table=True):
    """One area while it is one and the same. Official codes are given again to other territory: ``id`` never is.

    ``valid_to``: its last day, None while it lasts. ``kind``: what it calls itself (see ``area_kinds.csv``).
    ``parent_id``: the newest known; earlier ones are in ``AreaPast``. Position in degrees WGS 84.
    """

    __tablename__ = "area"
    __table_args__ = (
        UniqueConstraint("official_code", "valid_from"),
        Index("ix_area_parent_id", "parent_id"),
        Index("ix_area_level", "level"),
    )

    id: str = Field(primary_key=True, max_length=ID)
    level: str = Field(max_length=WORD)
    kind: str = Field(default="", max_length=WORD)
    name: str = Field(max_length=NAME)
    official_code: str | None = Field(default=None, max_length=WORD)
    parent_id: str | None = Field(default=None, max_length=ID)
    valid_from: date = SINCE_EVER
    valid_to: date | None = None
    beat_id: str | None = Field(default=None, max_length=ID)
    latitude: float | None = None
    longitude: float | None = None
    search_text: str = Field(default="", max_length=1000)


class AreaPast(SQLModel, table=True):
    """The parent an area had up to and with ``valid_to``. A row for each move, so no past report changes."""

    __tablename__ = "area_past"

    area_id: str = Field(primary_key=True, max_length=ID)
    valid_to: date = Field(primary_key=True)
    parent_id: str | None = Field(default=None, max_length=ID)


class DevicePast(SQLModel, table=True):
    """Where a device counted up to and with ``valid_to``. A row for each move."""

    __tablename__ = "device_past"

    device_id: str = Field(primary_key=True, max_length=ID)
    valid_to: date = Field(primary_key=True)
    group_id: str | None = Field(default=None, max_length=ID)
    area_id: str | None = Field(default=None, max_length=ID)


class AreaSuccession(SQLModel, table=True):
    """``new_id`` took over all of ``old_id``, or a part: many to many. ``effective_on``: the new one's first day."""

    __tablename__ = "area_succession"
    __table_args__ = (Index("ix_area_succession_new_id", "new_id"),)

    old_id: str = Field(primary_key=True, max_length=ID)
    new_id: str = Field(primary_key=True, max_length=ID)
    kind: str = Field(max_length=WORD)
    effective_on: date
    note: str | None = Field(default=None, max_length=NOTE)
    document: str | None = Field(default=None, max_length=NAME)


class LayerPlan(SQLModel, table=True):
    """A plan of rings around a centre (border, neighbours, centre), of areas of several owners."""

    __tablename__ = "layer_plan"

    id: str = Field(primary_key=True, max_length=ID)
    name: str = Field(default="", max_length=NAME)
    valid_from: date
    valid_to: date | None = None


class LayerMember(SQLModel, table=True):
    __tablename__ = "layer_member"

    plan_id: str = Field(primary_key=True, max_length=ID)
    area_id: str = Field(primary_key=True, max_length=ID)
    layer: int
