"""What people do: acknowledge, close, register, receipts. Each is one transaction, journalled like a device's word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, insert, or_, select
from sqlalchemy.exc import IntegrityError

from device_adapters.core.events import AlarmKind
from monitor.clock import Clock
from monitor.errors import Refusal
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.changes import Changed
from monitor.inventory.drafts import DeviceDraft
from monitor.inventory.edits import Edit, journal_new
from monitor.inventory.folding import search_text
from monitor.inventory.tables import Device
from monitor.journal.database import Store, table
from monitor.journal.device_queries import device_by_id
from monitor.journal.feed import FeedEntry
from monitor.journal.queries import alarm_by_id
from monitor.journal.tables import ReceiptRow
from monitor.machines.alarm import Given
from monitor.pipeline.alarm_log import OfficerAct, alarm_row, apply_act
from monitor.pipeline.flow import Pipeline
from monitor.pipeline.inventory_changes import read_changes

T = TypeVar("T")
DEVICE = table(Device)
RECEIPT = table(ReceiptRow)


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

    def acknowledge(self, alarm_id: int, version: int, user: str) -> dict[str, Any]:
        """The alarm afterwards. Raises ``UnknownRecord``, ``VersionConflict`` or ``Refusal``."""
        return self._act(alarm_id, version, user, Given.ACKNOWLEDGE)

    def close(self, alarm_id: int, version: int, user: str) -> dict[str, Any]:
        """An officer declares the condition over: for a button that only tells of presses, nobody else can.

        Only what has been acknowledged can be closed, so that nothing ends unseen.
        """
        with self._store.read() as connection:
            row = alarm_row(connection, alarm_id)
        if row["acknowledged_at"] is None and row["version"] == version:
            raise Refusal("acknowledge the alarm before closing it")
        return self._act(alarm_id, version, user, Given.RESTORE)

    def _act(self, alarm_id: int, version: int, user: str, given: Given) -> dict[str, Any]:
        act = OfficerAct(alarm_id, version, given, self._clock.now(), user)
        with self._store.transaction() as tx:
            change = apply_act(tx, act, self._classes)
            after = alarm_by_id(tx, alarm_id)
        self._pipeline.tell_alarms([change], {alarm_id: after})
        return after

    def receipt(self, alarm_id: int, receipt: Mapping[str, Any], user: str) -> None:
        """``receipt``: screen_id, version, kind, delay_ms. A repeat changes nothing."""
        with self._store.transaction() as tx:
            alarm_row(tx, alarm_id)
            same = select(RECEIPT.c.id).where(
                RECEIPT.c.alarm_id == alarm_id,
                RECEIPT.c.version == receipt["version"],
                RECEIPT.c.screen_id == receipt["screen_id"],
                RECEIPT.c.kind == receipt["kind"],
            )
            if tx.execute(same).first() is None:
                values = {**receipt, "alarm_id": alarm_id, "user_name": user, "at": self._clock.now()}
                tx.execute(insert(RECEIPT).values(**values))

    def register(self, draft: DeviceDraft, user: str) -> dict[str, Any]:
        """The device afterwards. Raises ``Refusal`` where the id, or the address on its network, is taken."""
        texts = (draft.id, draft.name, draft.place, draft.position, draft.street_address, draft.group_name)

        def insert_device(tx: Connection, now: datetime) -> Changed[dict[str, Any]]:
            row = {**asdict(draft), "search_text": search_text(*texts), "registered_at": now}
            tx.execute(insert(DEVICE).values(**row))
            journal_new(tx, Device, row, Edit(user, now, "api"))
            return Changed(row, [draft.id])

        try:
            self.change(insert_device, user)
        except IntegrityError:
            raise Refusal(self._taken(draft)) from None
        with self._store.read() as connection:
            return device_by_id(connection, draft.id)

    def change(self, work: Callable[[Connection, datetime], Changed[T]], user: str) -> T:
        """One transaction of ``work`` on the inventory, all or nothing; then memory and screens follow it.

        ``work`` writes through ``inventory.edits`` at the moment it is given, and says which devices it touched.
        """
        written = self._pipeline.written(user)
        with self._store.transaction() as tx:
            done = work(tx, written.at)
            changes = read_changes(tx, done.device_ids, written, self._classes)
        self._pipeline.take_over(changes)
        return done.result

    def write(self, work: Callable[[Connection], T]) -> T:
        """One short transaction of the web's own (accounts, sessions)."""
        with self._store.transaction() as tx:
            return work(tx)

    def _taken(self, draft: DeviceDraft) -> str:
        same = select(DEVICE.c.id, DEVICE.c.address).where(
            or_(DEVICE.c.id == draft.id, and_(DEVICE.c.adapter == draft.adapter, DEVICE.c.address == draft.address))
        )
        with self._store.read() as connection:
            owners = {row.id for row in connection.execute(same)}
        if draft.id in owners:
            return f"a device with the id {draft.id!r} is registered already"
        return f"the {draft.adapter} address {draft.address!r} is taken by {', '.join(sorted(owners))}"
