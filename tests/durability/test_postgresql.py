"""On PostgreSQL: the leader is killed or frozen, or the server dies, while a thousand messages a second come in."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC
from random import Random

import pytest
from sqlalchemy import func, select

from monitor.inventory.edits import core
from monitor.journal.database import Store
from monitor.journal.tables import AlarmRow, EventRow
from monitor.sole_use import LOST_THE_LEASE
from tests.brokers import Broker
from tests.builders import a_bell, a_zigbee_bell
from tests.durability.flood import FIRST_PRESS_AT, Flood
from tests.postgresql import Cluster
from tests.processes import MonitorProcess

BUTTONS = tuple(f"sos-{number:03}" for number in range(20))
EVENT, ALARM = core(EventRow), core(AlarmRow)
PATIENCE_S = 60.0
Start = Callable[..., MonitorProcess]
Press = tuple[str, int]


@pytest.fixture
def database_url(postgresql: Cluster) -> Iterator[str]:
    with postgresql.database() as url:
        yield url


@pytest.fixture
def leader(mosquitto: Broker, monitor_process: Start, database_url: str) -> MonitorProcess:
    monitor = monitor_process(mosquitto, database_url=database_url)
    monitor.api.post("/api/v1/devices", json=a_bell(id="BELL-1")).raise_for_status()
    for button in BUTTONS:
        device = a_zigbee_bell(id=button, address=button, alarm_kind="panic")
        monitor.api.post("/api/v1/devices", json=device).raise_for_status()
    return monitor


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


def number_of(at: object) -> int:
    return round((at - FIRST_PRESS_AT).total_seconds() * 1000)  # type: ignore[operator]


def is_all_there_once(database_url: str, flood: Flood) -> str:
    with closing(Store(database_url)) as store:
        wait_for(lambda: not flood.promised - stored_presses(store).keys())
        stored = stored_presses(store)
        with store.read() as connection:
            presses = connection.execute(select(func.sum(ALARM.c.presses)).where(ALARM.c.kind == "panic")).scalar_one()
    assert set(stored.values()) == {1}
    assert presses == len(stored)
    return f"{len(flood.promised)} presses promised, {len(flood.promised & stored.keys())} stored"


@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_it_is_taken_over_from_a_leader_that_fails(
    how: str,
    leader: MonitorProcess,
    mosquitto: Broker,
    monitor_process: Start,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    second = monitor_process(mosquitto, until="", database_url=database_url)
    wait_for(lambda: "standing_by" in second.log)
    flood = Flood(mosquitto, BUTTONS, Random(1))
    with flood.running():
        time.sleep(1)
        leader.freeze() if how == "freeze" else leader.kill()
        with closing(Store(database_url)) as store:
            left_at = len(stored_presses(store))
            took_s = wait_for(lambda: len(stored_presses(store)) > left_at)
            wait_for(lambda: second.status("/readyz") == 200)
        if how == "freeze":
            leader.thaw()
            assert leader.process is not None
            assert leader.process.wait(PATIENCE_S) == LOST_THE_LEASE
            leader.process = None
    said = is_all_there_once(database_url, flood)
    with capsys.disabled():
        print(f"\n{how}: the other monitor stores after {took_s:.1f} s; {said}")


def test_it_loses_nothing_when_the_server_dies(
    leader: MonitorProcess, mosquitto: Broker, postgresql: Cluster, database_url: str
) -> None:
    flood = Flood(mosquitto, BUTTONS, Random(1))
    with flood.running():
        for _ in range(2):
            time.sleep(0.5)
            postgresql.stop(signal.SIGQUIT)
            wait_for(lambda: leader.status("/readyz") != 200)
            postgresql.start()
            wait_for(lambda: leader.status("/readyz") == 200)
    is_all_there_once(database_url, flood)
