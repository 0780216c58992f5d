"""What people do: acknowledge, close, register, receipts. Each is one transaction, journalled like a device's word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, insert, or_, select
from sqlalchemy.exc import IntegrityError

from device_adapters.core.contract import DeviceClass, DeviceFacts
from device_adapters.core.events import AlarmKind
from monitor.clock import Clock
from monitor.errors import Refusal
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.drafts import DeviceDraft
from monitor.inventory.edits import Edit, journal_new
from monitor.inventory.folding import search_text
from monitor.inventory.lookup import KnownDevice
from monitor.inventory.tables import Device
from monitor.journal.database import Store, table
from monitor.journal.device_queries import device_by_id
from monitor.journal.device_states import Sighting, create_state
from monitor.journal.feed import FeedEntry
from monitor.journal.queries import alarm_by_id, alarms_by_ids
from monitor.journal.tables import ReceiptRow, TransitionRow
from monitor.machines.alarm import Given
from monitor.machines.liveness import DeviceState
from monitor.pipeline.alarm_log import Adoption, OfficerAct, adopt, alarm_row, apply_act
from monitor.pipeline.flow import Pipeline

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
        now = self._clock.now()
        texts = (draft.id, draft.name, draft.place, draft.position, draft.street_address, draft.group_name)
        row = {**asdict(draft), "search_text": search_text(*texts)}
        try:
            with self._store.transaction() as tx:
                tx.execute(insert(DEVICE).values(**row, registered_at=now))
                journal_new(tx, Device, {**row, "registered_at": now}, Edit(user, now, "api"))
                create_state(tx, Sighting(draft.id, DeviceState.UNKNOWN, now, None, None))
                adopted = adopt(tx, f"{draft.adapter}:{draft.address}", self._adoption(draft), user, now)
                rows = alarms_by_ids(tx, [change.alarm_id for change in adopted])
                seq = self._note_registration(tx, draft.id, user)
                device = device_by_id(tx, draft.id)
        except IntegrityError:
            raise Refusal(self._taken(draft)) from None
        self._pipeline.welcome(_known(draft, now), seq)
        self._feed([FeedEntry(seq, "device_added", device)])
        self._pipeline.tell_alarms(adopted, rows)
        return device

    def write(self, work: Callable[[Connection], T]) -> T:
        """One short transaction of the web's own (accounts, sessions)."""
        with self._store.transaction() as tx:
            return work(tx)

    def _adoption(self, draft: DeviceDraft) -> Adoption:
        kind = AlarmKind(draft.alarm_kind) if draft.alarm_kind else None
        return Adoption(draft.id, DeviceClass(draft.device_class), kind, self._classes)

    def _note_registration(self, tx: Connection, device_id: str, user: str) -> int:
        transition = table(TransitionRow)
        row = {"machine": "device", "device_id": device_id, "from_state": "", "to_state": "", "reason": "registered"}
        written = insert(transition).values(**row, at=self._clock.now(), actor=user).returning(transition.c.id)
        seq: int = tx.execute(written).scalar_one()
        return seq

    def _taken(self, draft: DeviceDraft) -> str:
        same = select(DEVICE.c.id, DEVICE.c.address).where(
            or_(DEVICE.c.id == draft.id, and_(DEVICE.c.adapter == draft.adapter, DEVICE.c.address == draft.address))
        )
        with self._store.read() as connection:
            owners = {row.id for row in connection.execute(same)}
        if draft.id in owners:
            return f"a device with the id {draft.id!r} is registered already"
        return f"the {draft.adapter} address {draft.address!r} is taken by {', '.join(sorted(owners))}"


def _known(draft: DeviceDraft, registered_at: datetime) -> KnownDevice:
    facts = DeviceFacts(
        device_id=draft.id,
        device_class=DeviceClass(draft.device_class),
        model=draft.model,
        alarm_kind=AlarmKind(draft.alarm_kind) if draft.alarm_kind else None,
    )
    return KnownDevice(
        facts=facts,
        name=draft.name,
        adapter=draft.adapter,
        address=draft.address,
        supervision_interval_s=draft.supervision_interval_s,
        registered_at=registered_at,
    )
