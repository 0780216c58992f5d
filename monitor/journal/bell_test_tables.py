"""Rows of bell tests: the sessions in which presses are trials, and what came of each button."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import NOTE, RowId


class BellTestSessionRow(SQLModel, table=True):
    """A while in which presses of some buttons are trials. ``ending``: expired, done or ended (by ``ended_by``)."""

    __tablename__ = "bell_test_session"
    __table_args__ = (
        # Every press asks for the open ones.
        Index(
            "ix_bell_test_session_open",
            "expires_at",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    code_word: str = Field(max_length=64)
    opened_at: datetime
    opened_by: str = Field(max_length=64)
    expires_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, max_length=64)
    ending: str | None = Field(default=None, max_length=16)


class BellTestRow(SQLModel, table=True):
    """One button in one session, or a test it told of by itself (no session).

    ``alarm_id`` and ``version``: the press whose receipts are counted, ``measured_at`` its moment. ``shown_s``,
    ``sounded_s``: from there to the first screen and the first speaker. ``tested_before_at``: its last test before it.
    """

    __tablename__ = "bell_test"
    __table_args__ = (
        UniqueConstraint("session_id", "device_id"),
        Index("ix_bell_test_device_id", "device_id", "id"),
        Index("ix_bell_test_alarm_id", "alarm_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    session_id: int | None = Field(default=None, sa_type=RowId)
    device_id: str = Field(max_length=64)
    result: str = Field(max_length=16)
    is_over: bool = False
    at: datetime  # of the first press; before it, of the opening
    presses: int = 0
    last_press_at: datetime | None = None
    alarm_id: int | None = Field(default=None, sa_type=RowId)
    version: int = 0
    measured_at: datetime | None = None
    shown_s: float | None = None
    sounded_s: float | None = None
    tested_before_at: datetime | None = None
    judged_by: str | None = Field(default=None, max_length=64)
    note: str | None = Field(default=None, max_length=NOTE)
