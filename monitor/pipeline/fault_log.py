"""The monitor's own fault as an alarm: one while it lasts, however many causes it has, for everybody to see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import select

from device_adapters.core.events import AlarmKind
from monitor.inventory.alarm_classes import AlarmClass
from monitor.journal.alarm_rows import ALARM
from monitor.journal.database import Store
from monitor.journal.outages import OUR_OWN
from monitor.journal.queries import alarms_by_ids
from monitor.machines.alarm import AlarmState
from monitor.machines.own_fault import Cause, OwnFault
from monitor.pipeline.alarm_log import AlarmChange, Signal, restore_alarm
from monitor.pipeline.discipline import ring
from monitor.pipeline.flow import Pipeline

log = structlog.get_logger()


class FaultLog:
    """Lives on the writer thread. What could not be written while it lasted is written when it can be."""

    def __init__(self, store: Store, pipeline: Pipeline, classes: Mapping[AlarmKind, AlarmClass]) -> None:
        self._store, self._pipeline = store, pipeline
        self._rules = classes[AlarmKind.MONITOR_FAULT]
        self._written: tuple[Cause, ...] = ()

    def load(self) -> None:
        """A fault that we went down with goes on until all is seen to be well."""
        live = select(ALARM.c.detail).where(ALARM.c.source == OUR_OWN, ALARM.c.state != AlarmState.NORMAL)
        with self._store.read() as connection:
            detail = connection.execute(live).scalar()
        self._written = tuple(Cause(each) for each in (detail or "").split() if each in set(Cause))

    def keep(self, fault: OwnFault, now: datetime) -> None:
        """Brings the alarm in line with the fault. Raises ``StoreUnavailable``: the next call tries again."""
        if fault.causes == self._written or (self._written and not fault.causes and fault.troubles):
            return
        with self._store.transaction() as tx:
            change: AlarmChange | None
            if fault.began_at is not None:
                change = ring(tx, self._signal(fault, fault.began_at, now))
            else:
                is_latching = self._rules.is_latching
                change = restore_alarm(tx, OUR_OWN, AlarmKind.MONITOR_FAULT, is_latching=is_latching, at=now)
            changes = [change] if change else []
            rows = alarms_by_ids(tx, [each.alarm_id for each in changes])
            self._pipeline.follow(tx, changes, rows)
        tell = log.error if fault.causes else log.info
        tell("monitor_fault", causes=list(fault.causes), notes=[each.note for each in fault.troubles.values()])
        self._written = fault.causes
        self._pipeline.tell_alarms(changes, rows)

    def _signal(self, fault: OwnFault, began_at: datetime, now: datetime) -> Signal:
        return Signal(
            source=OUR_OWN,
            device_id=None,
            kind=AlarmKind.MONITOR_FAULT,
            priority=self._rules.priority,
            is_latching=self._rules.is_latching,
            raised_at=began_at,
            received_at=now,
            detail=" ".join(fault.causes),
        )
