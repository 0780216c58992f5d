"""What one transaction changed, and how a device's silence is told of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from device_adapters.core.events import AlarmKind
from monitor import metrics
from monitor.journal.outages import OutageFacts
from monitor.machines.alarm import Given
from monitor.machines.drill import is_of_drill
from monitor.pipeline.alarm_log import AlarmChange
from monitor.pipeline.incident_log import IncidentChange, NotWritten
from monitor.pipeline.pulse import LifeChange

# (source, kind) of a live alarm → whether its condition is still present.
Conditions = dict[tuple[str, AlarmKind], bool]


class Told(Enum):
    """By the device's own alarm, by one that stays while it comes and goes, or by that of an outage."""

    ALONE = "alone"
    HELD = "held"
    BY_OUTAGE = "by_outage"


@dataclass(frozen=True, slots=True)
class DeviceTest:
    """A press that was agreed to be a trial."""

    seq: int
    device_id: str
    name: str
    at: datetime


@dataclass(slots=True)
class Record:
    """For the caches and the feed; void unless the transaction commits."""

    alarms: list[AlarmChange] = field(default_factory=list)
    incidents: list[IncidentChange] = field(default_factory=list)
    recounted: list[int] = field(default_factory=list)
    resized: list[int] = field(default_factory=list)  # outages that grew or shrank
    outages: dict[int, OutageFacts] = field(default_factory=dict)  # of the alarms that are one
    tests: list[DeviceTest] = field(default_factory=list)
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)  # the alarms as the transaction left them
    lives: list[LifeChange] = field(default_factory=list)
    last_seq: int = 0
    pressed_at: list[datetime] = field(default_factory=list)  # receive times of the presses among them
    quarantined: int = 0
    incident_failed_at: datetime | None = None

    def follow(self, change: IncidentChange | NotWritten | None) -> None:
        """What people will have to do about it."""
        if isinstance(change, NotWritten):
            self.incident_failed_at = change.at
        elif change is not None:
            self.incidents.append(change)
            self.last_seq = change.seq


def count_out(record: Record, now: datetime) -> None:
    """What the figures for graphs are made of."""
    metrics.PRESSES.inc(len(record.pressed_at))
    for pressed_at in record.pressed_at:
        metrics.PRESS_TO_COMMIT_S.observe((now - pressed_at).total_seconds())
    metrics.DUPLICATES.inc(len(record.recounted))
    metrics.QUARANTINED.inc(record.quarantined)
    for change in record.alarms:
        if change.reason == Given.ALARM and not is_of_drill(change.source):
            metrics.alarms(change.kind).inc()
