"""Rows of incidents: what people do about alarms. The timeline is only ever added to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.inventory.tables import RowId

PLACE, NOTE = 300, 2000
# The steps of `machines/incident`, in order, as columns.
REACHED_AT = ("acknowledged_at", "verifying_at", "dispatched_at", "en_route_at", "on_scene_at", "closed_at")


class IncidentRow(SQLModel, table=True):
    """One incident: the present sum of its entries. ``version`` grows with every change an officer must see.

    ``place_key``: what makes further alarms a part of it, its establishment, or the source where there is none.
    """

    __tablename__ = "incident"
    __table_args__ = (
        UniqueConstraint("code"),
        Index("ix_incident_stage", "stage"),
        Index("ix_incident_place_key", "place_key"),
        Index("ix_incident_merged_into", "merged_into"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    code: str = Field(max_length=20)  # as people say it: BD-260314-0001, DT-260314-0001 in a drill
    kind: str = Field(max_length=16)
    place_key: str = Field(max_length=PLACE)
    stage: str = Field(max_length=16)
    version: int = 1
    verification: int = 0
    opened_at: datetime
    acknowledged_at: datetime | None = None
    verifying_at: datetime | None = None
    dispatched_at: datetime | None = None
    en_route_at: datetime | None = None
    on_scene_at: datetime | None = None
    closed_at: datetime | None = None
    acknowledged_by: str | None = Field(default=None, max_length=64)
    closed_by: str | None = Field(default=None, max_length=64)
    disposition: str | None = Field(default=None, max_length=24)
    note: str | None = Field(default=None, max_length=NOTE)
    evidence: str | None = Field(default=None, max_length=500)
    merged_into: int | None = Field(default=None, sa_type=RowId)
    drill_id: int | None = Field(default=None, sa_type=RowId)  # of which drill; None: it is real


class IncidentAlarmRow(SQLModel, table=True):
    """Which incident an alarm is a part of. A merger leaves it where it is: so it can be undone."""

    __tablename__ = "incident_alarm"
    __table_args__ = (Index("ix_incident_alarm_incident_id", "incident_id"),)

    alarm_id: int = Field(primary_key=True, sa_type=RowId, sa_column_kwargs={"autoincrement": False})
    incident_id: int = Field(sa_type=RowId)


class IncidentEntryRow(SQLModel, table=True):
    """One line of the timeline. ``data``: JSON, by kind."""

    __tablename__ = "incident_entry"
    __table_args__ = (Index("ix_incident_entry_incident_id", "incident_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    incident_id: int = Field(sa_type=RowId)
    at: datetime
    actor: str = Field(max_length=64)
    kind: str = Field(max_length=24)
    text: str | None = Field(default=None, max_length=NOTE)
    data: str | None = Field(default=None, sa_type=Text)
