"""The shapes that travel over HTTP. Times are ISO 8601 in UTC with milliseconds: ``2026-11-22T07:31:22.104Z``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind
from monitor.machines.alarm import AlarmState
from monitor.machines.incident import Stage

ID_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"
AREA_PATTERN = r"^[A-Za-z0-9._@-]{1,64}$"  # a code and since when: 24871@2025
LARGEST_ID = 2**63 - 1
# Further away nothing happened or will be planned, and a day more or less can still be counted everywhere.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

# What nobody sees: control, direction and zero-width characters, halves of pairs, line and paragraph separators.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _is_more_than_dots(identifier: str) -> str:
    if not identifier.strip("."):  # an address with . or .. in it leads elsewhere
        raise ValueError("must hold more than dots")
    return identifier


Identifier = Annotated[str, StringConstraints(pattern=ID_PATTERN), AfterValidator(_is_more_than_dots)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
DeviceId = Annotated[str, Path(pattern=ID_PATTERN)]
Version = Annotated[int, Field(strict=True, ge=1, le=LARGEST_ID)]
Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
# FastAPI's own type for what a route may answer besides its model.
Answers: TypeAlias = dict[int | str, dict[str, Any]]


class Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Question(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Outage(Answer):
    """Many devices down by one cause, counted as far as the reader's own territory goes."""

    cause: Literal["feeder", "provider", "gateway", "recorder", "group", "area"]
    key: str | None = Field(description="feeder or provider by name, device, group or area by id; null: not yours")
    name: str | None
    began_at: Moment = Field(description="the last moment at which it can have begun")
    devices: int
    down: int = Field(description="not back yet")
    eyes: int = Field(description="how many of the devices are eyes")
    eyes_down: int
    groups: int = Field(description="residential groups they stand in")


class IncidentNamed(Answer):
    id: int
    code: str = Field(description="as people say it: BD-260314-0001")
    stage: Stage


class ShelfNamed(Answer):
    id: int
    until_at: Moment
    by: str
    reason: str
    times: int = Field(description="how many shelves in a row")


class Chatter(Answer):
    since_at: Moment
    activations: int


class OutOfService(Answer):
    since_at: Moment
    by: str
    reason: str


class Alarm(Answer):
    id: int
    device_id: str | None = Field(description="null: a device that is not registered; see `source`")
    source: str = Field(description="adapter:address; drill:number:device in a drill")
    device_name: str | None
    device_class: DeviceClass | None
    kind: AlarmKind
    state: AlarmState
    priority: int = Field(ge=1, le=4, description="1 is the most urgent")
    raised_at: Moment
    received_at: Moment
    rung_at: Moment = Field(description="when it last became UNACKNOWLEDGED")
    last_press_at: Moment
    late_s: float = Field(description="how long the message was on its way")
    is_audible: bool = Field(description="false: never sounds, such as a press that is days old")
    presses: int
    duplicates: int
    version: int = Field(description="grows with every change an officer must see")
    degraded: str | None = Field(description="why the message could not be read, where only its topic rang")
    detail: str | None
    acknowledged_at: Moment | None
    acknowledged_by: str | None
    restored_at: Moment | None
    closed_at: Moment | None
    place: str | None
    position: str | None
    street_address: str | None
    group_id: str | None
    group_name: str | None
    area_id: str | None = Field(description="where it counts, outside any group")
    is_silent_at_site: bool
    incident: IncidentNamed | None = Field(description="what people do about it; null: nothing is done about its kind")
    outage: Outage | None = Field(description="where it is about many devices")
    shelf: ShelfNamed | None = Field(description="while it is `SHELVED`")
    chatter: Chatter | None = Field(description="while it comes again and again, and is held as one")
    out_of_service: OutOfService | None = Field(description="its device is; a call for help rings all the same")
    drill_id: int | None = Field(description="it is of this drill, and nobody is told outside; null: it is real")


class AlarmTransition(Answer):
    id: int
    from_state: str
    to_state: str
    reason: str
    at: Moment
    actor: str
    version: int
    note: str | None


class AlarmReceipt(Answer):
    screen_id: str
    kind: str
    at: Moment
    delay_ms: float | None
    user_name: str
    version: int


class AlarmEvent(Answer):
    id: int
    event_class: str
    kind: str | None
    occurred_at: Moment | None
    received_at: Moment
    late_s: float
    duplicates: int
    flags: str
    topic: str


class AlarmDetail(Alarm):
    transitions: list[AlarmTransition]
    receipts: list[AlarmReceipt]
    events: list[AlarmEvent]


class AlarmPage(Answer):
    items: list[Alarm]
    next: str | None


class VersionSeen(Question):
    version: Version = Field(description="the version the officer saw")


class ShelfGiven(VersionSeen):
    minutes: int = Field(ge=1, le=1440, description="at most as `config/alarm_discipline.toml` says")
    reason: str = Field(min_length=1, max_length=500)


class ReceiptGiven(Question):
    screen_id: Identifier
    version: Version
    kind: Literal["shown", "sounded"]
    delay_ms: float | None = Field(default=None, ge=0, le=86_400_000)


class QuarantinedMessage(Answer):
    id: int
    received_at: Moment
    adapter: str
    source: str | None
    topic: str
    payload_b64: str
    reason: str


class QuarantinePage(Answer):
    items: list[QuarantinedMessage]
    next: str | None
    cleared: int = Field(description="messages that were kept once and are gone")
    only_counted: int = Field(description="messages of a flood, of which only the first of an hour were kept")


class Failure(BaseModel):
    # Every route names it several times and none builds one by it: its checks would hold up every start.
    model_config = ConfigDict(defer_build=True)

    error: str = Field(description="a code for programs")
    message: str = Field(description="a sentence for people")


class Conflict(Failure, Alarm):
    """What is there now, so that the officer can look and decide again."""


class FieldProblem(Answer):
    field: str
    message: str


class Invalid(Failure):
    fields: list[FieldProblem]


def _refused(shape: type[Failure], description: str) -> dict[str, Any]:
    """Names the shape, which some route describes. A model would be built anew for each of 160 routes: a quarter of
    what the web needs to start.
    """
    named = {"$ref": f"#/components/schemas/{shape.__name__}"}
    return {"description": description, "content": {"application/json": {"schema": named}}}


REFUSALS: Answers = {
    401: _refused(Failure, "Not signed in"),
    403: _refused(Failure, "The role may not"),
    422: _refused(Invalid, "A field is missing or wrong"),
    503: _refused(Failure, "The store cannot do it now"),
}
