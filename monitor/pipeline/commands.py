"""What people do: acknowledge, close, register, receipts. Each is one transaction, journalled like a device's word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, insert, select

from device_adapters.core.events import AlarmKind
from monitor.clock import Clock
from monitor.errors import Refusal
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.changes import last_edit, touched_since
from monitor.inventory.edits import core
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal.database import Store
from monitor.journal.feed import FeedEntry
from monitor.journal.outages import OUR_OWN
from monitor.journal.queries import alarms_by_ids
from monitor.journal.tables import ReceiptRow
from monitor.machines.alarm import Given
from monitor.pipeline.alarm_log import OfficerAct, alarm_row, apply_act
from monitor.pipeline.bell_test_watch import BellTestWatch, bell_test_entry
from monitor.pipeline.drill_watch import DrillWatch
from monitor.pipeline.flow import Pipeline
from monitor.pipeline.incident_log import Said, note_acknowledged
from monitor.pipeline.inventory_changes import read_changes
from monitor.pipeline.record import Record
from monitor.pipeline.trial_log import note_receipt

T = TypeVar("T")
RECEIPT = core(ReceiptRow)


class Commands:
    """Lives on the writer thread, beside the pipeline, so that a click and a press never race."""

    def __init__(
        self,
        store: Store,
        pipeline: Pipeline,
        classes: Mapping[AlarmKind, AlarmClass],
        clock: Clock,
        feed: Callable[[list[FeedEntry]], None],
    ) -> None:
        self._store, self._pipeline = store, pipeline
        self._classes, self._clock, self._feed = classes, clock, feed
        self.bell_tests = BellTestWatch(store, pipeline, classes, clock, feed)
        self.drills = DrillWatch(store, pipeline, classes, clock)

    def acknowledge(self, alarm_id: int, version: int, user: str, within: Territory = EVERYWHERE) -> dict[str, Any]:
        """The alarm afterwards. Raises ``UnknownRecord``, ``VersionConflict`` or ``Refusal``.

        ``within``: where the user may act; what is outside is unknown.
        """
        return self._act(OfficerAct(alarm_id, version, Given.ACKNOWLEDGE, self._clock.now(), user), within)

    def close(self, alarm_id: int, version: int, user: str, within: Territory = EVERYWHERE) -> dict[str, Any]:
        """An officer declares the condition over: for a button that only tells of presses, nobody else can.

        Only what has been acknowledged can be closed, so that nothing ends unseen.
        """
        with self._store.read() as connection:
            row = alarm_row(connection, alarm_id, within)
        if row["kind"] == AlarmKind.OUTAGE:
            raise Refusal("an outage is over when its devices are back; nobody needs to say so")
        if row["kind"] == AlarmKind.MONITOR_FAULT:
            raise Refusal("our own fault is over when all is well again; nobody needs to say so")
        if row["kind"] == AlarmKind.SHELF_FORGOTTEN:
            raise Refusal("it is over when the alarm is off its shelf or the device in service again")
        if row["kind"] in (AlarmKind.TEST, AlarmKind.TEST_OVERDUE):
            raise Refusal("it is over with its test; nobody needs to say so")
        if row["acknowledged_at"] is None and row["version"] == version:
            raise Refusal("acknowledge the alarm before closing it")
        return self._act(OfficerAct(alarm_id, version, Given.RESTORE, self._clock.now(), user), within)

    def _act(self, act: OfficerAct, within: Territory) -> dict[str, Any]:
        with self._store.transaction() as tx:
            if alarm_row(tx, act.alarm_id, within)["source"] == OUR_OWN and not within.is_everywhere:
                raise Refusal("it is for the whole post: only an account that is bound to no area can answer for it")
            change = apply_act(tx, act, self._classes)
            record = Record(alarms=[change], last_seq=change.seq)
            if act.given is Given.ACKNOWLEDGE:
                said = Said("acknowledged", act.at, act.by, data={"alarm_id": act.alarm_id})
                record.follow(note_acknowledged(tx, act.alarm_id, said))
            alarm_ids = {act.alarm_id, *(each for step in record.incidents for each in step.alarm_ids)}
            record.rows = alarms_by_ids(tx, sorted(alarm_ids))
            self._pipeline.follow(tx, [change], record.rows)
        self._pipeline.tell(record)
        return record.rows[act.alarm_id]

    def receipt(self, alarm_id: int, receipt: Mapping[str, Any], user: str, within: Territory = EVERYWHERE) -> None:
        """``receipt``: screen_id, version, kind, delay_ms. A repeat changes nothing."""
        told: list[FeedEntry] = []
        with self._store.transaction() as tx:
            is_test = alarm_row(tx, alarm_id, within)["kind"] == AlarmKind.TEST
            same = select(RECEIPT.c.id).where(
                RECEIPT.c.alarm_id == alarm_id,
                RECEIPT.c.version == receipt["version"],
                RECEIPT.c.screen_id == receipt["screen_id"],
                RECEIPT.c.kind == receipt["kind"],
            )
            if tx.execute(same).first() is None:
                values = {**receipt, "alarm_id": alarm_id, "user_name": user, "at": self._clock.now()}
                tx.execute(insert(RECEIPT).values(**values))
                told = self._measured(tx, values) if is_test else []
        if told:
            self._feed(told)

    def _measured(self, tx: Connection, receipt: Mapping[str, Any]) -> list[FeedEntry]:
        """The first eye and the first ear are the figures of a bell test."""
        what = (receipt["version"], receipt["kind"])
        session_id = note_receipt(tx, receipt["alarm_id"], what, receipt["at"])
        if session_id is None:
            return []
        return [bell_test_entry(tx, self._pipeline.seq, session_id, {"what": "measured", "ending": None})]

    def change(self, work: Callable[[Connection, datetime], T], user: str) -> T:
        """One transaction of ``work`` on the inventory, all or nothing; then memory and screens follow it.

        ``work`` writes through ``inventory.edits`` at the moment it is given: the journal tells what it touched.
        """
        written = self._pipeline.written(user)
        with self._store.transaction() as tx:
            before = last_edit(tx)
            done = work(tx, written.at)
            changes = read_changes(tx, touched_since(tx, before), written, self._classes)
        self._pipeline.take_over(changes)
        return done

    def write(self, work: Callable[[Connection], T]) -> T:
        """One short transaction of the web's own (accounts, sessions)."""
        with self._store.transaction() as tx:
            return work(tx)
