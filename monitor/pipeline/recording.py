"""One transaction's worth of writing: readings and changes of life become rows, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from device_adapters.core.events import BATTERY_HYSTERESIS_PCT, AlarmKind, Event, EventClass
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.lookup import name_of
from monitor.inventory.prepared import Row
from monitor.journal import events
from monitor.journal.clearing import QUARANTINE_FLOOD, count_cleared
from monitor.journal.device_states import Sighting, write_state
from monitor.journal.times import today
from monitor.journal.transitions import DeviceTurn, add_turn
from monitor.machines.admission import Admission, Seen, Verdict, admit
from monitor.machines.liveness import DeviceState, LifeReason
from monitor.pipeline import alarm_log, discipline, siren_log, tested_sites, trial_log
from monitor.pipeline.alarm_log import AlarmChange, Signal
from monitor.pipeline.flood import Flood
from monitor.pipeline.incident_log import note_call
from monitor.pipeline.pulse import LifeChange
from monitor.pipeline.reading import Heard, Reading
from monitor.pipeline.record import Conditions, DeviceTest, Record, Told
from monitor.pipeline.trial_log import Press

# An event class that is a condition of the device itself, and the kind of alarm it makes.
_CONDITIONS = {
    EventClass.TAMPER: AlarmKind.TAMPER,
    EventClass.LOW_BATTERY: AlarmKind.BATTERY_LOW,
    EventClass.TROUBLE: AlarmKind.TROUBLE,
}

_OF_DEVICES = frozenset({LifeReason.HEARD, LifeReason.TROUBLE, LifeReason.DISCONNECTED, LifeReason.REPORTED_DOWN})

UNKNOWN_DEVICE = "unknown device: it is not in the inventory"
# The shipped broker lets no larger message through; with another one, a stranger must not fill the disk.
LONGEST_KEPT_BYTES = 65_536

# A device in one of these is no reason for an alarm of its silence.
_NOT_MISSED = frozenset({DeviceState.ONLINE, DeviceState.DEGRADED, DeviceState.MAINTENANCE})


class Recorder:
    """Writes into one open transaction. ``conditions``: the live alarms as they are; changed as it writes."""

    def __init__(
        self,
        tx: Connection,
        classes: Mapping[AlarmKind, AlarmClass],
        conditions: Conditions,
        strangers: set[str],
        flood: Flood,
    ) -> None:
        self.record = Record()
        self._tx = tx
        self.classes = classes
        self._conditions = conditions
        self._strangers = strangers
        self._flood = flood

    def reading(self, reading: Reading) -> None:
        """Everything one message says."""
        for key, value in reading.remember.items():
            events.remember(self._tx, reading.adapter, key, value)
        if reading.refused is not None:
            self._quarantine(reading, reading.refused_address, reading.refused)
        for heard in reading.heard:
            self._heard(reading, heard)

    def life(self, change: LifeChange, source: str, sighting: Sighting, how: Told) -> None:
        """A device's change of state, and the alarm that it makes or ends."""
        if change.reason is LifeReason.NEVER_SEEN:
            if (source, AlarmKind.OFFLINE) not in self._conditions:
                self._own_condition(change, source, detail=LifeReason.NEVER_SEEN)
            return
        write_state(self._tx, sighting)
        by = "device" if change.reason in _OF_DEVICES else "monitor"
        turn = DeviceTurn(change.device_id, change.reason, change.at, by, change.before.state, change.after.state)
        self.record.last_seq = add_turn(self._tx, turn, note=change.note)
        self.record.lives.append(change)
        is_known = how is Told.HELD and self.has_alarm(source, AlarmKind.OFFLINE)
        if change.after.state is DeviceState.OFFLINE and how is not Told.BY_OUTAGE and not is_known:
            self._own_condition(change, source, detail=change.reason)
        if change.after.state in _NOT_MISSED and how is not Told.HELD:
            self.end_silence(source, change.at)

    def end_silence(self, source: str, at: datetime) -> None:
        self._end(source, AlarmKind.OFFLINE, at)

    def _heard(self, reading: Reading, heard: Heard) -> None:
        event, source = heard.event, reading.source(heard.event)
        if heard.device is None and source not in self._strangers:
            self._strangers.add(source)
            self._quarantine(reading, event.address, UNKNOWN_DEVICE)
        if event.event_class is EventClass.ALARM:
            self._call(reading, heard, event.kind or AlarmKind.PANIC)
        elif event.event_class is EventClass.CLEAR:
            self._clear(reading, heard)
        elif event.event_class is EventClass.TEST:
            self._test(reading, heard)
        elif event.event_class in _CONDITIONS and heard.device is not None:
            self._call(reading, heard, _CONDITIONS[event.event_class])
        elif event.degraded is not None:
            self._quarantine(reading, event.address, event.degraded)
        if event.siren is not None and heard.device is not None and not reading.message.is_replay:
            siren_log.hear(self._tx, heard.device.device_id, event.siren, reading.message.received_at)
        self._battery(source, heard, reading)

    def _call(self, reading: Reading, heard: Heard, kind: AlarmKind) -> None:
        """A press or a condition: admitted against what is stored, kept, and given to the alarm machine."""
        event, source = heard.event, reading.source(heard.event)
        if event.degraded is not None:
            self._quarantine(reading, event.address, event.degraded)
        # A button that rings for real goes on doing so, whatever is agreed about it.
        trial = None if (source, kind) in self._conditions else trial_log.trial_of(self._tx, heard)
        admission = self._admit(reading, event, trial is None and self._conditions.get((source, kind), False))
        if admission.verdict not in (Verdict.NEW, Verdict.LATE):
            self._copy(reading, event, admission)
            return
        received_at = reading.message.received_at
        pressed_at = received_at - timedelta(seconds=admission.late_s)
        if is_trial := trial is not None and not admission.is_delay_unknown and trial.takes(pressed_at, received_at):
            kind = AlarmKind.TEST
        rules = self.classes[kind]
        change = discipline.ring(
            self._tx,
            Signal(
                source=source,
                device_id=heard.device.device_id if heard.device else None,
                kind=kind,
                priority=rules.priority_for(heard.device.device_class if heard.device else None),
                is_latching=rules.is_latching,
                raised_at=pressed_at,
                received_at=received_at,
                late_s=admission.late_s,
                is_audible=admission.is_audible,
                degraded=event.degraded,
                detail=event.detail or ("late_unknown" if admission.is_delay_unknown else None),
            ),
        )
        self.changed(change)
        self.record.follow(note_call(self._tx, change, reading.message.received_at))
        self._keep(reading, heard, admission, change.alarm_id)
        if trial is not None and is_trial:
            seq = trial_log.note_press(self._tx, trial, Press(pressed_at, received_at, change))
            self._tested(trial.device_id, seq, received_at)
        if event.event_class is EventClass.ALARM:
            self.record.pressed_at.append(received_at)

    def _tested(self, device_id: str, seq: int | None, at: datetime) -> None:
        if seq is None:
            return  # told of already
        self.record.last_seq = seq
        self.record.tests.append(DeviceTest(seq, device_id, name_of(self._tx, device_id), at))
        site = tested_sites.source_of(self._tx, device_id)
        if self.has_alarm(site, AlarmKind.TEST_OVERDUE) and (ended := tested_sites.end_overdue(self._tx, site, at)):
            self.changed(ended)

    def _clear(self, reading: Reading, heard: Heard) -> None:
        event, source = heard.event, reading.source(heard.event)
        kinds = [event.kind] if event.kind else [kind for at, kind in self._conditions if at == source]
        is_present = any(self._conditions.get((source, kind), False) for kind in kinds)
        admission = self._admit(reading, event, is_present)
        if admission.verdict not in (Verdict.NEW, Verdict.LATE):
            self._copy(reading, event, admission)
            return
        self._keep(reading, heard, admission, None)
        for kind in kinds:
            if not events.is_overtaken(self._tx, source, kind, event.occurred_at):
                self._end(source, kind, reading.message.received_at)

    def _test(self, reading: Reading, heard: Heard) -> None:
        event = heard.event
        admission = self._admit(reading, event, False)
        if admission.verdict not in (Verdict.NEW, Verdict.LATE):
            self._copy(reading, event, admission)
            return
        self._keep(reading, heard, admission, None)
        if heard.device is not None:
            at, device_id = reading.message.received_at, heard.device.device_id
            self._tested(device_id, trial_log.note_own_test(self._tx, device_id, at), at)

    def _admit(self, reading: Reading, event: Event, is_present: bool) -> Admission:
        source = reading.source(event)
        same = self._same(reading, event)
        last = events.last_call(self._tx, source) if reading.message.is_replay else None
        seen = Seen(
            is_identity_known=same is not None,
            last_occurred_at=last.occurred_at if last else None,
            last_digest=self._digest_of_copy(reading, event) or (last.digest if last else None),
            is_condition_present=is_present,
        )
        return admit(event, reading.message, reading.digest, seen, reading.message.received_at)

    def _digest_of_copy(self, reading: Reading, event: Event) -> bytes | None:
        """A broker keeps a retained press for years, while others of the same button come and go."""
        is_copy = reading.message.is_replay and events.is_stored_call(self._tx, reading.source(event), reading.digest)
        return reading.digest if is_copy else None

    def _same(self, reading: Reading, event: Event) -> Row | None:
        """The stored event that this one is a copy of, by the source's own identity or the broker's delivery."""
        source, message = reading.source(event), reading.message
        if event.source_event_id is not None:
            return events.same_event(self._tx, source, event.source_event_id)
        if message.is_redelivery and message.delivery is not None:
            return events.same_delivery(self._tx, source, message.delivery, reading.digest, message.received_at)
        return None

    def _copy(self, reading: Reading, event: Event, admission: Admission) -> None:
        """A live second copy is counted on its event and alarm; a retained one says nothing new."""
        if admission.verdict is not Verdict.DUPLICATE or (same := self._same(reading, event)) is None:
            return
        events.count_copy(self._tx, same["id"])
        if same["alarm_id"] is not None:
            alarm_log.count_duplicate(self._tx, same["alarm_id"])
            self.record.recounted.append(same["alarm_id"])

    def _keep(self, reading: Reading, heard: Heard, admission: Admission, alarm_id: int | None) -> None:
        event = heard.event
        events.add_event(
            self._tx,
            {
                "source": reading.source(event),
                "device_id": heard.device.device_id if heard.device else None,
                "event_class": event.event_class,
                "kind": event.kind,
                "source_event_id": event.source_event_id,
                "occurred_at": event.occurred_at,
                "received_at": reading.message.received_at,
                "late_s": admission.late_s,
                "alarm_id": alarm_id,
                "detail": event.detail,
                "flags": " ".join(sorted({*event.flags, *admission.flags, *reading.remarks})),
                "topic": reading.message.topic,
                "payload": reading.message.payload[:LONGEST_KEPT_BYTES],
                "payload_digest": reading.digest,
                "delivery": reading.message.delivery,
            },
        )

    def _battery(self, source: str, heard: Heard, reading: Reading) -> None:
        level_pct = heard.event.battery_pct
        if level_pct is None or heard.device is None or (source, AlarmKind.BATTERY_LOW) not in self._conditions:
            return
        if level_pct >= heard.device.facts.low_battery_below_pct + BATTERY_HYSTERESIS_PCT:
            self._end(source, AlarmKind.BATTERY_LOW, reading.message.received_at)

    def _own_condition(self, change: LifeChange, source: str, *, detail: str) -> None:
        rules = self.classes[AlarmKind.OFFLINE]
        signal = Signal(
            source=source,
            device_id=change.device_id,
            kind=AlarmKind.OFFLINE,
            # Nobody hears the bells behind a gateway that is gone: it is as urgent as they are.
            priority=min(rules.priority_for(each) for each in {change.device_class, *change.speaks_for}),
            is_latching=rules.is_latching,
            raised_at=change.at,
            received_at=change.at,
            detail=detail,
        )
        self.changed(discipline.ring(self._tx, signal))

    def _end(self, source: str, kind: AlarmKind, at: datetime) -> None:
        if (source, kind) not in self._conditions:
            return
        is_latching = self.classes[kind].is_latching
        change = discipline.end(self._tx, source, kind, is_latching=is_latching, at=at)
        if change is not None:
            self.changed(change)

    def _quarantine(self, reading: Reading, address: str | None, reason: str) -> None:
        message, source = reading.message, f"{reading.adapter}:{address}" if address else None
        self.record.quarantined += 1
        if self._flood.is_over(source or message.topic, message.received_at):
            count_cleared(self._tx, QUARANTINE_FLOOD, today(message.received_at), 1)
            return
        row: dict[str, Any] = {"received_at": message.received_at, "adapter": reading.adapter, "source": source}
        row |= {"topic": message.topic, "payload": message.payload[:LONGEST_KEPT_BYTES], "reason": reason[:500]}
        events.add_quarantine(self._tx, row)

    def has_alarm(self, source: str, kind: AlarmKind) -> bool:
        """Whether one of that kind is live, as this transaction has it so far."""
        return (source, kind) in self._conditions

    def changed(self, change: AlarmChange) -> None:
        if change.reason == discipline.HELD:
            self.record.recounted.append(change.alarm_id)
        else:
            self.record.alarms.append(change)
            self.record.last_seq = change.seq
        key = (change.source, change.kind)
        if change.state == "NORMAL":
            self._conditions.pop(key, None)
        else:
            self._conditions[key] = change.is_condition_present
