"""Rows of what was declared, beside what is counted, and of everything people did: the audit journal."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID, NAME, NOTE, WORD, RowId


class DeclaredFact(SQLModel, table=True):
    """A figure as its source printed it. It never replaces a counted one, and is never worked out anew.

    ``base_value``: the m of "n of m", which belongs to the fact for ever. ``area_name`` is the source's own;
    ``area_id`` the area it was found to mean. ``parts``: JSON of further figures of the same fact.
    """

    __tablename__ = "declared_fact"
    __table_args__ = (Index("ix_declared_fact_area_id_indicator", "area_id", "indicator"),)

    id: str = Field(primary_key=True, max_length=300)
    source: str = Field(max_length=NAME)
    area_name: str = Field(max_length=NAME)
    area_id: str | None = Field(default=None, max_length=ID)
    indicator: str = Field(max_length=100)
    value: float | None = None
    value_text: str | None = Field(default=None, max_length=NAME)  # where it is no number
    qualifier: str = Field(max_length=WORD)
    base_value: float | None = None
    unit: str | None = Field(default=None, max_length=WORD)
    as_of: date | None = None
    period_from: date | None = None
    period_to: date | None = None
    parts: str = Field(default="{}", sa_type=Text)
    note: str | None = Field(default=None, max_length=NOTE)


class EditRow(SQLModel, table=True):
    """One edit of one row, or something people did; only ever added. ``before`` and ``after``: JSON of what changed.

    A row that was added has no ``before``, one that was removed no ``after``. ``source``: the form, file or
    program it came by. ``hash`` binds it to the row before it: see ``audit.py``.
    """

    __tablename__ = "edit"
    __table_args__ = (Index("ix_edit_entity_entity_id", "entity", "entity_id"), Index("ix_edit_source", "source"))

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    at: datetime
    actor: str = Field(max_length=ID)
    source: str = Field(max_length=NAME)
    entity: str = Field(max_length=WORD)  # the table
    entity_id: str = Field(max_length=300)
    change: str = Field(max_length=WORD)  # added | changed | removed
    before: str | None = Field(default=None, sa_type=Text)
    after: str | None = Field(default=None, sa_type=Text)
    hash: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
