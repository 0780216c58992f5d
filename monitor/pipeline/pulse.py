"""What is kept of each device between two heartbeats, and what a change of its state looks like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from device_adapters.core.contract import DeviceClass, Supervision
from device_adapters.core.events import Event, EventClass
from monitor.journal.device_states import Sighting
from monitor.machines.liveness import DeviceState, Life, LifeReason


@dataclass(frozen=True, slots=True)
class LifeChange:
    """One device's change of state. ``before`` is kept so that a failed commit can take it back.

    ``note``: what is wrong with it, as its source says.
    """

    device_id: str
    device_class: DeviceClass
    before: Life
    after: Life
    reason: LifeReason
    at: datetime
    since_before_at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """In seconds. ``maintenance_s``: so long nobody waits for a device that somebody is working on."""

    never_seen_s: float
    maintenance_s: float


class Pulse(Struct, gc=False):
    """What changes with every heartbeat; mutable on purpose, a million of them must stay cheap."""

    life: Life
    since_at: datetime
    device_class: DeviceClass
    supervision: Supervision | None  # None: its silence says nothing
    last_seen_at: datetime | None = None
    battery_pct: float | None = None
    filed_s: float | None = None
    never_seen_s: float = 0.0
    is_in_maintenance: bool = False


def counts(event: Event, pulse: Pulse) -> bool:
    """Nobody is told that a device is OFFLINE which nobody expects to say anything."""
    if event.event_class is not EventClass.OFFLINE:
        return event.event_class is not EventClass.IGNORE
    return pulse.supervision is not None and pulse.life.state is not DeviceState.MAINTENANCE


def sighting_of(device_id: str, pulse: Pulse) -> Sighting:
    return Sighting(device_id, pulse.life.state.value, pulse.since_at, pulse.last_seen_at, pulse.battery_pct)
