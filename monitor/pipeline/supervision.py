"""Who is alive: takes what is heard as evidence, and finds who fell silent when he should have been heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from device_adapters.core.contract import DeviceClass, Supervision
from device_adapters.core.events import LAST_WILL, Event, EventClass
from monitor.clock import Clock
from monitor.hours import Hours
from monitor.inventory.lookup import KnownDevice
from monitor.journal.device_states import Sighting, stored_states
from monitor.journal.times import unix_us
from monitor.machines import liveness
from monitor.machines.deadlines import Deadlines
from monitor.machines.listening import ListeningClock, tick
from monitor.machines.liveness import ALIVE, DeviceState, Life, LifeReason, trouble_of
from monitor.pipeline.doors import Doors
from monitor.pipeline.expected import Expected, heard_through
from monitor.pipeline.lives import Lives
from monitor.pipeline.pulse import (
    LifeChange,
    Pulse,
    Terms,
    Waits,
    counted_from_s,
    counts,
    is_shut,
    never_seen_s,
)

_NEVER_HEARD = Life()
# What speaks for others is in one of these: it may be gone already, and not yet called so.
_UNSURE = frozenset({DeviceState.LATE, DeviceState.MAINTENANCE})
# One object for equal numbers: batteries are read in whole percent, and deadlines of many fall together.
_one = lru_cache(maxsize=4096)(float)
_us = lru_cache(maxsize=64)(unix_us)  # what comes off the wire together has one moment


class Supervisor(Lives):
    """Only the writer thread calls it, but for what ``Lives`` lets be read."""

    def __init__(self, expected: Expected, waits: Waits, clock: Clock) -> None:
        super().__init__()
        self._expected = expected
        self._waits = waits
        self._clock = clock
        self._listening = ListeningClock()
        self._deadlines = Deadlines()
        self._doors = Doors()
        self._terms: dict[tuple[DeviceClass, Supervision | None, Hours | None], Terms] = {}
        self._begun_or_ended: set[str] = set()
        self._online_now = Life(DeviceState.ONLINE, self._listening.heard_s)

    def load(self, connection: Connection, devices: Iterable[KnownDevice]) -> None:
        """Takes the stored states over. Whoever was alive is given a whole deadline from now."""
        stored, now = stored_states(connection), self._clock.now()
        for device in devices:
            self._watch(device, stored.get(device.device_id), now)

    def _take_over(self, row: Sighting) -> None:
        state, pulse = DeviceState(row.state), self._pulses[row.device_id]
        heard_s = self._listening.heard_s if state in ALIVE else None
        life = Life(state=state, heard_s=heard_s)
        if state is DeviceState.UNKNOWN and row.last_seen_at is not None:
            life = liveness.unknowable(life, self._listening.heard_s)
        if state is DeviceState.MAINTENANCE:
            left_s = self._waits.maintenance_s - (self._clock.now() - row.since_at).total_seconds()
            life = liveness.in_maintenance(_NEVER_HEARD, self._listening.heard_s + max(0.0, left_s))
            if not pulse.is_in_maintenance:
                self._begun_or_ended.add(row.device_id)
        self._live(row.device_id, pulse, life)
        pulse.since_us, pulse.battery_pct = unix_us(row.since_at), row.battery_pct
        pulse.last_seen_us = None if row.last_seen_at is None else unix_us(row.last_seen_at)

    def add(self, device: KnownDevice) -> None:
        """Watches a device from now on; until it is heard, only its never-seen deadline runs."""
        self._watch(device, None, self._clock.now())

    def _watch(self, device: KnownDevice, stored: Sighting | None, now: datetime) -> None:
        pulse = Pulse(_NEVER_HEARD, _us(now), self._terms_of(device), heard_through(device))
        pulse.is_in_maintenance = device.sort.is_in_maintenance
        left_s = self._waits.never_seen_s - (now - device.registered_at).total_seconds()
        pulse.never_seen_s = _one(self._listening.heard_s + max(0.0, left_s))
        self._pulses[device.device_id] = pulse
        self._working.pop(device.device_id, None)
        if stored is not None:
            self._take_over(stored)
        self._file(device.device_id)

    def renew(self, device: KnownDevice, stored: Sighting | None) -> None:
        """As ``add``, for a device whose row changed: what is known of its life stays."""
        if (pulse := self._pulses.get(device.device_id)) is None:
            self._watch(device, stored, self._clock.now())
            if device.sort.is_in_maintenance:
                self._begun_or_ended.add(device.device_id)
            return
        pulse.terms, pulse.through = self._terms_of(device), heard_through(device)
        if pulse.is_in_maintenance is not device.sort.is_in_maintenance:
            pulse.is_in_maintenance = device.sort.is_in_maintenance
            self._begun_or_ended.add(device.device_id)
        self._file(device.device_id)

    def _terms_of(self, device: KnownDevice) -> Terms:
        hours = self._expected.hours_of(device)
        door = self._doors.of(hours, self._clock.now(), self._listening.heard_s) if hours else None
        said = device.device_class, self._expected.of(device), hours
        return self._terms.setdefault(said, Terms(said[0], said[1], door))

    def forget(self, device_id: str) -> None:
        """Nobody waits for it any more. Its entries in the wheel are passed over when they come up."""
        self._pulses.pop(device_id, None)
        self._dirty.discard(device_id)
        self._dark.discard(device_id)
        self._working.pop(device_id, None)

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic_s(self) -> float:
        return self._clock.monotonic_s()

    @property
    def heard_s(self) -> float:
        """The listening clock."""
        return self._listening.heard_s

    def observe(self, device_id: str, event: Event, *, at: datetime, is_replay: bool) -> LifeChange | None:
        """Takes one event as evidence; the change of state it makes, or None.

        A retained copy proves nothing about now: a device and its broker that die together leave a
        retained "online" behind. Only a retained "offline" counts, for nobody says that of himself.
        """
        pulse = self._pulses.get(device_id)
        if pulse is None or not counts(event, pulse):
            return None
        if event.event_class is EventClass.OFFLINE:
            heard_s = self._listening.heard_s
            if LAST_WILL in event.flags:
                return self._turn(device_id, liveness.disconnected(pulse.life, heard_s), LifeReason.DISCONNECTED, at)
            return self._turn(device_id, liveness.reported_down(pulse.life), LifeReason.REPORTED_DOWN, at)
        if is_replay:
            return None
        pulse.last_seen_us = _us(at)
        if event.battery_pct is not None:
            pulse.battery_pct = _one(event.battery_pct)
        self._dirty.add(device_id)
        self._times_heard[device_id] += 1
        return self._heard(device_id, pulse, trouble_of(event), at)

    def _heard(self, device_id: str, pulse: Pulse, trouble: str | None, at: datetime) -> LifeChange | None:
        if pulse.life.state is DeviceState.MAINTENANCE:
            return None
        if trouble is None and pulse.life.state is DeviceState.ONLINE:
            # The hot path: one write of what all share that are heard between two ticks, and nothing filed anywhere
            # (the wheel finds the mark when it looks).
            pulse.life = self._online_now
            return None
        heard_s = self._listening.heard_s
        if trouble is None:
            after, reason = liveness.heard(pulse.life, heard_s, pulse.supervision), LifeReason.HEARD
        else:
            after, reason = liveness.troubled(pulse.life, heard_s), LifeReason.TROUBLE
        # A fleet that comes back together shares the mark of those that were there.
        after = self._online_now if after == self._online_now else after
        change = self._turn(device_id, after, reason, at)
        return change and replace(change, note=trouble)

    def tick(self, *, is_linked: bool, reconnect_grace_s: float) -> list[LifeChange]:
        """Lets time pass; everybody whose silence has changed their state by now."""
        self._listening = tick(
            self._listening,
            monotonic_s=self._clock.monotonic_s(),
            is_linked=is_linked,
            reconnect_grace_s=reconnect_grace_s,
        )
        heard_s, at = self._listening.heard_s, self._clock.now()
        self._online_now = Life(DeviceState.ONLINE, heard_s)
        for device_id in self._doors.turn(at, heard_s):
            self._file(device_id)
        due = [device_id for device_id in self._deadlines.due(heard_s) if self._is_due(device_id, heard_s)]
        changes = [self._serve(device_id, heard_s, at) for device_id in self._begun_or_ended]
        self._begun_or_ended.clear()
        changes += [self._fall_silent(device_id, heard_s, at) for device_id in due]
        return [change for change in changes if change is not None]

    def _serve(self, device_id: str, heard_s: float, at: datetime) -> LifeChange | None:
        """Its maintenance has begun, or somebody has said that it is over."""
        pulse = self._pulses.get(device_id)
        if pulse is None or pulse.supervision is None:
            return None
        if pulse.is_in_maintenance:
            life = liveness.in_maintenance(pulse.life, heard_s + self._waits.maintenance_s)
            return self._turn(device_id, life, LifeReason.IN_MAINTENANCE, at)
        if pulse.life.state is not DeviceState.MAINTENANCE:
            return None
        return self._turn(device_id, liveness.after_maintenance(heard_s), LifeReason.MAINTENANCE_OVER, at)

    def _is_due(self, device_id: str, heard_s: float) -> bool:
        # A device that was filed anew under an earlier moment leaves its old entry behind in the wheel.
        pulse = self._pulses.get(device_id)
        if pulse is None or pulse.filed_s is None or pulse.filed_s > heard_s:
            return False
        pulse.filed_s = None
        return True

    def _fall_silent(self, device_id: str, heard_s: float, at: datetime) -> LifeChange | None:
        pulse = self._pulses[device_id]
        if pulse.supervision is None:
            return None
        if pulse.life == _NEVER_HEARD:
            return self._never_seen(device_id, pulse, heard_s, at)
        after, reason = liveness.after_silence(pulse.life, heard_s, pulse.supervision, counted_from_s(pulse))
        change = self._turn(device_id, after, reason, at)
        self._file(device_id)
        return change

    def _never_seen(self, device_id: str, pulse: Pulse, heard_s: float, at: datetime) -> LifeChange | None:
        if is_shut(pulse) or heard_s < never_seen_s(pulse):
            self._file(device_id)
            return None
        life = pulse.life
        return LifeChange(device_id, pulse.device_class, life, life, LifeReason.NEVER_SEEN, at, pulse.since_at)

    def lose(self, device_id: str, at: datetime) -> LifeChange | None:
        """What speaks for it is gone: whatever it was, nobody knows it any more."""
        pulse = self._pulses[device_id]
        if pulse.life.state not in ALIVE or pulse.supervision is None:
            return None
        return self._turn(device_id, liveness.unknowable(pulse.life, self.heard_s), LifeReason.UPLINK_GONE, at)

    def regain(self, device_id: str, at: datetime) -> LifeChange | None:
        """What speaks for it is back: it is looked for anew."""
        pulse = self._pulses[device_id]
        if pulse.supervision is None or is_shut(pulse):
            return None
        if pulse.life.state is not DeviceState.UNKNOWN or pulse.life == _NEVER_HEARD:
            return None
        life = liveness.within_reach(pulse.life, self.heard_s, pulse.supervision)
        return self._turn(device_id, life, LifeReason.UPLINK_BACK, at)

    def take_back(self, changes: list[LifeChange]) -> None:
        """Undoes changes whose commit failed, newest first; they will be found again."""
        for change in reversed(changes):
            pulse = self._pulses[change.device_id]
            self._live(change.device_id, pulse, change.before)
            pulse.since_us = _us(change.since_before_at)
            if change.reason in (LifeReason.IN_MAINTENANCE, LifeReason.MAINTENANCE_OVER):
                self._begun_or_ended.add(change.device_id)
            self._file(change.device_id)

    def _turn(self, device_id: str, after: Life, reason: LifeReason, at: datetime) -> LifeChange | None:
        pulse = self._pulses[device_id]
        if after.state is DeviceState.OFFLINE is not pulse.life.state:
            after, reason = self._excused(pulse, after, reason)
        before, since_before_at = pulse.life, pulse.since_at
        if after is before:
            return None
        self._live(device_id, pulse, after)
        self._file(device_id)
        if after.state is before.state:
            return None
        pulse.since_us = _us(at)
        return LifeChange(device_id, pulse.device_class, before, after, reason, at, since_before_at)

    def _excused(self, pulse: Pulse, after: Life, reason: LifeReason) -> tuple[Life, LifeReason]:
        """Outside its hours it may be switched off; behind a gateway that is gone, nobody can know."""
        if is_shut(pulse):
            return liveness.unknowable(after, self.heard_s), LifeReason.OFF_HOURS
        if reason is not LifeReason.REPORTED_DOWN and self._is_out_of_reach(pulse):
            return liveness.unknowable(after, self.heard_s), LifeReason.UPLINK_GONE
        return after, reason

    def _is_out_of_reach(self, pulse: Pulse) -> bool:
        uplink = self._pulses.get(pulse.through) if pulse.through is not None else None
        return uplink is not None and (pulse.through in self._dark or uplink.life.state in _UNSURE)

    def _file(self, device_id: str) -> None:
        pulse = self._pulses.get(device_id)
        if pulse is None or pulse.supervision is None:
            return
        if pulse.door and is_shut(pulse) and pulse.life.state is DeviceState.UNKNOWN:
            pulse.door.waiting[device_id] = None
            return
        look_s = liveness.next_look_s(pulse.life, pulse.supervision, counted_from_s(pulse))
        if pulse.life == _NEVER_HEARD:
            look_s = never_seen_s(pulse)
        if look_s is None or (pulse.filed_s is not None and pulse.filed_s <= look_s):
            return
        pulse.filed_s = look_s
        self._deadlines.file(device_id, look_s)
