"""The shapes of incidents over HTTP."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from device_adapters.core.events import AlarmKind
from monitor.machines.incident import HIGHEST_VERIFICATION, Disposition, Stage
from monitor.web.layer_schemas import LayerWarning
from monitor.web.schemas import LARGEST_ID, Alarm, Answer, Failure, Moment, Question, Version

Text = Annotated[str, Field(max_length=2000)]
OfficersStep = Literal[Stage.VERIFYING, Stage.DISPATCHED, Stage.EN_ROUTE, Stage.ON_SCENE]


class CallResult(StrEnum):
    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"


class MergedIncident(Answer):
    id: int
    code: str
    version: int


class Incident(Answer):
    id: int
    code: str = Field(description="as people say it: BD-260314-0001")
    kind: AlarmKind
    stage: Stage
    version: int = Field(description="grows with every change an officer must see")
    verification: int = Field(ge=0, le=HIGHEST_VERIFICATION, description="ANSI/TMA-AVS-01")
    opened_at: Moment
    acknowledged_at: Moment | None
    verifying_at: Moment | None
    dispatched_at: Moment | None
    en_route_at: Moment | None
    on_scene_at: Moment | None
    closed_at: Moment | None
    acknowledged_by: str | None
    closed_by: str | None
    disposition: Disposition | None
    note: str | None
    evidence: str | None
    merged_into: int | None
    drill_id: int | None = Field(description="it is of this drill; null: it is real")
    unseen: int = Field(description="of its alarms, those that nobody has acknowledged as they are")
    is_silent_at_site: bool = Field(description="never call the place back: somebody may stand there")
    alarms: list[Alarm]
    merged: list[MergedIncident] = Field(description="those that go on in this one")


class IncidentConflict(Failure):
    """``incident``: what is there now, where the version was old; so that the officer can look and decide again."""

    incident: Incident | None = None


class IncidentPage(Answer):
    items: list[Incident]
    next: str | None


class TimelineEntry(Answer):
    id: int
    incident_id: int
    at: Moment
    actor: str = Field(description="device, or an account's name")
    kind: str
    text: str | None
    data: dict[str, Any]


class PlannedStep(Answer):
    id: str
    vi: str
    en: str
    blocks_closing: bool
    is_done: bool
    by: str | None
    at: Moment | None
    text: str | None


class Callee(Answer):
    holder: str
    id: str
    name: str
    role: str
    scope: str = Field(description="the area or beat the role is held for; empty: the whole post")
    contacts: list[dict[str, Any]] = Field(description="masked; POST /api/v1/people/…/contacts shows one")


class Eye(Answer):
    id: str
    name: str
    distance_m: float
    bearing_deg: float = Field(description="as seen from the place, clockwise from north")
    looks_deg: float | None = Field(description="which way it looks, clockwise from north")
    is_working: bool | None = Field(description="null: the monitor is blind")
    last_seen_at: Moment | None
    power_feeder: str | None
    keeper: str | None
    custodian_id: str | None
    retention_days: int | None


class EyesAround(Answer):
    """``down``: of the nearest, how many do not work; null: nobody can know."""

    nearest: list[Eye]
    down: int | None
    cause: str | None = Field(description="the outage that took all of those down: feeder, provider, uplink …")
    working: Eye | None = Field(description="the nearest that works, however far")


class GroupsTold(Answer):
    """That forces were sent. ``sent`` of ``of`` groups have it."""

    sent: int
    of: int
    channels: list[str] = Field(description="the ways that were taken")


class IncidentDetail(Incident):
    timeline: list[TimelineEntry]
    plan: list[PlannedStep]
    call_list: list[Callee] = Field(description="in order; the place itself only where its bell is heard there")
    eyes: EyesAround
    groups_told: GroupsTold
    layers: list[LayerWarning] = Field(description="plans of rings that were warned, with every unit")
    lines: dict[str, str] = Field(description="as the post reports it; by language")


class StepTaken(Question):
    version: Version
    step: OfficersStep
    text: Text | None = None


class TakenBack(Question):
    version: Version
    text: Text | None = None


class Assessed(Question):
    version: Version
    level: int = Field(ge=0, le=HIGHEST_VERIFICATION)
    text: Text | None = None


class ClosedAs(Question):
    version: Version
    disposition: Disposition
    note: Text = Field(description="what was done; must say something")
    evidence: Annotated[str, Field(max_length=500)] = Field(default="", description="where the proof of malice is kept")


class MergedInto(Question):
    version: Version
    into: int = Field(ge=1, le=LARGEST_ID)


class VersionOnly(Question):
    version: Version


class NoteTaken(Question):
    text: Annotated[str, Field(min_length=1, max_length=2000)]


class CallMade(Question):
    whom: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="a role or a unit, never a number")
    result: CallResult
    note: Text | None = None


class TipTaken(Question):
    tip: Annotated[int, Field(ge=1, le=LARGEST_ID)] = Field(description="of `/api/v1/tips`")


class PlanStepDone(Question):
    step: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    is_done: bool = True
    text: Text | None = None
