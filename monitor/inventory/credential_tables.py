"""Rows of what devices sign in with at the broker."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID


class Credential(SQLModel, table=True):
    """A device's account at the broker. Only the hash of its secret is kept, as mosquitto writes it.

    ``user_name`` is the address the device had when it was issued: the broker lets it write below that name alone.
    """

    __tablename__ = "credential"

    device_id: str = Field(primary_key=True, max_length=ID)
    user_name: str = Field(max_length=ID)
    password_hash: str = Field(max_length=200)
    issued_at: datetime
    issued_by: str = Field(max_length=ID)
    revoked_at: datetime | None = None
