"""A whole scenario, as it is checked: inventory, start, seed, how devices behave, steps, and what must be seen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

from simulator.scenario.durations import Duration
from simulator.scenario.step import STRICT, Id
from simulator.scenario.steps import AnyStep, Kind
from simulator.scenario.wants import Expect, Want

DeviceClass = Literal["camera", "bell", "gateway", "probe"]
Table = Literal["residential_groups.csv", "cameras_dinh_van.csv", "cameras_high_mast.csv", "alarm_bells.csv"]
Seconds = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
DEFAULT_START = datetime.fromisoformat("2026-03-14T18:30:00+07:00")


class Head(BaseModel):
    """``inventory``: tables of the demo commune. ``lasts``: how long it goes on after its last step or window."""

    model_config = STRICT

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
    title_vi: Annotated[str, Field(min_length=1, max_length=200)]
    about: str = ""
    start: AwareDatetime = DEFAULT_START
    inventory: tuple[Table, ...] = ()
    seed: Annotated[int, Field(ge=0)] = 0
    lasts: Duration = 10.0


class Rhythm(BaseModel):
    """How a class of devices beats. ``clock_skew_s``: what its clocks are wrong by."""

    model_config = STRICT

    interval_s: Seconds | None = None
    jitter_s: NotNegative | None = None
    clock_skew_s: float = 0.0


class Heartbeat(BaseModel):
    """Of all classes; ``[fleet.<class>]`` says otherwise for one. Silence counts after so many missed beats."""

    model_config = STRICT

    camera_s: Seconds = 40
    bell_s: Seconds = 20
    gateway_s: Seconds = 30
    probe_s: Seconds = 30
    jitter_s: NotNegative = 2
    missed_before_offline: Annotated[int, Field(ge=1, le=100)] = 4


class Fleet(BaseModel):
    model_config = STRICT

    camera: Rhythm = Rhythm()
    bell: Rhythm = Rhythm()
    gateway: Rhythm = Rhythm()
    probe: Rhythm = Rhythm()


class DeviceEntry(BaseModel):
    """A device of this story alone. ``behind``: the gateway or probe that speaks for it."""

    model_config = STRICT

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64)]
    device_class: Annotated[DeviceClass, Field(alias="class")]
    kind: Kind | None = None
    feeder: Id | None = None
    behind: Id | None = None
    is_mute: bool = False  # registered, and never heard


class Scenario(BaseModel):
    model_config = STRICT

    scenario: Head
    heartbeat: Heartbeat = Heartbeat()
    fleet: Fleet = Fleet()
    device: tuple[DeviceEntry, ...] = ()
    step: tuple[AnyStep, ...] = ()
    want: tuple[Want, ...] = ()
    expect: Expect = Expect()

    @property
    def pages(self) -> tuple[str, ...]:
        """Those that somebody is to look at."""
        return tuple(dict.fromkeys(want.screen.page for want in self.want if want.screen is not None))

    @property
    def lasts_s(self) -> float:
        """Until when it is played, from its start."""
        ends = [step.at for step in self.step] + [want.window[1] for want in self.want]
        return max(ends, default=0.0) + self.scenario.lasts

    def interval_s(self, device_class: DeviceClass) -> float:
        own: Rhythm = getattr(self.fleet, device_class)
        common: float = getattr(self.heartbeat, f"{device_class}_s")
        return own.interval_s or common

    def jitter_s(self, device_class: DeviceClass) -> float:
        own: Rhythm = getattr(self.fleet, device_class)
        return self.heartbeat.jitter_s if own.jitter_s is None else own.jitter_s

    def deadline_s(self, device_class: DeviceClass) -> float:
        """So many beats missed, and the last of them as late as it may be."""
        missed = self.heartbeat.missed_before_offline
        return missed * self.interval_s(device_class) + self.jitter_s(device_class)
