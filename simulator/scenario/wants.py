"""What must be seen: in a window of time (``[[want]]``), and of the whole story at its end (``[expect]``)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from simulator.scenario.durations import Duration
from simulator.scenario.step import STRICT, Id

Count = Annotated[int, Field(ge=0)]
AlarmState = Literal[
    "UNACKNOWLEDGED",
    "ACKNOWLEDGED",
    "RETURNED_UNACKNOWLEDGED",
    "NORMAL",
    "SHELVED",
    "SUPPRESSED",
    "OUT_OF_SERVICE",
]
DeviceState = Literal["UNKNOWN", "ONLINE", "LATE", "OFFLINE", "DEGRADED", "MAINTENANCE"]
Counted = Literal[
    "alarms",  # of every kind, live or over
    "calls_for_help",
    "ringing",  # UNACKNOWLEDGED or RETURNED_UNACKNOWLEDGED
    "incidents",
    "outages",
    "outage_size",
    "offline",
    "working_eyes",
    "monitor_faults",
    "quarantine",
    "duties",
    "told",
    "bells_waiting",  # presses that devices still keep, because nobody said they are stored
]


class AlarmWant(BaseModel):
    """An alarm of that device; every other field that is given must be so too."""

    model_config = STRICT

    device: Id
    kind: str | None = None
    state: AlarmState | None = None
    presses: Count | None = None
    duplicates: Count | None = None
    is_late: bool | None = None
    is_degraded: bool | None = None


class DeviceWant(BaseModel):
    model_config = STRICT

    id: Id
    state: DeviceState


class ToldWant(BaseModel):
    """Who was told (a role or an address), by which channel, and why: the ring, its end, or forces sent."""

    model_config = STRICT

    who: Id
    channel: Id | None = None
    why: Literal["ring", "end", "dispatch"] | None = None
    is_told: bool = True


class CountWant(BaseModel):
    model_config = STRICT

    of: Counted
    equals: Count | None = None
    at_least: Count | None = None
    at_most: Count | None = None

    @model_validator(mode="after")
    def _says_how_many(self) -> CountWant:
        if self.equals is None and self.at_least is None and self.at_most is None:
            raise ValueError("equals, at_least or at_most")
        return self


class ScreenWant(BaseModel):
    """``text``: to be read on a page by whoever is signed in; capitals and blanks do not count."""

    model_config = STRICT

    text: Annotated[str, Field(min_length=1, max_length=200)]
    page: Annotated[str, Field(pattern=r"^/([^/\s]\S*)?$", max_length=200)] = "/"
    is_shown: bool = True


Window = tuple[Duration, Duration]


class Want(BaseModel):
    """``within``: it must come to be so in this time. ``throughout``: it must be so all of it. One thing to be seen."""

    model_config = STRICT

    within: Window | None = None
    throughout: Window | None = None
    alarm: AlarmWant | None = None
    device: DeviceWant | None = None
    told: ToldWant | None = None
    count: CountWant | None = None
    line: str | None = None
    screen: ScreenWant | None = None

    @model_validator(mode="after")
    def _is_one_thing_in_one_window(self) -> Want:
        if (self.within is None) == (self.throughout is None):
            raise ValueError("either within or throughout, as [from, to]")
        if self.window[1] < self.window[0]:
            raise ValueError("a window that ends after it begins")
        seen = [self.alarm, self.device, self.told, self.count, self.line, self.screen]
        if sum(each is not None for each in seen) != 1:
            raise ValueError("one of alarm, device, told, count, line, screen")
        return self

    @property
    def window(self) -> tuple[float, float]:
        window = self.within or self.throughout
        assert window is not None  # noqa: S101 — the validator has seen to it
        return window


class Expect(BaseModel):
    """Of the whole story. What is left out is not asked."""

    model_config = STRICT

    incidents: Count | None = None
    messages_for_incident: Count | None = None
    lost_alarms: Count = 0
    alarm_visible_within_ms: Count | None = None
    mass_outage_alerts: Count | None = None
    mass_outage_size: Count | None = None
    offline_total_at_peak: Count | None = None
    offline_total_at_end: Count | None = None
    acknowledged_after_s: Annotated[Count | None, Field(alias="ack_seconds")] = None
    on_scene_after_s: Annotated[Count | None, Field(alias="on_scene_seconds")] = None
    audit_entries_min: Count | None = None
    zalo_sent: tuple[Id, ...] | None = None
    report_line_vi: str | None = None
