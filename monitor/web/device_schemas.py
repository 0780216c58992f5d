"""A device as it travels over HTTP: given, changed, answered. Every field as in ``inventory.tables.Device``."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, field_validator, model_validator

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind
from device_adapters.core.registry import adapters
from monitor.hours import LONGEST, hours
from monitor.inventory.kinds import (
    Conformity,
    Consent,
    EstablishmentKind,
    Funding,
    Lifecycle,
    LocationKind,
    OwnerKind,
    WatchMethod,
)
from monitor.inventory.tables import NATIVE
from monitor.machines.liveness import DeviceState
from monitor.web.schemas import AREA_PATTERN, UNSEEN, Answer, Failure, Identifier, Moment, Question

# Ids of an inventory that was loaded from an office's own tables may hold what ours never do: 24871@2025.
Reference = Annotated[str, StringConstraints(pattern=AREA_PATTERN)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=64)]
REQUEST_ID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
VERSION = r"^[0-9a-f]{16}$"


def _as_known(name: str) -> str:
    if name not in adapters():
        raise ValueError(f"must be one of: {', '.join(adapters())}")
    return name


def _as_hours(text: str) -> str:
    """As they are read, whatever capitals and spaces they came in."""
    hours(text)
    return "; ".join(" ".join(part.upper().split()) for part in text.split(";"))


Adapter = Annotated[str, AfterValidator(_as_known)]
SupervisionHours = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(_as_hours)]


class _Settable(BaseModel):
    """What an operator may say of a device, and say anew later."""

    model: str | None = Field(default=None, max_length=100)
    alarm_kind: AlarmKind | None = Field(
        default=None, description="what this bell's press means; else its adapter's word"
    )
    is_high_mast: bool = False
    is_silent_at_site: bool = False
    place: str | None = Field(default=None, max_length=200)
    position: str | None = Field(default=None, max_length=200)
    street_address: str | None = Field(default=None, max_length=300)
    group_id: Reference | None = Field(default=None, description="the residential group it stands in")
    group_name: str | None = Field(default=None, max_length=200)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    supervision_interval_s: float | None = Field(default=None, ge=1, le=7 * 86_400)
    supervision_hours: SupervisionHours | None = Field(
        default=None,
        description="when it is expected to be heard: `T2-T7 07:00-18:00; CN 08:00-12:00`; else always",
    )
    area_id: Reference | None = Field(default=None, description="the area it counts in, where it stands in no group")
    site_id: Reference | None = Field(default=None, description="the pole, wall or mast")
    eye_no: int | None = Field(default=None, ge=1, le=999, description="its number at the site")
    establishment_id: Reference | None = None
    button_no: int | None = Field(default=None, ge=1, le=999, description="its number in the establishment")
    rings_at: Word | None = Field(default=None, description="the desk a bell rings at")
    parent_id: Reference | None = Field(default=None, description="the recorder or gateway it hangs on")
    watch_method: WatchMethod | None = None
    serial: str | None = Field(default=None, max_length=100)
    maker: str | None = Field(default=None, max_length=100)
    firmware: str | None = Field(default=None, max_length=100)
    bearing_deg: float | None = Field(default=None, ge=0, lt=360, description="clockwise from north")
    power_feeder: Word | None = None
    network_provider: Word | None = None
    funding: Funding | None = None
    owner_kind: OwnerKind | None = None
    custodian_id: Reference | None = Field(default=None, description="who keeps it and its footage")
    retention_days: int | None = Field(default=None, ge=1, le=3650)
    test_interval_days: int | None = Field(default=None, ge=1, le=3650)
    qcvn135: Conformity = Conformity.UNKNOWN
    has_own_password: bool | None = Field(default=None, description="the maker's default was changed")
    consent: Consent = Consent.UNKNOWN
    is_notice_posted: bool | None = Field(default=None, description="a sign tells passers-by of the camera")
    lifecycle: Lifecycle = Lifecycle.ACTIVE
    installed_on: date | None = None
    recorder: str | None = Field(default=None, max_length=100, description="what keeps its footage, in words")
    note: str | None = Field(default=None, max_length=500)

    @field_validator("*", mode="before")
    @classmethod
    def _is_composed(cls, value: Any) -> Any:
        """Some keyboards send a letter and its mark apart; gateways send them as one, and addresses must meet."""
        if not isinstance(value, str):
            return value
        text = unicodedata.normalize("NFC", value).strip()
        if any(unicodedata.category(letter) in UNSEEN for letter in text):
            raise ValueError("must not hold characters that nobody sees")
        return text

    @model_validator(mode="after")
    def _has_both_coordinates(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together")
        return self


class DeviceGiven(_Settable, Question):
    id: Identifier | None = Field(default=None, description="left out: the next free one of its group and class")
    device_class: DeviceClass = Field(alias="class")
    name: str = Field(min_length=1, max_length=200)
    adapter: Adapter = NATIVE
    address: str | None = Field(
        default=None, min_length=1, max_length=200, description="its identity on its own network; left out: its id"
    )
    location_kind: LocationKind | None = Field(default=None, description="makes a new site, where none is named")
    establishment_kind: EstablishmentKind | None = Field(default=None, description="makes a new establishment likewise")
    request_id: str | None = Field(
        default=None, pattern=REQUEST_ID, description="the sender's own UUID: sent again, nothing is registered twice"
    )

    @model_validator(mode="after")
    def _is_found_on_its_network(self) -> Self:
        if self.adapter != NATIVE and self.address is None:
            raise ValueError("address is needed for a device of another network than ours")
        return self


class DeviceChanges(_Settable, Question):
    """Only what is given changes."""

    version: str = Field(pattern=VERSION, description="the version that was seen")
    name: str = Field(default="", min_length=1, max_length=200)
    adapter: Adapter = NATIVE
    address: str = Field(default="", min_length=1, max_length=200)


class Device(Answer):
    id: str
    version: str = Field(description="of what is registered: changes with every edit, not with signs of life")
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
    supervision_hours: str | None
    area_id: str | None
    site_id: str | None
    eye_no: int | None
    establishment_id: str | None
    button_no: int | None
    rings_at: str | None
    parent_id: str | None
    watch_method: str | None
    serial: str | None
    maker: str | None
    firmware: str | None
    bearing_deg: float | None
    power_feeder: str | None
    network_provider: str | None
    funding: str | None
    owner_kind: str | None
    custodian_id: str | None
    retention_days: int | None
    test_interval_days: int | None
    qcvn135: str
    has_own_password: bool | None
    consent: str
    is_notice_posted: bool | None
    lifecycle: Lifecycle
    installed_on: date | None
    retired_on: date | None
    recorder: str | None
    note: str | None
    state: DeviceState
    since_at: Moment | None
    last_seen_at: Moment | None
    battery_pct: float | None
    last_test_at: Moment | None
    registered_at: Moment


class RegisteredDevice(Device):
    secret: str | None = Field(
        description="what it signs in with at the broker, under its address; told now and never again. "
        "null: it does not sign in by itself, or the request had come before"
    )


class DevicePage(Answer):
    items: list[Device]
    next: str | None


class NewerDevice(Failure, Device):
    """What is there now, so that the operator can look and decide again."""
