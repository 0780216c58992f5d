"""What is kept of each device between two heartbeats, and what a change of its state looks like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from device_adapters.core.contract import DeviceClass, Supervision
from device_adapters.core.events import Event, EventClass
from monitor.journal.device_states import Sighting
from monitor.journal.times import moment_of_us
from monitor.machines.liveness import DeviceState, Life, LifeReason
from monitor.pipeline.doors import Door
from monitor.settings import Settings

# Those that speak for others: when one is gone, what hangs on it is gone or cannot be heard.
UPLINKS = frozenset({DeviceClass.GATEWAY, DeviceClass.PROBE, DeviceClass.RECORDER})
GONE = frozenset({DeviceState.OFFLINE, DeviceState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class LifeChange:
    """One device's change of state. ``before`` is kept so that a failed commit can take it back.

    ``note``: what is wrong with it, as its source says. ``speaks_for``: the classes of whom it was the voice.
    """

    device_id: str
    device_class: DeviceClass
    before: Life
    after: Life
    reason: LifeReason
    at: datetime
    since_before_at: datetime
    note: str | None = None
    speaks_for: frozenset[DeviceClass] = frozenset()


@dataclass(frozen=True, slots=True)
class Waits:
    """In seconds. ``maintenance_s``: so long nobody waits for a device that somebody is working on."""

    never_seen_s: float
    maintenance_s: float


class Terms(NamedTuple):
    """What is expected of a device; thousands are told the same, and share one."""

    device_class: DeviceClass
    supervision: Supervision | None  # None: its silence says nothing
    door: Door | None  # None: it is expected at every hour


def waits_of(settings: Settings) -> Waits:
    return Waits(never_seen_s=settings.never_seen_after_s, maintenance_s=settings.maintenance_lasts_s)


class Pulse(Struct, gc=False):
    """What changes with every heartbeat; mutable on purpose, a million of them must stay cheap. Times in microseconds
    since 1970: a snapshot tells of all devices, and to make numbers of moments then took half of it."""

    life: Life
    since_us: int
    terms: Terms
    through: str | None = None  # who speaks for it; None where it does so itself
    last_seen_us: int | None = None
    battery_pct: float | None = None
    filed_s: float | None = None
    never_seen_s: float = 0.0
    is_in_maintenance: bool = False

    @property
    def since_at(self) -> datetime:
        return moment_of_us(self.since_us)

    @property
    def last_seen_at(self) -> datetime | None:
        return None if self.last_seen_us is None else moment_of_us(self.last_seen_us)

    @property
    def device_class(self) -> DeviceClass:
        return self.terms.device_class

    @property
    def supervision(self) -> Supervision | None:
        return self.terms.supervision

    @property
    def door(self) -> Door | None:
        return self.terms.door


def is_shut(pulse: Pulse) -> bool:
    """Outside the hours in which it is expected."""
    return pulse.door is not None and not pulse.door.is_open


def counted_from_s(pulse: Pulse) -> float:
    """Its silence before its hours began is none."""
    return pulse.door.opened_s if pulse.door is not None else 0.0


def never_seen_s(pulse: Pulse) -> float:
    """When it should have been heard for the first time: a whole deadline after its hours began, at the earliest."""
    opened_s = counted_from_s(pulse)
    return max(pulse.never_seen_s, opened_s + pulse.supervision.deadline_s if opened_s and pulse.supervision else 0.0)


def counts(event: Event, pulse: Pulse) -> bool:
    """Nobody is told that a device is OFFLINE which nobody expects to say anything."""
    if event.event_class is not EventClass.OFFLINE:
        return event.event_class is not EventClass.IGNORE
    return pulse.supervision is not None and pulse.life.state is not DeviceState.MAINTENANCE


def sighting_of(device_id: str, pulse: Pulse) -> Sighting:
    return Sighting(device_id, pulse.life.state.value, pulse.since_at, pulse.last_seen_at, pulse.battery_pct)
