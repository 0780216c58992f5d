"""Rows of who keeps, who answers, and how they are reached. People are named by their role, never by their name."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from monitor.inventory.area_tables import SINCE_EVER
from monitor.inventory.tables import ID, NAME, NOTE, WORD


class Beat(SQLModel, table=True):
    """The groups one area officer is responsible for; a group names its beat (``Area.beat_id``)."""

    __tablename__ = "beat"

    id: str = Field(primary_key=True, max_length=ID)
    name: str = Field(max_length=NAME)
    area_id: str | None = Field(default=None, max_length=ID)  # the commune


class Custodian(SQLModel, table=True):
    """Who keeps devices and their footage. ``valid_to``: the last day, for an office that was closed."""

    __tablename__ = "custodian"
    __table_args__ = (Index("ix_custodian_group_id", "group_id"),)

    id: str = Field(primary_key=True, max_length=ID)
    name: str = Field(max_length=NAME)
    kind: str = Field(max_length=WORD)
    group_id: str | None = Field(default=None, max_length=ID)
    valid_to: date | None = None
    note: str | None = Field(default=None, max_length=NOTE)


class Person(SQLModel, table=True):
    """Somebody by role name. ``unit``: a custodian's id, or the office as written."""

    __tablename__ = "person"

    id: str = Field(primary_key=True, max_length=ID)
    name: str = Field(max_length=NAME)
    unit: str | None = Field(default=None, max_length=NAME)
    note: str | None = Field(default=None, max_length=NOTE)


class PersonRole(SQLModel, table=True):
    """One person may hold several roles. ``scope_id``: the beat, group or commune it is for, "" for the whole post."""

    __tablename__ = "person_role"
    __table_args__ = (Index("ix_person_role_scope_id_role", "scope_id", "role"),)

    person_id: str = Field(primary_key=True, max_length=ID)
    role: str = Field(primary_key=True, max_length=WORD)
    scope_id: str = Field(default="", primary_key=True, max_length=ID)
    valid_from: date = SINCE_EVER
    valid_to: date | None = None


class Contact(SQLModel, table=True):
    """A way to reach a person, an establishment, a custodian or a device's owner. Personal: masked until asked for."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_holder_holder_id", "holder", "holder_id"),)

    id: str = Field(primary_key=True, max_length=ID)
    holder: str = Field(max_length=WORD)  # person | establishment | custodian | device
    holder_id: str = Field(max_length=ID)
    kind: str = Field(max_length=WORD)
    value: str = Field(max_length=NAME)
    name: str | None = Field(default=None, max_length=NAME)
    rank: int = 1  # whom to call first


def contact_id(holder: str, holder_id: str, rank: int) -> str:
    """A person and a custodian may have the same id; their numbers never."""
    return f"{holder}:{holder_id[: ID - len(holder) - 5]}/{rank}"
