"""Who is alive: keeps every device's life in memory, finds who fell silent, writes last-seen times behind.

Memory is a cache: states are rows (``device_state``), and after a restart every deadline starts again from now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import Connection

from device_adapters.core.contract import Supervision
from device_adapters.core.events import LAST_WILL, Event, EventClass
from monitor.clock import Clock
from monitor.inventory.lookup import KnownDevice
from monitor.journal.device_states import Sighting, stored_states
from monitor.machines import liveness
from monitor.machines.deadlines import Deadlines
from monitor.machines.listening import ListeningClock, tick
from monitor.machines.liveness import ALIVE, WORKING, DeviceState, Life, LifeReason, trouble_of
from monitor.pipeline.pulse import LifeChange, Pulse, Waits, counts, sighting_of

T = TypeVar("T")
_NEVER_HEARD = Life()
# One object for equal numbers: batteries are read in whole percent, and deadlines of many fall together.
_one = lru_cache(maxsize=4096)(float)


class Supervisor:
    """Only the writer thread calls it; ``working``, ``devices_live`` and ``sightings`` may be read from elsewhere."""

    def __init__(self, supervision_of: Callable[[KnownDevice], Supervision | None], waits: Waits, clock: Clock) -> None:
        self._supervision_of = supervision_of
        self._waits = waits
        self._clock = clock
        self._listening = ListeningClock()
        self._pulses: dict[str, Pulse] = {}
        self._deadlines = Deadlines()
        self._dirty: set[str] = set()
        self._working: dict[str, None] = {}  # a set of as many ids takes three times the room
        self._begun_or_ended: set[str] = set()
        self._times_heard: Counter[str] = Counter()
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
        if state is DeviceState.MAINTENANCE:
            left_s = self._waits.maintenance_s - (self._clock.now() - row.since_at).total_seconds()
            life = liveness.in_maintenance(_NEVER_HEARD, self._listening.heard_s + max(0.0, left_s))
            if not pulse.is_in_maintenance:
                self._begun_or_ended.add(row.device_id)
        self._live(row.device_id, pulse, life)
        pulse.since_at, pulse.last_seen_at, pulse.battery_pct = row.since_at, row.last_seen_at, row.battery_pct

    def add(self, device: KnownDevice) -> None:
        """Watches a device from now on; until it is heard, only its never-seen deadline runs."""
        self._watch(device, None, self._clock.now())

    def _watch(self, device: KnownDevice, stored: Sighting | None, now: datetime) -> None:
        pulse = Pulse(_NEVER_HEARD, now, device.device_class, self._supervision_of(device))
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
        pulse.device_class, pulse.supervision = device.device_class, self._supervision_of(device)
        if pulse.is_in_maintenance is not device.sort.is_in_maintenance:
            pulse.is_in_maintenance = device.sort.is_in_maintenance
            self._begun_or_ended.add(device.device_id)
        self._file(device.device_id)

    def forget(self, device_id: str) -> None:
        """Nobody waits for it any more. Its entries in the wheel are passed over when they come up."""
        self._pulses.pop(device_id, None)
        self._dirty.discard(device_id)
        self._working.pop(device_id, None)

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic_s(self) -> float:
        return self._clock.monotonic_s()

    @property
    def heard_s(self) -> float:
        """The listening clock."""
        return self._listening.heard_s

    def state_of(self, device_id: str) -> DeviceState | None:
        pulse = self._pulses.get(device_id)
        return pulse.life.state if pulse else None

    def interval_s(self, device_id: str) -> float | None:
        pulse = self._pulses.get(device_id)
        return pulse.supervision.interval_s if pulse and pulse.supervision else None

    def heard_after(self, device_ids: Iterable[str], moment_s: float) -> int:
        """How many of them are alive and gave a sign of it after a moment of the listening clock."""
        lives = (pulse.life for each in device_ids if (pulse := self._pulses.get(each)) is not None)
        return sum(life.state in ALIVE and (life.heard_s or 0.0) > moment_s for life in lives)

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
        pulse.last_seen_at = at
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
        if pulse.life.state is DeviceState.UNKNOWN:
            life = pulse.life
            if heard_s < pulse.never_seen_s:
                self._file(device_id)
                return None
            return LifeChange(device_id, pulse.device_class, life, life, LifeReason.NEVER_SEEN, at, pulse.since_at)
        after, reason = liveness.after_silence(pulse.life, heard_s, pulse.supervision)
        change = self._turn(device_id, after, reason, at)
        self._file(device_id)
        return change

    def take_back(self, changes: list[LifeChange]) -> None:
        """Undoes changes whose commit failed, newest first; they will be found again."""
        for change in reversed(changes):
            pulse = self._pulses[change.device_id]
            self._live(change.device_id, pulse, change.before)
            pulse.since_at = change.since_before_at
            if change.reason in (LifeReason.IN_MAINTENANCE, LifeReason.MAINTENANCE_OVER):
                self._begun_or_ended.add(change.device_id)
            self._file(change.device_id)

    def take_sightings(self, at_most: int) -> list[Sighting]:
        """Last-seen times not yet written, oldest work first come; they count as written from here on."""
        taken = [self._dirty.pop() for _ in range(min(at_most, len(self._dirty)))]
        if not self._dirty:
            self._dirty = set()  # an emptied one keeps the room it had
        return [self.sighting(device_id) for device_id in taken]

    def put_back(self, sightings: list[Sighting]) -> None:
        self._dirty.update(sighting.device_id for sighting in sightings)

    def working(self) -> frozenset[str]:
        """Ids of all that are heard, as they are now. May be read from elsewhere too."""
        return frozenset(self._working)

    def take_counts(self) -> Mapping[str, int]:
        """How often each device was heard since the last call."""
        counts, self._times_heard = self._times_heard, Counter()
        return counts

    def devices_live(self) -> dict[str, Sighting]:
        """Every device as it is now, fresher than the database by up to a second."""
        return {device_id: sighting_of(device_id, pulse) for device_id, pulse in list(self._pulses.items())}

    def lives(self, shape: Callable[[str, datetime, datetime | None, float | None], T]) -> dict[str, T]:
        """As ``devices_live``, each in a shape of the caller's: state, since when, last seen, battery."""
        pulses = list(self._pulses.items())
        # _value_: what the enum's own property looks up, which takes as long as all the rest.
        return {
            device_id: shape(each.life.state._value_, each.since_at, each.last_seen_at, each.battery_pct)
            for device_id, each in pulses
        }

    def sightings(self, device_ids: Iterable[str]) -> list[Sighting]:
        """Of those that are supervised. May be read from elsewhere too."""
        pulses = ((device_id, self._pulses.get(device_id)) for device_id in device_ids)
        return [sighting_of(device_id, pulse) for device_id, pulse in pulses if pulse is not None]

    def sighting(self, device_id: str) -> Sighting:
        return sighting_of(device_id, self._pulses[device_id])

    def _turn(self, device_id: str, after: Life, reason: LifeReason, at: datetime) -> LifeChange | None:
        pulse = self._pulses[device_id]
        before, since_before_at = pulse.life, pulse.since_at
        if after is before:
            return None
        self._live(device_id, pulse, after)
        self._file(device_id)
        if after.state is before.state:
            return None
        pulse.since_at = at
        return LifeChange(device_id, pulse.device_class, before, after, reason, at, since_before_at)

    def _live(self, device_id: str, pulse: Pulse, life: Life) -> None:
        """The one way a state changes: whoever counts those that work need not look at every device."""
        pulse.life = life
        if life.state in WORKING:
            self._working[device_id] = None
        else:
            self._working.pop(device_id, None)

    def _file(self, device_id: str) -> None:
        pulse = self._pulses[device_id]
        if pulse.supervision is None:
            return
        look_s = liveness.next_look_s(pulse.life, pulse.supervision)
        if pulse.life == _NEVER_HEARD:
            look_s = pulse.never_seen_s
        if look_s is None or (pulse.filed_s is not None and pulse.filed_s <= look_s):
            return
        pulse.filed_s = look_s
        self._deadlines.file(device_id, look_s)
