"""Rows of what people must be told, of each try to tell them, and of the keys of accounts that expire."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID, NAME, NOTE, WORD, RowId


class DutyRow(SQLModel, table=True):
    """One message to one recipient by one channel: written with the transition that makes it due, settled when the
    channel has answered.

    ``about``: what it tells of, the alarm's ``ring`` or its ``end``, the ``dispatch`` of forces or its ``recall``, or a
    warning of ``layers``. ``code``: what people call the alarm. ``otherwise``: further ways, as JSON. ``next_at``: when
    to try, not before ``due_at``.
    ``is_repeat``: an earlier try may have arrived. ``is_stop_asked``: acknowledged while on its way.
    ``switched_from``: the duty that this one goes on for.
    """

    __tablename__ = "duty"
    __table_args__ = (Index("ix_duty_state_next_at", "state", "next_at"), Index("ix_duty_alarm_id", "alarm_id"))

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    alarm_id: int = Field(sa_type=RowId)
    code: str = Field(max_length=WORD)
    kind: str = Field(max_length=WORD)
    priority: int
    role: str = Field(max_length=WORD)
    recipient: str = Field(max_length=NAME)
    channel: str = Field(max_length=WORD)
    address: str = Field(max_length=NAME)
    otherwise: str = Field(default="[]", sa_type=Text)
    text: str = Field(sa_type=Text)
    facts: str = Field(sa_type=Text)
    is_stopped_by_ack: bool = True
    decided_at: datetime
    due_at: datetime
    state: str = Field(max_length=WORD)
    attempts: int = 0
    next_at: datetime
    settled_at: datetime | None = None
    settled_by: str | None = Field(default=None, max_length=ID)
    is_repeat: bool = False
    is_stop_asked: bool = False
    last_outcome: str | None = Field(default=None, max_length=WORD)
    last_answer: str | None = Field(default=None, max_length=NOTE)
    switched_from: int | None = Field(default=None, sa_type=RowId)
    about: str = Field(default="ring", max_length=8, sa_column_kwargs={"server_default": "ring"})


class DutyAttemptRow(SQLModel, table=True):
    """Only ever added: a try is ``begun`` before anything is sent, and ``answered`` by a row of its own."""

    __tablename__ = "duty_attempt"
    __table_args__ = (Index("ix_duty_attempt_duty_id", "duty_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    duty_id: int = Field(sa_type=RowId)
    number: int
    at: datetime
    step: str = Field(max_length=WORD)  # begun | answered
    outcome: str | None = Field(default=None, max_length=WORD)
    said: str | None = Field(default=None, max_length=NOTE)


class ChannelTokenRow(SQLModel, table=True):
    """The keys of one account whose refresh key is good once: the new pair is here before it is used.

    ``is_proven``: it has worked; until then the pair before it is kept. ``seed_digest``: of the refresh key that a
    person put into the settings last. ``fault``: why a person must authorise anew.
    """

    __tablename__ = "channel_token"

    account: str = Field(primary_key=True, max_length=WORD)
    access_token: str = Field(sa_type=Text)
    refresh_token: str = Field(sa_type=Text)
    taken_at: datetime
    expires_at: datetime
    previous_access: str | None = Field(default=None, sa_type=Text)
    previous_refresh: str | None = Field(default=None, sa_type=Text)
    is_proven: bool = False
    seed_digest: str = Field(max_length=64)
    fault: str | None = Field(default=None, max_length=NOTE)
