"""Rows of the places devices stand at. Positions in degrees WGS 84."""

from __future__ import annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID, NAME, WORD


class Site(SQLModel, table=True):
    """A pole, a wall, a mast: it carries one eye or several."""

    __tablename__ = "site"
    __table_args__ = (
        Index("ix_site_group_id", "group_id"),
        Index("ix_site_latitude_longitude", "latitude", "longitude"),
    )

    id: str = Field(primary_key=True, max_length=ID)
    name: str = Field(max_length=NAME)
    location_kind: str = Field(max_length=WORD)
    group_id: str | None = Field(default=None, max_length=ID)
    latitude: float | None = None
    longitude: float | None = None


class Establishment(SQLModel, table=True):
    """A protected place with one button or several."""

    __tablename__ = "establishment"
    __table_args__ = (
        Index("ix_establishment_group_id", "group_id"),
        Index("ix_establishment_latitude_longitude", "latitude", "longitude"),
    )

    id: str = Field(primary_key=True, max_length=ID)
    name: str = Field(max_length=NAME)
    kind: str = Field(max_length=WORD)
    group_id: str | None = Field(default=None, max_length=ID)
    street_address: str | None = Field(default=None, max_length=300)
    latitude: float | None = None
    longitude: float | None = None
