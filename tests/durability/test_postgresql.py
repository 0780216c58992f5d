"""On PostgreSQL: the leader is killed or frozen, or the server dies, while a thousand messages a second come in."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from random import Random

import pytest

from monitor.journal.database import Store
from monitor.sole_use import LOST_THE_LEASE
from tests.brokers import Broker
from tests.durability.flood import Flood
from tests.durability.on_postgresql import BUTTONS, PATIENCE_S, furnish, is_all_there_once, stored_presses, wait_for
from tests.postgresql import Cluster
from tests.processes import MonitorProcess

Start = Callable[..., MonitorProcess]


@pytest.fixture
def database_url(postgresql: Cluster) -> Iterator[str]:
    with postgresql.database() as url:
        yield url


@pytest.fixture
def leader(mosquitto: Broker, monitor_process: Start, database_url: str) -> MonitorProcess:
    monitor = monitor_process(mosquitto, database_url=database_url)
    furnish(monitor)
    return monitor


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
        failed_at = datetime.now(UTC)
        leader.freeze() if how == "freeze" else leader.kill()
        with closing(Store(database_url)) as store:
            left_at = len(stored_presses(store))
            took_s = wait_for(lambda: len(stored_presses(store)) > left_at)
            wait_for(lambda: second.status("/readyz") == 200)
            ready_s = (datetime.now(UTC) - failed_at).total_seconds()
        if how == "freeze":
            leader.thaw()
            assert leader.process is not None
            assert leader.process.wait(PATIENCE_S) == LOST_THE_LEASE
            leader.process = None
    said = is_all_there_once(database_url, flood)
    with capsys.disabled():
        print(
            f"\n{how}: the other {steps(second, failed_at)}, stores after {took_s:.1f} s, ready {ready_s:.1f}; {said}"
        )


def steps(monitor: MonitorProcess, since_at: datetime) -> str:
    """When it led and when it was up, as it says itself."""
    told = [json.loads(line) for line in monitor.log.splitlines() if line.startswith("{")]
    at = {each["event"]: datetime.fromisoformat(each["timestamp"]) for each in told}
    return ", ".join(f"{word} after {(at[word] - since_at).total_seconds():.1f} s" for word in ("leading", "serving"))


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
