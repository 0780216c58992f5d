"""Outages as rows and as alarms: what changed between two pictures is written into an open transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from device_adapters.core.events import AlarmKind
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.lookup import KnownDevice
from monitor.journal.alarm_rows import ALARM
from monitor.journal.outages import MEMBER, OUTAGE
from monitor.machines.alarm import Given
from monitor.machines.common_cause import Outage, Picture
from monitor.pipeline.alarm_log import AlarmChange, OwnAct, Signal, give, restore_alarm
from monitor.pipeline.discipline import ring

_AT_ONCE = 500
# An officer who took over an outage of twenty must look again when it is one of forty.
RINGS_AGAIN_AT = 2


@dataclass(frozen=True, slots=True)
class Scene:
    """What surrounds the change. ``now_s``: the listening clock at ``now``; ``how``: device → the way it fell;
    ``has_own``: whether a source has a live alarm of its own silence.
    """

    now: datetime
    now_s: float
    how: Mapping[str, str]
    known: Callable[[str], KnownDevice | None]
    is_hidden: Callable[[str, Picture], bool]
    is_down: Callable[[str], bool]
    has_own: Callable[[str], bool]


class OutageLog:
    """``told``: the alarms whose counts changed and nothing else."""

    def __init__(self, tx: Connection, classes: Mapping[AlarmKind, AlarmClass], scene: Scene) -> None:
        self._tx, self._scene, self._classes = tx, scene, classes
        self.changes: list[AlarmChange] = []
        self.recounted: list[int] = []

    def write(self, before: Picture, after: Picture) -> None:
        were = {outage.name: outage for outage in before.outages}
        are = {outage.name: outage for outage in after.outages}
        for outage in after.outages:
            known = were.get(outage.name)
            alarm_id = self._open(outage) if known is None else self._id_of(outage.name)
            was_down = known.down if known else frozenset[str]()
            self._join(alarm_id, outage.down - was_down, after)
            self._leave(alarm_id, was_down - outage.down)
            if known is not None and known != outage:
                self._tell(alarm_id, known, outage)
        for outage in before.outages:
            if outage.name not in are:
                self._close(outage, after)

    def _open(self, outage: Outage) -> int:
        now = self._scene.now
        began_at = now - timedelta(seconds=max(0.0, self._scene.now_s - outage.onset_s))
        change = self._ring(outage, began_at)
        row = {
            "alarm_id": change.alarm_id,
            "name": outage.name,
            "cause": outage.cause.kind,
            "cause_key": outage.cause.key,
            "began_at": began_at,
            "rung_for": len(outage.down),
        }
        self._tx.execute(insert(OUTAGE).values(**row))
        return change.alarm_id

    def _ring(self, outage: Outage, began_at: datetime) -> AlarmChange:
        rules = self._classes[AlarmKind.OUTAGE]
        signal = Signal(
            source=source_of(outage),
            device_id=None,
            kind=AlarmKind.OUTAGE,
            priority=rules.priority,
            is_latching=rules.is_latching,
            raised_at=began_at,
            received_at=self._scene.now,
        )
        change = ring(self._tx, signal)
        self.changes.append(change)
        return change

    def _join(self, alarm_id: int, device_ids: Collection[str], after: Picture) -> None:
        again = set[str]()
        for some in _chunks(sorted(device_ids)):
            known = (MEMBER.c.alarm_id == alarm_id, MEMBER.c.device_id.in_(some))
            # Whoever came back and fell again is in it once.
            returned = update(MEMBER).where(*known).values(back_at=None).returning(MEMBER.c.device_id)
            again.update(self._tx.execute(returned).scalars())
        fresh = {"alarm_id": alarm_id, "joined_at": self._scene.now}
        how = self._scene.how
        rows = [fresh | {"device_id": each, "how": how.get(each, "")} for each in sorted(set(device_ids) - again)]
        if rows:
            self._tx.execute(insert(MEMBER), rows)
        for each in sorted(device_ids):
            if self._scene.is_hidden(each, after):
                self._own(each, Given.SUPPRESS)

    def _leave(self, alarm_id: int, device_ids: Collection[str]) -> None:
        for some in _chunks(sorted(device_ids)):
            gone = (MEMBER.c.alarm_id == alarm_id, MEMBER.c.device_id.in_(some))
            self._tx.execute(update(MEMBER).where(*gone).values(back_at=self._scene.now))
        for each in sorted(device_ids):
            self._own(each, Given.UNSUPPRESS)

    def _tell(self, alarm_id: int, known: Outage, outage: Outage) -> None:
        """Another cause must be seen; that it grew, only where it has doubled since somebody took it over."""
        if known.cause != outage.cause:
            values = {"cause": outage.cause.kind, "cause_key": outage.cause.key}
            self._tx.execute(update(OUTAGE).where(OUTAGE.c.alarm_id == alarm_id).values(**values))
            self._give(source_of(outage), AlarmKind.OUTAGE, None, "widened")
        if len(outage.down) > len(known.down) and self._has_outgrown(alarm_id, len(outage.down)):
            grown = update(OUTAGE).where(OUTAGE.c.alarm_id == alarm_id).values(rung_for=len(outage.down))
            self._tx.execute(grown)
            self._ring(outage, self._scene.now)
        elif known.down != outage.down:
            self.recounted.append(alarm_id)

    def _has_outgrown(self, alarm_id: int, down: int) -> bool:
        acknowledged = select(OUTAGE.c.rung_for).join(ALARM, ALARM.c.id == OUTAGE.c.alarm_id)
        taken = acknowledged.where(OUTAGE.c.alarm_id == alarm_id, ALARM.c.acknowledged_at.is_not(None))
        rung_for = self._tx.execute(taken).scalar()
        return rung_for is not None and down >= RINGS_AGAIN_AT * rung_for

    def _close(self, outage: Outage, after: Picture) -> None:
        """Everybody is back, or it became a part of another, or what is left are faults of their own."""
        alarm_id, now = self._id_of(outage.name), self._scene.now
        left = outage.down.difference(*(each.down for each in after.outages))
        down = frozenset(each for each in left if self._scene.is_down(each))
        self._leave(alarm_id, left - down)
        for each in sorted(down):
            self._own(each, Given.UNSUPPRESS)
        self._tx.execute(update(OUTAGE).where(OUTAGE.c.alarm_id == alarm_id).values(closed_at=now))
        is_latching = self._classes[AlarmKind.OUTAGE].is_latching
        ended = restore_alarm(self._tx, source_of(outage), AlarmKind.OUTAGE, is_latching=is_latching, at=now)
        if ended is not None:
            self.changes.append(ended)

    def _own(self, device_id: str, given: Given) -> None:
        """Sets a device's own alarm aside, or gives it its voice back; one that is down and has none gets it now."""
        device = self._scene.known(device_id)
        if device is None:
            return
        source = f"{device.adapter}:{device.address}"
        if self._scene.has_own(source):
            self._give(source, AlarmKind.OFFLINE, given, f"{given}_by_outage")
        elif given is Given.UNSUPPRESS and self._scene.is_down(device_id):
            self.changes.append(ring(self._tx, self._fault(device, source)))

    def _fault(self, device: KnownDevice, source: str) -> Signal:
        rules, now = self._classes[AlarmKind.OFFLINE], self._scene.now
        return Signal(
            source=source,
            device_id=device.device_id,
            kind=AlarmKind.OFFLINE,
            priority=rules.priority_for(device.device_class),
            is_latching=rules.is_latching,
            raised_at=now,
            received_at=now,
            detail="left_by_outage",
        )

    def _give(self, source: str, kind: AlarmKind, given: Given | None, reason: str) -> None:
        change = give(self._tx, OwnAct(source, kind, self._scene.now, reason), given)
        if change is not None:
            self.changes.append(change)

    def _id_of(self, name: str) -> int:
        alarm_id: int = self._tx.execute(select(OUTAGE.c.alarm_id).where(OUTAGE.c.name == name)).scalar_one()
        return alarm_id


def source_of(outage: Outage) -> str:
    """As devices have one; no adapter is called so."""
    return f"monitor:{outage.name}"


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))
