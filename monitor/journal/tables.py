"""The journal's rows. Events, transitions and receipts are only ever added; alarm and device state are their sum."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import RowId


class EventRow(SQLModel, table=True):
    """One fact from a device, with the bytes it came in. ``source`` is ``adapter:address``."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("source", "source_event_id"),
        Index("ix_event_source_id", "source", "id"),
        Index("ix_event_alarm_id", "alarm_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    source: str = Field(max_length=240)
    device_id: str | None = Field(default=None, max_length=64)
    event_class: str = Field(max_length=16)
    kind: str | None = Field(default=None, max_length=16)
    source_event_id: str | None = Field(default=None, max_length=200)
    occurred_at: datetime | None = None
    received_at: datetime
    late_s: float = 0.0
    duplicates: int = 0
    alarm_id: int | None = Field(default=None, sa_type=RowId)
    detail: str | None = Field(default=None, max_length=500)
    flags: str = Field(default="", max_length=200)
    topic: str = Field(max_length=1000)
    payload: bytes
    payload_digest: bytes
    delivery: str | None = Field(default=None, max_length=120)


class AlarmRow(SQLModel, table=True):
    """One alarm: the present sum of its transitions. ``version`` grows with every change an officer must see."""

    __tablename__ = "alarm"
    __table_args__ = (
        # At most one live alarm a source and kind: what makes four presses one alarm, whoever writes.
        Index(
            "ux_alarm_live",
            "source",
            "kind",
            unique=True,
            sqlite_where=text("state <> 'NORMAL'"),
            postgresql_where=text("state <> 'NORMAL'"),
        ),
        Index("ix_alarm_state", "state"),
        Index("ix_alarm_device_id", "device_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    source: str = Field(max_length=240)
    device_id: str | None = Field(default=None, max_length=64)
    kind: str = Field(max_length=16)
    state: str = Field(max_length=24)
    is_condition_present: bool = True
    priority: int
    raised_at: datetime
    received_at: datetime
    rung_at: datetime
    last_press_at: datetime
    late_s: float = 0.0
    is_audible: bool = True
    presses: int = 1
    duplicates: int = 0
    version: int = 1
    degraded: str | None = Field(default=None, max_length=500)
    detail: str | None = Field(default=None, max_length=500)
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = Field(default=None, max_length=64)
    restored_at: datetime | None = None
    closed_at: datetime | None = None
    shelved_until: datetime | None = None
    drill_id: int | None = Field(default=None, sa_type=RowId)  # of which drill; None: it is real


class TransitionRow(SQLModel, table=True):
    """One change of state, of an alarm or a device. Its id is the sequence number of the live feed."""

    __tablename__ = "transition"
    __table_args__ = (
        Index("ix_transition_alarm_id", "alarm_id"),
        Index("ix_transition_device_id", "device_id", "id"),
        Index(
            "ix_transition_fall_at",
            "at",
            sqlite_where=text("to_state = 'OFFLINE'"),
            postgresql_where=text("to_state = 'OFFLINE'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    machine: str = Field(max_length=16)  # alarm | liveness | device
    alarm_id: int | None = Field(default=None, sa_type=RowId)
    device_id: str | None = Field(default=None, max_length=64)
    from_state: str = Field(max_length=24)
    to_state: str = Field(max_length=24)
    reason: str = Field(max_length=32)
    at: datetime
    actor: str = Field(max_length=64)  # device, monitor, or a user's name
    version: int = 0
    note: str | None = Field(default=None, max_length=500)


class DeviceStateRow(SQLModel, table=True):
    """What is known of a device's life. ``last_seen_at`` is written behind, at most a second late."""

    __tablename__ = "device_state"

    device_id: str = Field(primary_key=True, max_length=64)
    state: str = Field(max_length=16)
    since_at: datetime
    last_seen_at: datetime | None = None
    battery_pct: float | None = None
    last_test_at: datetime | None = None


class QuarantineRow(SQLModel, table=True):
    """A message that was not understood, or whose device is unknown: kept, with the reason."""

    __tablename__ = "quarantine"
    __table_args__ = (Index("ix_quarantine_source", "source"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    received_at: datetime
    adapter: str = Field(max_length=32)
    source: str | None = Field(default=None, max_length=240)
    topic: str = Field(max_length=1000)
    payload: bytes
    reason: str = Field(max_length=500)


class ReceiptRow(SQLModel, table=True):
    """Proof that an alarm reached an eye or an ear: a screen painted it, or its audio graph ran."""

    __tablename__ = "receipt"
    __table_args__ = (UniqueConstraint("alarm_id", "version", "screen_id", "kind"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    alarm_id: int = Field(sa_type=RowId)
    version: int
    screen_id: str = Field(max_length=64)
    kind: str = Field(max_length=16)  # shown | sounded
    user_name: str = Field(max_length=64)
    at: datetime
    delay_ms: float | None = None


class AdapterMemoryRow(SQLModel, table=True):
    """What an adapter was told once and needs again (a Zigbee name's hardware address)."""

    __tablename__ = "adapter_memory"

    adapter: str = Field(primary_key=True, max_length=32)
    key: str = Field(primary_key=True, max_length=240)
    value: str = Field(sa_type=Text)


class LeaseRow(SQLModel, table=True):
    """Which monitor leads, and until when unless it says so again; ``lease.py``. SQLite has a lock instead."""

    __tablename__ = "lease"
    __table_args__ = (UniqueConstraint("name", "epoch"),)

    name: str = Field(primary_key=True, max_length=24)
    epoch: int = Field(sa_type=RowId)
    holder: str = Field(max_length=200)
    until_at: datetime


class UserRow(SQLModel, table=True):
    __tablename__ = "user_account"

    name: str = Field(primary_key=True, max_length=64)
    role: str = Field(max_length=16)
    scope: str | None = Field(default=None, max_length=64)
    password_hash: str = Field(max_length=300)
    is_active: bool = True
    created_at: datetime


class UserProfileRow(SQLModel, table=True):
    """What an account likes of its screens; None: as each browser has it."""

    __tablename__ = "user_profile"

    user_name: str = Field(primary_key=True, max_length=64)
    language: str | None = Field(default=None, max_length=8)
    theme: str | None = Field(default=None, max_length=8)
    letters_off: bool = False
    tour_seen: bool = False


class LoginSessionRow(SQLModel, table=True):
    """A browser's session. Only the hash of its random token is kept, so a stolen database opens nothing."""

    __tablename__ = "login_session"

    token_hash: str = Field(primary_key=True, max_length=64)
    user_name: str = Field(max_length=64, index=True)
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class ApiTokenRow(SQLModel, table=True):
    """A bearer token of ``chuong user token``; only its hash is kept."""

    __tablename__ = "api_token"

    token_hash: str = Field(primary_key=True, max_length=64)
    user_name: str = Field(max_length=64, index=True)
    created_at: datetime
