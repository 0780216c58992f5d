"""Sites with a button that nobody has tried for too long: one alarm a site, over when all its buttons are tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from device_adapters.core.events import AlarmKind
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.edits import core
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.tables import Device
from monitor.journal.alarm_rows import ALARM
from monitor.journal.device_states import STATE
from monitor.machines.alarm import AlarmState, Given
from monitor.machines.bell_test import overdue_at
from monitor.pipeline.alarm_log import AlarmChange, OwnAct, Signal, give
from monitor.pipeline.discipline import ring

DEVICE = core(Device)
PREFIX = "monitor:test:"
# A post walks through all its buttons in a few turns, a province in a few minutes; no press waits behind more.
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Tried:
    """A button that is tried on a schedule. ``since``: its last test, or when it was registered."""

    device_id: str
    establishment_id: str | None
    interval_days: int
    since: datetime

    @property
    def source(self) -> str:
        return f"{PREFIX}{self.establishment_id or self.device_id}"

    def is_overdue(self, now: datetime) -> bool:
        return now >= overdue_at(self.since, self.interval_days)


def tried_after(connection: Connection, device_id: str) -> list[Tried]:
    """The next ones in order of id."""
    return _tried(connection, DEVICE.c.id > device_id, at_most=AT_ONCE)


def source_of(tx: Connection, device_id: str) -> str:
    establishment = tx.execute(select(DEVICE.c.establishment_id).where(DEVICE.c.id == device_id)).scalar()
    return f"{PREFIX}{establishment or device_id}"


def raise_overdue(tx: Connection, overdue: Sequence[Tried], rules: AlarmClass, now: datetime) -> list[AlarmChange]:
    """Of each site once: where it rings already nothing is new."""
    first = {each.source: each for each in reversed(overdue)}
    known = ALARM.c.source.in_(first), ALARM.c.state != AlarmState.NORMAL
    for source in tx.execute(select(ALARM.c.source).where(*known)).scalars():
        del first[source]
    return [ring(tx, _signal(each, rules, now)) for each in first.values()]


def end_overdue(tx: Connection, source: str, now: datetime) -> AlarmChange | None:
    """Where every button of the site was tried in time again; None while one was not."""
    if any(each.is_overdue(now) for each in _tried(tx, _of_site(source.removeprefix(PREFIX)))):
        return None
    return give(tx, OwnAct(source, AlarmKind.TEST_OVERDUE, now, "tested"), Given.RESTORE)


def sites_overdue(connection: Connection) -> list[str]:
    """The sources of the alarms there are."""
    live = select(ALARM.c.source).where(ALARM.c.kind == AlarmKind.TEST_OVERDUE, ALARM.c.state != AlarmState.NORMAL)
    return list(connection.execute(live).scalars())


def _of_site(site: str) -> ColumnElement[bool]:
    alone = and_(DEVICE.c.id == site, DEVICE.c.establishment_id.is_(None))
    return or_(DEVICE.c.establishment_id == site, alone)


def _tried(connection: Connection, which: ColumnElement[bool], at_most: int | None = None) -> list[Tried]:
    columns = (DEVICE.c.id, DEVICE.c.establishment_id, DEVICE.c.test_interval_days, DEVICE.c.registered_at)
    query = (
        select(*columns, STATE.c.last_test_at)
        .select_from(DEVICE.outerjoin(STATE, STATE.c.device_id == DEVICE.c.id))
        .where(DEVICE.c.test_interval_days.is_not(None), which, DEVICE.c.lifecycle == Lifecycle.ACTIVE.value)
        .order_by(DEVICE.c.id)
        .limit(at_most)
    )
    return [
        Tried(row.id, row.establishment_id, row.test_interval_days, row.last_test_at or row.registered_at)
        for row in connection.execute(query)
    ]


def _signal(late: Tried, rules: AlarmClass, now: datetime) -> Signal:
    return Signal(
        source=late.source,
        device_id=late.device_id,
        kind=AlarmKind.TEST_OVERDUE,
        priority=rules.priority,
        is_latching=rules.is_latching,
        raised_at=overdue_at(late.since, late.interval_days),
        received_at=now,
    )
