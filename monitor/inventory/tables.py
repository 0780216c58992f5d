"""The device's row, and how all tables name their constraints. Areas, places, people, figures: the modules beside."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Index, Integer, TypeDecorator, UniqueConstraint, text
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

from monitor.inventory.kinds import Conformity, Consent, Lifecycle

# Longest texts, in characters.
ID, WORD, NAME, NOTE = 64, 24, 200, 500
NATIVE = "native"  # the adapter of our own contract, where a device's address is its account's name

# Rows are written and read column by column, and checked before: of no table's class an instance is ever made. What
# would check one is not built: a tenth of what a start has to load.
SQLModel.model_config["defer_build"] = True

# PostgreSQL and SQLite name unnamed constraints differently; one migration history needs one name.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class RowId(TypeDecorator[int]):
    """The number of a row in a table that only ever grows: eight bytes, as SQLite's integers have anyway."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # SQLite gives numbers out by itself to a column of exactly this type.
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


def _word(default: str) -> Any:
    """A column that was added to rows already there: the database itself knows what they say."""
    return Field(default=str(default), max_length=WORD, sa_column_kwargs={"server_default": str(default)})


class Device(SQLModel, table=True):
    """One device; a camera is one eye. ``adapter`` and ``address``: its name on its own network; ``id``: ours for ever.

    ``group_id`` is the residential group it stands in now, ``area_id`` the area it counts in where that is none.
    ``parent_id``: the recorder or gateway it hangs on. Where it stood before: ``area_tables.DevicePast``.
    """

    __tablename__ = "device"
    __table_args__ = (
        UniqueConstraint("adapter", "address"),
        Index("ix_device_group_id", "group_id"),
        Index("ix_device_area_id", "area_id"),
        Index("ix_device_site_id", "site_id"),
        Index("ix_device_establishment_id", "establishment_id"),
        Index("ix_device_custodian_id", "custodian_id"),
        Index("ix_device_parent_id", "parent_id"),
        Index("ix_device_power_feeder", "power_feeder"),
        Index("ix_device_latitude_longitude", "latitude", "longitude"),
        Index("ix_device_serial", "serial"),
        Index(
            "ix_device_tested",
            "id",
            sqlite_where=text("test_interval_days IS NOT NULL"),
            postgresql_where=text("test_interval_days IS NOT NULL"),
        ),
    )

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
    supervision_hours: str | None = Field(default=None, max_length=100)  # when it is expected; as `hours` reads them
    search_text: str = Field(default="", max_length=1000)
    registered_at: datetime
    area_id: str | None = Field(default=None, max_length=ID)
    site_id: str | None = Field(default=None, max_length=ID)
    eye_no: int | None = None
    establishment_id: str | None = Field(default=None, max_length=ID)
    button_no: int | None = None
    rings_at: str | None = Field(default=None, max_length=ID)
    parent_id: str | None = Field(default=None, max_length=ID)
    watch_method: str | None = Field(default=None, max_length=WORD)
    serial: str | None = Field(default=None, max_length=100)
    maker: str | None = Field(default=None, max_length=100)
    firmware: str | None = Field(default=None, max_length=100)
    bearing_deg: float | None = None  # clockwise from north
    power_feeder: str | None = Field(default=None, max_length=ID)
    network_provider: str | None = Field(default=None, max_length=ID)
    funding: str | None = Field(default=None, max_length=WORD)
    owner_kind: str | None = Field(default=None, max_length=WORD)
    custodian_id: str | None = Field(default=None, max_length=ID)
    retention_days: int | None = None
    test_interval_days: int | None = None
    qcvn135: str = _word(Conformity.UNKNOWN)
    has_own_password: bool | None = None  # the maker's default was changed; None: nobody has looked
    consent: str = _word(Consent.UNKNOWN)
    is_notice_posted: bool | None = None  # a sign tells passers-by of the camera
    lifecycle: str = _word(Lifecycle.ACTIVE)
    installed_on: date | None = None
    retired_on: date | None = None  # the first day it no longer counts
    recorder: str | None = Field(default=None, max_length=100)  # what keeps its footage, as people said
    note: str | None = Field(default=None, max_length=NOTE)
