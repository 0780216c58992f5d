"""The whole program on one page: read → look up → step the machines → write it all in one commit → only then tell.

``process`` returns when everything the batch says is durable; whoever called may then acknowledge to the
broker. A crash anywhere before that repeats the batch, and what is stored already is recognised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from device_adapters.core.contract import Message
from device_adapters.core.events import AlarmKind
from monitor import metrics
from monitor.errors import StoreUnavailable
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.lookup import KnownDevice
from monitor.journal.database import Store
from monitor.journal.device_states import Sighting, write_sightings
from monitor.journal.events import count_quarantined, recall_all
from monitor.journal.feed import FeedEntry
from monitor.journal.queries import alarms_by_ids, latest_seq
from monitor.journal.times import iso, unix_ms
from monitor.machines.alarm import Given
from monitor.pipeline import alarm_log
from monitor.pipeline.reading import AppReceipt, Reader, Reading
from monitor.pipeline.recording import Conditions, Record, Recorder
from monitor.pipeline.supervision import LifeChange, Supervisor

# Bulk last-seen rows a transaction: at 20,000 in one, a press behind it waited 34 ms; at 500, under 4.
SIGHTINGS_PER_COMMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Where the pipeline's results go, after the commit."""

    feed: Callable[[Sequence[FeedEntry]], None]
    receipts: Callable[[Sequence[AppReceipt]], None]


class Pipeline:
    """Lives on the writer thread. ``conditions``, ``strangers`` and the adapters' memory are caches of rows."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        supervisor: Supervisor,
        classes: Mapping[AlarmKind, AlarmClass],
        outlets: Outlets,
    ) -> None:
        self._store, self._reader, self._supervisor = store, reader, supervisor
        self._classes, self._outlets = classes, outlets
        self._conditions: Conditions | None = None
        self._strangers: set[str] = set()
        self.seq = 0
        self.quarantined = 0

    def load(self) -> None:
        """Takes everything over from the store; every deadline starts again from now."""
        with self._store.read() as connection:
            self._reader.book.load(connection)
            self._supervisor.load(connection, self._reader.book.all())
            self._reader.memory = recall_all(connection)
            self.seq = latest_seq(connection)
            self.quarantined = count_quarantined(connection)

    def process(self, batch: Sequence[tuple[str, Message]]) -> None:
        """Makes one batch of (adapter, message) durable and tells of it. Raises ``StoreUnavailable``: keep it."""
        readings = [self._reader.read(adapter, message) for adapter, message in batch]
        try:
            record = self._commit(readings)
        except StoreUnavailable:
            raise
        except Exception:  # noqa: BLE001 — one row the store will not take must not roll the others back
            for reading in readings:
                self._commit_alone(reading)
        else:
            self._tell(record)
        self._acknowledge(readings)

    def tick(self, *, is_linked: bool, reconnect_grace_s: float) -> None:
        """Lets time pass: the listening clock, whoever fell silent, last-seen times. Raises ``StoreUnavailable``."""
        silent = self._supervisor.tick(is_linked=is_linked, reconnect_grace_s=reconnect_grace_s)
        if silent:
            self._tell(self._write([], silent))

    def flush_sightings(self) -> None:
        """Writes last-seen times behind, and tells the screens. Losing them costs nothing: they come again."""
        while sightings := self._supervisor.take_sightings(SIGHTINGS_PER_COMMIT):
            try:
                with self._store.transaction() as tx:
                    write_sightings(tx, sightings)
            except StoreUnavailable:
                self._supervisor.put_back(sightings)
                raise
            self._outlets.feed([_devices_entry(self.seq, sightings)])

    def welcome(self, device: KnownDevice, seq: int) -> None:
        """A device was registered, as transition ``seq``: it is known, and its silence counts, from now on."""
        self._reader.book.add(device)
        self._supervisor.add(device)
        self._strangers.clear()
        self.seq = max(self.seq, seq)

    def tell_alarm(self, change: alarm_log.AlarmChange) -> None:
        """An officer's act was committed: the caches and the screens follow."""
        self._conditions = None
        self._tell(Record(alarms=[change], last_seq=change.seq))

    def _commit(self, readings: Sequence[Reading]) -> Record:
        changes = self._observe(readings)
        worth_a_row = [reading for reading in readings if self._is_worth_a_row(reading)]
        for reading in readings:
            metrics.messages(reading.adapter, "refused" if reading.refused else "decoded").inc()
        if not changes and not worth_a_row:
            return Record()
        return self._write(worth_a_row, changes)

    def _write(self, readings: Sequence[Reading], changes: list[LifeChange]) -> Record:
        try:
            with metrics.COMMIT_S.time(), self._store.transaction() as tx:
                if self._conditions is None:
                    self._conditions = alarm_log.live_conditions(tx)
                recorder = Recorder(tx, self._classes, self._conditions, self._strangers)
                for change in changes:
                    device = self._reader.book.with_id(change.device_id)
                    if device is not None:
                        source = f"{device.adapter}:{device.address}"
                        recorder.life(change, source, self._supervisor.sighting(change.device_id))
                for reading in readings:
                    recorder.reading(reading)
        except BaseException:
            self._supervisor.take_back(changes)
            self._conditions = None
            self._strangers.clear()
            raise
        self._count(recorder.record)
        for reading in readings:
            self._reader.memory.update({(reading.adapter, key): value for key, value in reading.remember.items()})
        return recorder.record

    def _commit_alone(self, reading: Reading) -> None:
        try:
            self._tell(self._commit([reading]))
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 — whatever it is, the row goes into quarantine with it
            reason = f"the store refused it: {type(error).__name__}: {error}"
            self._tell(self._write([replace(reading, heard=(), remember={}, refused=reason)], []))

    def _observe(self, readings: Sequence[Reading]) -> list[LifeChange]:
        changes = []
        for reading in readings:
            message = reading.message
            for heard in reading.heard:
                if heard.device is None:
                    continue
                change = self._supervisor.observe(
                    heard.device.device_id,
                    heard.event,
                    at=message.received_at,
                    is_replay=message.is_replay,
                )
                if change is not None:
                    changes.append(change)
        return changes

    def _is_worth_a_row(self, reading: Reading) -> bool:
        if reading.is_stored:
            return True
        for heard in reading.heard:
            source = reading.source(heard.event)
            if heard.device is None and source not in self._strangers:
                return True
            has_level = heard.event.battery_pct is not None
            if has_level and self._conditions and (source, AlarmKind.BATTERY_LOW) in self._conditions:
                return True
        return False

    def _tell(self, record: Record) -> None:
        self.seq = max(self.seq, record.last_seq)
        alarm_ids = [each.alarm_id for each in record.alarms] + record.recounted
        alarms: dict[int, dict[str, Any]] = {}
        if alarm_ids:
            with self._store.read() as connection:
                alarms = alarms_by_ids(connection, alarm_ids)
        if entries := self._entries(record, alarms):
            self._outlets.feed(entries)

    def _count(self, record: Record) -> None:
        metrics.PRESSES.inc(len(record.pressed_at))
        for pressed_at in record.pressed_at:
            metrics.PRESS_TO_COMMIT_S.observe((self._supervisor.now() - pressed_at).total_seconds())
        metrics.DUPLICATES.inc(len(record.recounted))
        metrics.QUARANTINED.inc(record.quarantined)
        self.quarantined += record.quarantined
        for change in record.alarms:
            if change.reason == Given.ALARM:
                metrics.alarms(change.kind).inc()

    def _entries(self, record: Record, alarms: Mapping[int, dict[str, Any]]) -> list[FeedEntry]:
        entries = [
            FeedEntry(each.seq, "alarm", {**alarms[each.alarm_id], "seq": each.seq, "reason": each.reason})
            for each in sorted(record.alarms, key=lambda change: change.seq)
        ]
        for seq, device_id, at in record.tests:
            device = self._reader.book.with_id(device_id)
            name = device.name if device else device_id
            entries.append(FeedEntry(seq, "test", {"device_id": device_id, "name": name, "at": iso(at)}))
        entries.sort(key=lambda entry: entry.seq)
        if record.lives:
            sightings = [self._supervisor.sighting(change.device_id) for change in record.lives]
            entries.append(_devices_entry(record.last_seq, sightings))
        for alarm_id in dict.fromkeys(record.recounted):
            counts = {name: alarms[alarm_id][name] for name in ("id", "presses", "duplicates", "version")}
            entries.append(FeedEntry(self.seq, "alarm_count", counts))
        return entries

    def _acknowledge(self, readings: Sequence[Reading]) -> None:
        receipts = [receipt for reading in readings for receipt in self._reader.receipts(reading)]
        if receipts:
            self._outlets.receipts(receipts)


def _devices_entry(seq: int, sightings: Sequence[Sighting]) -> FeedEntry:
    return FeedEntry(
        seq,
        "devices",
        {
            "id": [each.device_id for each in sightings],
            "state": [each.state for each in sightings],
            "since_at": [unix_ms(each.since_at) for each in sightings],
            "last_seen_at": [unix_ms(each.last_seen_at) for each in sightings],
            "battery_pct": [each.battery_pct for each in sightings],
        },
    )
