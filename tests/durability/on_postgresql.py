"""A post on PostgreSQL under a thousand messages a second: what came of them, and how long that took."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

from sqlalchemy import func, select

from monitor.inventory.edits import core
from monitor.journal.database import Store
from monitor.journal.tables import AlarmRow, EventRow
from tests.builders import a_bell, a_zigbee_bell
from tests.durability.flood import FIRST_PRESS_AT, Flood
from tests.processes import MonitorProcess

BUTTONS = tuple(f"sos-{number:03}" for number in range(20))
EVENT, ALARM = core(EventRow), core(AlarmRow)
PATIENCE_S = 180.0
Press = tuple[str, int]


def furnish(monitor: MonitorProcess) -> None:
    """A bell that beats, and buttons."""
    monitor.api.post("/api/v1/devices", json=a_bell(id="BELL-1")).raise_for_status()
    for button in BUTTONS:
        device = a_zigbee_bell(id=button, address=button, alarm_kind="panic")
        monitor.api.post("/api/v1/devices", json=device).raise_for_status()


def wait_for(what: Callable[[], bool]) -> float:
    """How long it took."""
    began_s = time.monotonic()
    while not what():
        assert time.monotonic() < began_s + PATIENCE_S
        time.sleep(0.02)
    return time.monotonic() - began_s


def stored_presses(store: Store) -> Counter[Press]:
    query = select(EVENT.c.source, EVENT.c.occurred_at)
    with store.read() as connection:
        rows = connection.execute(query.where(EVENT.c.event_class == "alarm", EVENT.c.alarm_id.is_not(None))).all()
    return Counter((source.removeprefix("zigbee2mqtt:"), number_of(at.astimezone(UTC))) for source, at in rows)


def number_of(at: datetime) -> int:
    return round((at - FIRST_PRESS_AT).total_seconds() * 1000)


def is_all_there_once(database_url: str, flood: Flood) -> str:
    with closing(Store(database_url)) as store:
        wait_for(lambda: not flood.promised - stored_presses(store).keys())
        stored = stored_presses(store)
        with store.read() as connection:
            presses = connection.execute(select(func.sum(ALARM.c.presses)).where(ALARM.c.kind == "panic")).scalar_one()
    assert set(stored.values()) == {1}
    assert presses == len(stored)
    return f"{len(flood.promised)} presses promised, {len(flood.promised & stored.keys())} stored"
