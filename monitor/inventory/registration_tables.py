"""Rows of registrations that were answered, and of the pictures taken with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import ID


class RegistrationRequest(SQLModel, table=True):
    """A request by the id its sender gave it, so that one sent again finds the device it made.

    ``digest``: SHA-256 of what was asked, so that the same id with other content is found out.
    """

    __tablename__ = "registration_request"

    id: str = Field(primary_key=True, max_length=36)
    user_name: str = Field(max_length=ID)
    digest: str = Field(max_length=64)
    device_id: str = Field(max_length=ID)
    at: datetime


class DevicePhoto(SQLModel, table=True):
    """The one picture of a device in its place; the picture itself is ``PhotoContent``."""

    __tablename__ = "device_photo"

    device_id: str = Field(primary_key=True, max_length=ID)
    digest: str = Field(max_length=64)
    width: int
    height: int
    taken_by: str = Field(max_length=ID)
    at: datetime


class PhotoContent(SQLModel, table=True):
    """A picture, by its SHA-256: apart, so that no list of devices ever carries pictures along."""

    __tablename__ = "photo_content"

    digest: str = Field(primary_key=True, max_length=64)
    content: bytes = Field(sa_type=LargeBinary)
