"""The whole program on one page: read → look up → step the machines → write it all in one commit → only then tell.

``process`` returns when everything the batch says is durable; whoever called may then acknowledge to the
broker. A crash anywhere before that repeats the batch, and what is stored already is recognised. What comes
after the commit can no longer fail it: screens and senders that miss something ask again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection

from device_adapters.core.contract import DeviceClass, Message
from device_adapters.core.events import AlarmKind
from monitor import metrics
from monitor.errors import StoreUnavailable
from monitor.inventory.alarm_classes import AlarmClass
from monitor.journal.clearing import quarantined_ever
from monitor.journal.database import Store
from monitor.journal.device_states import write_sightings
from monitor.journal.events import quarantined_sources, recall_all, remember
from monitor.journal.outages import outage_facts
from monitor.journal.queries import alarms_by_ids, latest_seq
from monitor.journal.times import iso
from monitor.pipeline import alarm_log
from monitor.pipeline.alarm_log import AlarmChange
from monitor.pipeline.duty_log import Acts, Told
from monitor.pipeline.flapping import Flapping
from monitor.pipeline.flood import Flood
from monitor.pipeline.inventory_changes import InventoryChanges, Written
from monitor.pipeline.outages import Outages
from monitor.pipeline.outlets import Outlets
from monitor.pipeline.pulse import LifeChange
from monitor.pipeline.reading import Reader, Reading, only_kept, ring_without_reading
from monitor.pipeline.record import Conditions, Record, count_out
from monitor.pipeline.recording import UNKNOWN_DEVICE, Recorder
from monitor.pipeline.rehearsal import rehearse
from monitor.pipeline.supervision import Supervisor
from monitor.pipeline.taken import Taken
from monitor.pipeline.telling import count_entry, devices_entry, entries
from monitor.pipeline.uplinks import followed

log = structlog.get_logger()

# Bulk last-seen rows a transaction: at 20,000 in one, a press behind it waited 34 ms; at 500, under 4.
SIGHTINGS_PER_COMMIT = 500
# A quiet night writes nothing; the store is tried all the same, so that a full disk is known before the press.
PROVE_STORE_EVERY_S = 10.0
TELL_SIZES_EVERY_S = 1.0


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
        self._cached: Conditions | None = None
        self._strangers: set[str] = set()
        self._outages = Outages(supervisor, reader.book)
        self._flapping = Flapping(supervisor, reader.book)
        self._resized: set[int] = set()
        self._flood = Flood()
        self.taken = Taken()
        self._proved_s = self._sized_s = supervisor.monotonic_s()
        self.seq = 0
        self.quarantined = 0
        self.incident_failed_at: datetime | None = None  # when an incident could last not be written

    def load(self) -> None:
        """Takes everything over from the store; every deadline starts again from now."""
        with self._store.read() as connection:
            self._reader.book.load(connection)
            self._supervisor.load(connection, self._reader.book.all())
            self._outages.load(connection)
            self._flapping.load(connection)
            self._reader.memory = recall_all(connection)
            self.seq = latest_seq(connection)
            self.quarantined = quarantined_ever(connection)
            self._strangers = quarantined_sources(connection, UNKNOWN_DEVICE)

    def rehearse(self) -> None:
        """So that the first press after a start waits for nothing that has not been run yet."""
        bell = self._reader.book.any_of(DeviceClass.BELL)
        rehearse(self._store, self._classes, self._outlets.duties, bell, self._supervisor.now())

    def process(self, batch: Sequence[tuple[str, Message]]) -> None:
        """Makes one batch of (adapter, message) durable and tells of it. Raises ``StoreUnavailable``: keep it."""
        try:
            self._commit(batch)
        except StoreUnavailable:
            raise
        except Exception:  # noqa: BLE001 — one row the store will not take must not roll the others back
            for arrived in batch:
                self._commit_alone(arrived)

    def tick(self, *, is_linked: bool, reconnect_grace_s: float) -> None:
        """Lets time pass: the listening clock, and whoever fell silent. Raises ``StoreUnavailable``."""
        silent = self._supervisor.tick(is_linked=is_linked, reconnect_grace_s=reconnect_grace_s)
        steady = self._flapping.steady()
        if silent or steady or self._outages.is_due():
            self._tell(self._write([], silent, steady))
        if self._resized and self._supervisor.monotonic_s() - self._sized_s >= TELL_SIZES_EVERY_S:
            self._tell_sizes()

    def flush(self) -> bool:
        """Writes some last-seen times behind; True while more are left. Losing them costs nothing: they come again."""
        sightings = self._supervisor.take_sightings(SIGHTINGS_PER_COMMIT)
        now_s = self._supervisor.monotonic_s()
        if not sightings and not self.taken and now_s - self._proved_s < PROVE_STORE_EVERY_S:
            return False
        try:
            with self._store.transaction() as tx:
                write_sightings(tx, sightings)
                self.taken.clear(tx)
                if not sightings:
                    remember(tx, "monitor", "alive", iso(self._supervisor.now()))
        except StoreUnavailable:
            self._supervisor.put_back(sightings)
            raise
        self.taken.cleared()
        self._proved_s = now_s
        if sightings:
            self._outlets.tell([devices_entry(self.seq, sightings, self._reader.book.with_id)])
        return len(sightings) == SIGHTINGS_PER_COMMIT or self.taken.is_much

    def written(self, actor: str) -> Written:
        """For who writes to the inventory now: it is compared with what is known before."""
        return Written(actor, self._supervisor.now(), self._reader.book)

    def take_over(self, changes: InventoryChanges) -> None:
        """The inventory changed, as committed: memory follows it, and the screens are told."""
        if changes.areas is not None:
            self._outages.ties.take_areas(changes.areas)
        for device_id in changes.gone:
            self._outages.replace(self._reader.book.with_id(device_id), None)
            self._reader.book.remove(device_id)
            self._supervisor.forget(device_id)
        for device in changes.known:
            self._outages.replace(self._reader.book.with_id(device.device_id), device)
            self._reader.book.add(device)
            self._supervisor.renew(device, changes.states.get(device.device_id))
            self._strangers.discard(f"{device.adapter}:{device.address}")
        self._cached = None
        self.seq = max(self.seq, changes.seq)
        self._outlets.tell(changes.told)
        self.tell_alarms(changes.adopted, changes.alarms)

    def follow(self, tx: Connection, changes: Sequence[AlarmChange], rows: Told, acts: Acts = ()) -> None:
        """The last step of each transaction that turns alarms, whoever's: who must be told is committed with it."""
        self._outlets.duties.follow(tx, changes, rows, self._supervisor.now(), acts)

    def tell_alarms(self, changes: Sequence[AlarmChange], rows: Told) -> None:
        """A change of the inventory was committed; ``rows``: the alarms as it left them."""
        self._cached = None
        if changes:
            self._tell(Record(alarms=list(changes), rows=dict(rows), last_seq=changes[-1].seq))

    def tell(self, record: Record) -> None:
        """A person's act was committed."""
        self._cached = None
        self._tell(record)

    # -- one batch -----------------------------------------------------------------------------------------------

    def _commit(self, batch: Sequence[tuple[str, Message]]) -> None:
        conditions = self._conditions()
        with self.taken.batch(batch), self._reader.batch():
            readings = [self._reader.read(adapter, message) for adapter, message in batch]
            record = self._write_what_counts(readings, conditions)
        for adapter, count in Counter([reading.adapter for reading in readings]).items():
            refused = sum(reading.adapter == adapter for reading in readings if reading.refused)
            metrics.messages(adapter, "refused").inc(refused)
            metrics.messages(adapter, "decoded").inc(count - refused)
        self._tell(record)
        self._outlets.answer(self._reader, readings)

    def _commit_alone(self, arrived: tuple[str, Message]) -> None:
        """What the store refuses rings all the same if it was a call for help, and is kept with the reason."""
        try:
            self._commit([arrived])
        except StoreUnavailable:
            raise
        except Exception as error:
            log.exception("row_refused", adapter=arrived[0], topic=arrived[1].topic[:200])
            reason = f"the store refused it: {type(error).__name__}: {error}"
            read = self._reader.read(*arrived)
            self._tell(self._write([ring_without_reading(read, reason)], []))
            with self.taken.batch([arrived]):
                self._tell(self._write([only_kept(read, reason)], []))
            self._outlets.answer(self._reader, [read])

    def _write_what_counts(self, readings: Sequence[Reading], conditions: Conditions) -> Record:
        changes = self._observe(readings)
        worth_a_row = [reading for reading in readings if self._is_worth_a_row(reading, conditions)]
        return self._write(worth_a_row, changes) if changes or worth_a_row else Record()

    def _write(self, readings: Sequence[Reading], changes: list[LifeChange], steady: Sequence[str] = ()) -> Record:
        try:
            changes = followed(changes, self._supervisor, self._outages.ties)
            conditions, picture = self._conditions(), self._outages.judge(changes, self._supervisor.now())
            flapping = self._flapping.judge(changes)
            with metrics.COMMIT_S.time(), self._store.transaction() as tx:
                recorder = Recorder(tx, self._classes, conditions, self._strangers, self._flood)
                for change in changes:
                    device = self._reader.book.with_id(change.device_id)
                    if device is not None:
                        source = f"{device.adapter}:{device.address}"
                        how = self._outages.how(change.device_id, picture, flapping)
                        recorder.life(change, source, self._supervisor.sighting(change.device_id), how)
                for source in self._flapping.sources(steady):
                    recorder.end_silence(source, self._supervisor.now())
                for reading in readings:
                    recorder.reading(reading)
                self._outages.write(tx, recorder, picture, changes)
                self.taken.clear(tx)
                record = recorder.record
                told = [each.alarm_id for each in record.alarms] + record.recounted
                told += [alarm_id for each in record.incidents for alarm_id in each.alarm_ids]
                record.rows = alarms_by_ids(tx, told) if told else {}
                outages = [alarm_id for alarm_id, row in record.rows.items() if row["kind"] == AlarmKind.OUTAGE]
                record.outages = outage_facts(tx, outages)
                self.follow(tx, record.alarms, record.rows)
        except BaseException:
            self._supervisor.take_back(changes)
            self._flapping.put_back(steady)
            self._cached = None
            self._strangers.clear()
            raise
        self.taken.cleared()
        self._outages.take(picture)
        self._flapping.take(changes)
        self._resized.update(record.resized)
        self._proved_s = self._supervisor.monotonic_s()
        return record

    def _conditions(self) -> Conditions:
        """The live alarms; read anew after anything but a batch of ours may have changed them."""
        if self._cached is None:
            with self._store.read() as connection:
                self._cached = alarm_log.live_conditions(connection)
        return self._cached

    def _observe(self, readings: Sequence[Reading]) -> list[LifeChange]:
        changes = []
        for reading in readings:
            for heard in reading.heard:
                if heard.device is None:
                    continue
                change = self._supervisor.observe(
                    heard.device.device_id,
                    heard.event,
                    at=reading.message.received_at,
                    is_replay=reading.message.is_replay,
                )
                if change is not None:
                    changes.append(change)
        return changes

    def _is_worth_a_row(self, reading: Reading, conditions: Conditions) -> bool:
        if reading.is_stored:
            return True
        for heard in reading.heard:
            if heard.device is None and reading.source(heard.event) not in self._strangers:
                return True
            if heard.event.battery_pct is None or not conditions:
                continue
            if (reading.source(heard.event), AlarmKind.BATTERY_LOW) in conditions:
                return True
        return False

    # -- after the commit --------------------------------------------------------------------------------------------

    def _tell(self, record: Record) -> None:
        count_out(record, self._supervisor.now())
        self.quarantined += record.quarantined
        self.seq = max(self.seq, record.last_seq)
        self.incident_failed_at = record.incident_failed_at or self.incident_failed_at
        lives = [self._supervisor.sighting(change.device_id) for change in record.lives]
        self._outlets.tell(entries(record, lives, self._reader.book.with_id, self.seq))

    def _tell_sizes(self) -> None:
        """Outages that grew or shrank: a count a second, however many come back in it."""
        with self._store.read() as connection:
            rows, facts = alarms_by_ids(connection, list(self._resized)), outage_facts(connection, self._resized)
        self._resized.clear()
        self._sized_s = self._supervisor.monotonic_s()
        self._outlets.tell([count_entry(self.seq, row, facts.get(alarm_id)) for alarm_id, row in rows.items()])
