"""The shapes that travel over HTTP. Times are ISO 8601 in UTC with milliseconds: ``2026-11-22T07:31:22.104Z``."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind
from device_adapters.core.registry import adapters
from monitor.machines.alarm import AlarmState
from monitor.machines.liveness import DeviceState

ID_PATTERN = r"^[A-Za-z0-9._-]{1,64}$"
AREA_PATTERN = r"^[A-Za-z0-9._@-]{1,64}$"  # a code and since when: 24871@2025
LARGEST_ID = 2**63 - 1

# What nobody sees: control, direction and zero-width characters, halves of pairs, line and paragraph separators.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _is_more_than_dots(identifier: str) -> str:
    if not identifier.strip("."):  # an address with . or .. in it leads elsewhere
        raise ValueError("must hold more than dots")
    return identifier


Identifier = Annotated[str, StringConstraints(pattern=ID_PATTERN), AfterValidator(_is_more_than_dots)]
Version = Annotated[int, Field(strict=True, ge=1, le=LARGEST_ID)]
Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
# FastAPI's own type for what a route may answer besides its model.
Answers: TypeAlias = dict[int | str, dict[str, Any]]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Alarm(_Answer):
    id: int
    device_id: str | None = Field(description="null: a device that is not registered; see `source`")
    source: str = Field(description="adapter:address")
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
    is_silent_at_site: bool


class AlarmTransition(_Answer):
    id: int
    from_state: str
    to_state: str
    reason: str
    at: Moment
    actor: str
    version: int
    note: str | None


class AlarmReceipt(_Answer):
    screen_id: str
    kind: str
    at: Moment
    delay_ms: float | None
    user_name: str
    version: int


class AlarmEvent(_Answer):
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


class AlarmPage(_Answer):
    items: list[Alarm]
    next: str | None


class VersionSeen(_Question):
    version: Version = Field(description="the version the officer saw")


class ReceiptGiven(_Question):
    screen_id: Identifier
    version: Version
    kind: Literal["shown", "sounded"]
    delay_ms: float | None = Field(default=None, ge=0, le=86_400_000)


class _DeviceFields(BaseModel):
    model: str | None = Field(default=None, max_length=100)
    alarm_kind: AlarmKind | None = Field(
        default=None, description="what this bell's press means; else its adapter's word"
    )
    is_high_mast: bool = False
    is_silent_at_site: bool = False
    place: str | None = Field(default=None, max_length=200)
    position: str | None = Field(default=None, max_length=200)
    street_address: str | None = Field(default=None, max_length=300)
    group_id: Identifier | None = None
    group_name: str | None = Field(default=None, max_length=200)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    supervision_interval_s: float | None = Field(default=None, ge=1, le=7 * 86_400)


class DeviceGiven(_DeviceFields, _Question):
    id: Identifier
    device_class: DeviceClass = Field(alias="class")
    name: str = Field(min_length=1, max_length=200)
    adapter: str
    address: str = Field(min_length=1, max_length=200, description="the identity the device has on its own network")

    @field_validator("*", mode="before")
    @classmethod
    def _is_composed(cls, value: Any) -> Any:
        """Some keyboards send a letter and its mark apart; gateways send them as one, and addresses must meet."""
        if not isinstance(value, str):
            return value
        text = unicodedata.normalize("NFC", value).strip()
        if any(unicodedata.category(letter) in _UNSEEN for letter in text):
            raise ValueError("must not hold characters that nobody sees")
        return text

    @field_validator("adapter")
    @classmethod
    def _is_an_adapter(cls, name: str) -> str:
        if name not in adapters():
            raise ValueError(f"must be one of: {', '.join(adapters())}")
        return name

    @model_validator(mode="after")
    def _has_both_coordinates(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together")
        return self


class Device(_Answer):
    id: str
    device_class: DeviceClass = Field(alias="class")
    name: str
    adapter: str
    address: str
    model: str | None
    alarm_kind: AlarmKind | None
    is_high_mast: bool
    is_silent_at_site: bool
    place: str | None
    position: str | None
    street_address: str | None
    group_id: str | None
    group_name: str | None
    latitude: float | None
    longitude: float | None
    supervision_interval_s: float | None
    state: DeviceState
    since_at: Moment | None
    last_seen_at: Moment | None
    battery_pct: float | None
    last_test_at: Moment | None
    registered_at: Moment


class DevicePage(_Answer):
    items: list[Device]
    next: str | None


class QuarantinedMessage(_Answer):
    id: int
    received_at: Moment
    adapter: str
    source: str | None
    topic: str
    payload_b64: str
    reason: str


class QuarantinePage(_Answer):
    items: list[QuarantinedMessage]
    next: str | None


class Failure(BaseModel):
    error: str = Field(description="a code for programs")
    message: str = Field(description="a sentence for people")


class Conflict(Failure, Alarm):
    """What is there now, so that the officer can look and decide again."""


class FieldProblem(_Answer):
    field: str
    message: str


class Invalid(Failure):
    fields: list[FieldProblem]


REFUSALS: Answers = {
    401: {"model": Failure, "description": "Not signed in"},
    403: {"model": Failure, "description": "The role may not"},
    422: {"model": Invalid, "description": "A field is missing or wrong"},
    503: {"model": Failure, "description": "The store cannot do it now"},
}
