"""Tells sirens what was ordered: a thread that looks at what is due, writes the step down, and only then sends it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from device_adapters.core.contract import DeviceClass, DeviceFacts, Known
from device_adapters.core.orders import Sending, SoundAct, SoundOrder
from device_adapters.core.registry import adapters
from monitor.clock import Clock
from monitor.errors import StoreUnavailable
from monitor.inventory.prepared import AnyRow
from monitor.journal import sirens
from monitor.journal.events import recalled
from monitor.machines.siren import SirenOrder, passed
from monitor.notify.desk import DutyDesk

log = structlog.get_logger()

LOOK_EVERY_S = 0.25
LONGEST_STOP_S = 2.0
# How long an order to be silent is one: a siren that was away so long has ended by itself.
STOP_HOLDS_S = 3600.0


class SirenSender:
    """``publish(topic, payload)``: at QoS 1, not retained; what gets lost is sent again by the machine."""

    def __init__(
        self, bases: Mapping[str, str], desk: DutyDesk, publish: Callable[[str, bytes], None], clock: Clock
    ) -> None:
        self._bases, self._desk, self._publish, self._clock = bases, desk, publish, clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sirens", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=LONGEST_STOP_S)

    def look(self) -> None:
        """Sends what is due. Raises ``StoreUnavailable``."""
        now = self._clock.now()
        with self._desk.read() as connection:
            if not sirens.due_orders(connection, now):
                return
        for sending in self._desk.write(lambda tx: self._step(tx, now)):
            self._publish(sending.topic, sending.payload)

    def _step(self, tx: Connection, now: datetime) -> list[Sending]:
        sendings: list[Sending] = []
        for row in sirens.due_orders(tx, now):
            order, act = passed(SirenOrder.of(row), now)
            sirens.keep_order(tx, row["id"], asdict(order))
            if act is not None and (sending := self._encoded(tx, row, _told(order, act, now))) is not None:
                sendings.append(sending)
        return sendings

    def _encoded(self, tx: Connection, row: AnyRow, told: SoundOrder) -> Sending | None:
        adapter = adapters().get(row["adapter"] or "")
        if adapter is None or adapter.encode is None:
            return None  # its siren is gone from the inventory: the row comes to its end as if it did not answer
        return adapter.encode(told, self._bases[adapter.name], row["address"], _known_of(tx, row))

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_S):
            try:
                self.look()
            except StoreUnavailable:
                pass  # the writer says so; an order waits in the store
            except Exception:
                log.exception("sirens_not_told")


def _told(order: SirenOrder, act: SoundAct, now: datetime) -> SoundOrder:
    if act is SoundAct.STOP or order.off_due_at is None:
        return SoundOrder(order.order_id, SoundAct.STOP, 0, now + timedelta(seconds=STOP_HOLDS_S))
    for_s = max(1, math.floor((order.off_due_at - now).total_seconds()))
    return SoundOrder(order.order_id, act, for_s, order.off_due_at)


def _known_of(tx: Connection, row: AnyRow) -> Known:
    """The siren itself, and what its family remembers: where it said that it takes orders."""
    device_class = DeviceClass(row["device_class"])
    facts = DeviceFacts(device_id=row["device_id"], device_class=device_class, model=row["model"])
    return Known(
        device=lambda address: facts if address == row["address"] else None,
        recall=lambda key: recalled(tx, row["adapter"], key),
    )
