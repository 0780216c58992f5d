"""What is down together: from changes of life to the picture of outages, kept in memory as the store has it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind
from monitor.inventory.lookup import DeviceBook, KnownDevice
from monitor.journal.outages import live_outages
from monitor.journal.times import unix_ms
from monitor.machines import common_cause
from monitor.machines.common_cause import SHARP_S, WILL_LAG_S, Cause, CauseKind, Fall, Happened, Outage, Picture
from monitor.machines.liveness import ALIVE, DeviceState, LifeReason
from monitor.pipeline.outage_log import OutageLog, Scene
from monitor.pipeline.pulse import UPLINKS, LifeChange
from monitor.pipeline.record import Told
from monitor.pipeline.recording import Recorder
from monitor.pipeline.supervision import Supervisor
from monitor.pipeline.ties import Ties

# A dead bell protects nobody, whatever else is down: its own alarm always stands beside the outage.
_ALWAYS_TOLD = frozenset({DeviceClass.BELL, DeviceClass.SIREN})
# Jitter and one lost message: so much longer than its interval may a beat be away.
_LATEST_BEAT = 1.25


class Outages:
    """Lives on the writer thread. ``picture`` is what is committed; ``judge`` says what it would become."""

    def __init__(self, supervisor: Supervisor, book: DeviceBook) -> None:
        self._supervisor, self._book = supervisor, book
        self.ties = Ties()
        self.picture = Picture()
        self._gone: set[str] = set()

    def load(self, connection: Connection) -> None:
        """Outages that go on; a fall of before the restart that nothing explained stays alone."""
        self.ties.load(connection, self._book.all())
        now_s = self._supervisor.heard_s
        outages = []
        for row in live_outages(connection):
            cause = Cause(CauseKind(row.cause), row.key)
            outages.append(Outage(row.name, cause, frozenset(row.down), now_s, now_s, row.back))
        self.picture = Picture(tuple(outages))
        # Who came back or left the inventory while nobody looked is in none of them any more.
        states = {each: self._supervisor.state_of(each) for outage in outages for each in outage.down}
        self._gone = {device_id for device_id, state in states.items() if state is not DeviceState.OFFLINE}

    def replace(self, before: KnownDevice | None, after: KnownDevice | None) -> None:
        """A device's row changed; None: it was not there, or is no more."""
        if before is not None:
            self.ties.remove(before)
        if after is not None:
            self.ties.add(after)
        elif before is not None:
            self._gone.add(before.device_id)

    def is_due(self) -> bool:
        """Whether time alone, or what left the inventory, changes the picture."""
        look_s = self.picture.next_look_s()
        return bool(self._gone and self.picture.outages) or (look_s is not None and look_s <= self._supervisor.heard_s)

    def judge(self, changes: Sequence[LifeChange], now: datetime) -> Picture:
        """The picture after ``changes``; nothing counts until ``take`` is called with it."""
        last = {change.device_id: change for change in changes}
        falls = [fall for change in last.values() if (fall := self._fall(change)) is not None]
        returns = {device_id for device_id, change in last.items() if change.after.state is not DeviceState.OFFLINE}
        is_known = self.picture.outages or self.picture.recent
        if not falls and not (is_known and (returns or self.is_due())):
            return self.picture
        prefix = f"outage-{unix_ms(now)}-"
        happened = Happened(self._supervisor.heard_s, falls, returns | self._gone, prefix)
        return common_cause.step(self.picture, happened, self)

    def take(self, picture: Picture) -> None:
        """It is committed."""
        self.picture = picture
        self._gone.clear()

    def write(self, tx: Connection, recorder: Recorder, picture: Picture, changes: Sequence[LifeChange]) -> None:
        """What the picture says that was not so before; after the lives of the devices were written."""
        if picture.outages == self.picture.outages:
            return
        scene = Scene(
            now=self._supervisor.now(),
            now_s=self._supervisor.heard_s,
            how={change.device_id: change.reason for change in changes},
            known=self._book.with_id,
            is_hidden=self.is_hidden,
            is_down=lambda device_id: self._supervisor.state_of(device_id) is DeviceState.OFFLINE,
            has_own=lambda source: recorder.has_alarm(source, AlarmKind.OFFLINE),
        )
        log = OutageLog(tx, recorder.classes, scene)
        log.write(self.picture, picture)
        for change in log.changes:
            recorder.changed(change)
        recorder.record.resized += log.recounted

    def how(self, device_id: str, picture: Picture, flapping: Collection[str]) -> Told:
        """By which alarm its silence is told of."""
        if self.is_hidden(device_id, picture):
            return Told.BY_OUTAGE
        return Told.HELD if device_id in flapping else Told.ALONE

    def is_hidden(self, device_id: str, picture: Picture) -> bool:
        """Whether the outage's own alarm stands for this device's."""
        device = self._book.with_id(device_id)
        if device is None or picture.outage_of(device_id) is None or device.device_class in _ALWAYS_TOLD:
            return False
        return device.device_class not in UPLINKS or _ALWAYS_TOLD.isdisjoint(self._spoken_for(device_id))

    def _spoken_for(self, uplink: str) -> Iterable[DeviceClass]:
        return self._supervisor.spoken_for(self.ties.members(Cause(CauseKind.UPLINK, uplink)), uplink).values()

    # -- what the machine asks ------------------------------------------------------------------------------------

    def size(self, cause: Cause) -> int:
        return self.ties.size(cause)

    def heard_after(self, cause: Cause, moment_s: float) -> int:
        return self._supervisor.heard_after(self.ties.members(cause), moment_s)

    def _fall(self, change: LifeChange) -> Fall | None:
        """When a device that went down can have gone down, on the listening clock; None where it was never up."""
        device, before = self._book.with_id(change.device_id), change.before
        if device is None or change.after.state is not DeviceState.OFFLINE or before.heard_s is None:
            return None
        if before.state not in ALIVE:  # nobody knows when
            return None
        from_s, to_s = before.heard_s, self._supervisor.heard_s
        if change.reason is LifeReason.DISCONNECTED and before.lost_s is not None:
            from_s, to_s = max(from_s, before.lost_s - WILL_LAG_S), before.lost_s
        elif change.reason is LifeReason.SILENT:
            interval_s = self._supervisor.interval_s(change.device_id) or SHARP_S
            to_s = min(to_s, from_s + _LATEST_BEAT * interval_s)
        return Fall(change.device_id, from_s, to_s, self.ties.causes(device))
