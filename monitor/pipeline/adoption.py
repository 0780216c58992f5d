"""Alarms of a source that rang before anybody knew it: they become those of the device that it turns out to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select, update

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind
from monitor.inventory.alarm_classes import AlarmClass
from monitor.journal.alarm_rows import ALARM
from monitor.machines.alarm import AlarmState
from monitor.pipeline.alarm_log import AlarmChange, Turn, alarm_of, alarm_row, journal, save

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Adoption:
    """What a device that rang before anybody knew it turns out to be."""

    device_id: str
    device_class: DeviceClass
    kind: AlarmKind | None
    classes: Mapping[AlarmKind, AlarmClass]


def nameless_among(tx: Connection, sources: Sequence[str]) -> set[str]:
    """Those that rang while nobody knew them."""
    found = set[str]()
    for start in range(0, len(sources), _AT_ONCE):
        some = ALARM.c.source.in_(sources[start : start + _AT_ONCE])
        found.update(tx.execute(select(ALARM.c.source).where(some, ALARM.c.device_id.is_(None))).scalars())
    return found


def adopt(tx: Connection, source: str, adoption: Adoption, by: str, at: datetime) -> list[AlarmChange]:
    """Gives the alarms of a source its device, and a live panic the kind of that device; who saw it must look again."""
    nameless = (ALARM.c.source == source, ALARM.c.device_id.is_(None))
    live = tx.execute(select(ALARM).where(*nameless, ALARM.c.state != AlarmState.NORMAL)).mappings().all()
    tx.execute(update(ALARM).where(*nameless).values(device_id=adoption.device_id))
    changes = []
    for row in live:
        before = alarm_of(row, adoption.classes[AlarmKind(row["kind"])].is_latching)
        kind = adoption.kind if before.kind is AlarmKind.PANIC and adoption.kind else before.kind
        after = replace(before, kind=kind, version=before.version + 1)
        save(tx, row["id"], after, kind=kind, priority=adoption.classes[kind].priority_for(adoption.device_class))
        changes.append(journal(tx, alarm_row(tx, row["id"]), Turn(before, after, "adopted", at, by)))
    return changes
