"""Rows of lists that were taken in: what came, what was decided about it, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID, NAME, WORD, RowId


class ImportBatch(SQLModel, table=True):
    """One list. ``state``: draft | committed | undone. What it wrote is in the journal of edits, by its source.

    ``scope``: the territory of whoever brought it, None for everywhere. ``area_id``: where eyes count that stand in
    no group. ``decisions``: JSON list of what a person answered; ``counts``: JSON of the dry run it was written from.
    """

    __tablename__ = "import_batch"
    __table_args__ = (Index("ix_import_batch_user_name", "user_name"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    user_name: str = Field(max_length=ID)
    scope: str | None = Field(default=None, max_length=ID)
    area_id: str | None = Field(default=None, max_length=ID)
    created_at: datetime
    file_name: str = Field(max_length=NAME)
    sha256: str = Field(max_length=64)
    sheet: str = Field(default="", max_length=NAME)
    kind: str | None = Field(default=None, max_length=WORD)
    state: str = Field(max_length=WORD)
    decisions: str = Field(default="[]", sa_type=Text)
    counts: str = Field(default="{}", sa_type=Text)
    committed_at: datetime | None = None
    undone_at: datetime | None = None
    undone_by: str | None = Field(default=None, max_length=ID)


class ImportFile(SQLModel, table=True):
    """The file of a batch, apart, so that no list carries files along. Gone when it can no longer be undone."""

    __tablename__ = "import_file"

    batch_id: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})
    content: bytes = Field(sa_type=LargeBinary)
