"""On PostgreSQL with two ingest workers: whichever process is killed, what the broker promised is stored once."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from monitor.journal.database import Store
from monitor.journal.inbox import is_empty
from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.durability.flood import FIRST_PRESS_AT, Flood
from tests.durability.on_postgresql import BUTTONS, EVENT, furnish, is_all_there_once, number_of, wait_for
from tests.postgresql import Cluster
from tests.processes import MonitorProcess

KILLS = int(os.environ.get("DURABILITY_WORKER_KILLS", "4"))
SEED = int(os.environ.get("DURABILITY_SEED", str(time.time_ns() % 2**32)))
Start = Callable[..., MonitorProcess]
WITH_WORKERS = {"ingest": "workers", "canary_every_s": 0.5}


@pytest.fixture
def database_url(postgresql: Cluster) -> Iterator[str]:
    with postgresql.database() as url:
        yield url


def a_worker(name: int, broker: Broker, database_url: str, folder: Path) -> MonitorProcess:
    folder.mkdir()
    more = {"CHUONG_DATABASE_URL": database_url, "CHUONG_CANARY_EVERY_S": "0.5"}
    worker = MonitorProcess(folder, broker.environ_of_worker(name) | more, verb=("ingest", str(name)))
    worker.start(until="")
    return worker


@pytest.fixture
def leader(
    mosquitto: Broker, monitor_process: Start, database_url: str, workers: list[MonitorProcess]
) -> MonitorProcess:
    monitor = monitor_process(mosquitto, database_url=database_url, **WITH_WORKERS)
    furnish(monitor)
    return monitor


@pytest.fixture
def workers(mosquitto: Broker, database_url: str, tmp_path: Path) -> Iterator[list[MonitorProcess]]:
    """Two of them, each started when it has taken up its work."""
    started = [a_worker(name, mosquitto, database_url, tmp_path / f"worker-{name}") for name in (1, 2)]
    yield started
    for worker in started:
        worker.close()


def stored_in_order(database_url: str) -> dict[str, list[int]]:
    """Source → the numbers of its presses, as they were stored."""
    with closing(Store(database_url)) as store, store.read() as connection:
        query = select(EVENT.c.source, EVENT.c.occurred_at).where(EVENT.c.event_class == "alarm").order_by(EVENT.c.id)
        numbers: dict[str, list[int]] = {}
        for source, at in connection.execute(query):
            numbers.setdefault(source, []).append(number_of(at.astimezone(UTC)))
    return numbers


def is_inbox_empty(database_url: str) -> bool:
    with closing(Store(database_url)) as store, store.read() as connection:
        return is_empty(connection)


def causes(monitor: MonitorProcess) -> list[str]:
    health = monitor.api.get("/api/v1/snapshot", params={"devices": False}).raise_for_status().json()["health"]
    return [each["cause"] for each in (health["fault"] or {"causes": []})["causes"]]


def test_it_stores_what_two_workers_take_in_in_order(
    leader: MonitorProcess, mosquitto: Broker, database_url: str
) -> None:
    """Each button is pressed twice a second: nearer together, two presses may go by two workers and change places."""
    with mosquitto.connect(GATEWAY_ACCOUNT) as gateway:
        for number in range(6 * len(BUTTONS)):
            pressed_at = FIRST_PRESS_AT + timedelta(milliseconds=number)
            body = {"action": "emergency", "last_seen": pressed_at.isoformat(timespec="milliseconds")}
            gateway.publish(f"zigbee2mqtt/{BUTTONS[number % len(BUTTONS)]}", json.dumps(body))
            time.sleep(0.5 / len(BUTTONS))
    wait_for(lambda: sum(map(len, stored_in_order(database_url).values())) == 6 * len(BUTTONS))
    wait_for(lambda: is_inbox_empty(database_url))
    numbers = stored_in_order(database_url)
    assert len(numbers) == len(BUTTONS)
    assert all(each == sorted(each) for each in numbers.values()), numbers
    assert causes(leader) == []


def test_it_misses_a_worker_that_is_gone_and_gets_all_when_it_is_back(
    leader: MonitorProcess, mosquitto: Broker, database_url: str, workers: list[MonitorProcess]
) -> None:
    flood = Flood(mosquitto, BUTTONS, Random(1), share=0.5)
    with flood.running():
        time.sleep(0.5)
        workers[0].kill()
        wait_for(lambda: causes(leader) == ["worker"])
        assert leader.status("/readyz") == 503
    workers[0].start(until="")
    is_all_there_once(database_url, flood)
    wait_for(lambda: causes(leader) == [])


def test_it_keeps_every_promised_press_once_whoever_is_killed(
    leader: MonitorProcess,
    mosquitto: Broker,
    monitor_process: Start,
    database_url: str,
    workers: list[MonitorProcess],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The monitor that leads and one of the workers in turn; whoever was killed stands by, or shares, from then on."""
    random, killed, took = Random(SEED), Counter[str](), list[float]()
    standing_by = monitor_process(mosquitto, until="", database_url=database_url, **WITH_WORKERS)
    flood = Flood(mosquitto, BUTTONS, random, share=0.5)
    with flood.running():
        for _ in range(KILLS):
            time.sleep(random.uniform(0, 1.5))
            if random.random() < 0.5:
                took.append(killed_and_taken_over(leader, standing_by))
                leader.start(until="")
                leader, standing_by = standing_by, leader
                killed["leader"] += 1
            else:
                worker = random.choice(workers)
                worker.kill()
                worker.start(until="")
                killed["worker"] += 1
    said = is_all_there_once(database_url, flood)
    with capsys.disabled():
        print(f"\nseed {SEED}: killed {dict(killed)}, {said}; taken over after {', '.join(f'{s:.1f}' for s in took)} s")
    wait_for(lambda: is_inbox_empty(database_url))


def killed_and_taken_over(leader: MonitorProcess, standing_by: MonitorProcess) -> float:
    """How long it took until the other was up; with what piled up on a busy machine it may be late for longer."""
    wait_for(lambda: "standing_by" in standing_by.log.rstrip().rpartition("\n")[2])
    leader.kill()
    return wait_for(lambda: standing_by.status("/healthz") == 200)


def test_it_goes_back_to_one_process_and_leaves_nothing_behind(
    leader: MonitorProcess, mosquitto: Broker, database_url: str, workers: list[MonitorProcess]
) -> None:
    leader.stop()
    for worker in workers:
        worker.stop()
    own = MonitorProcess(leader.folder, {**leader.settings, "CHUONG_INGEST": "own"}, leader.port)
    assert "retire each of them first" in refusal(own)
    with mosquitto.connect(GATEWAY_ACCOUNT) as gateway:
        for number in range(10):
            body = {"action": "emergency", "last_seen": f"2026-03-14T11:52:00.{number:03}Z"}
            gateway.publish(f"zigbee2mqtt/{BUTTONS[0]}", json.dumps(body))
    for name, worker in enumerate(workers, 1):
        worker.run("ingest", str(name), "--retire")
    assert "still to be read" in refusal(own)
    leader.start(until="/healthz")
    wait_for(lambda: is_inbox_empty(database_url))
    leader.stop()
    own.start()
    try:
        assert sorted(stored_in_order(database_url)[f"zigbee2mqtt:{BUTTONS[0]}"]) == list(range(10))
    finally:
        own.stop()


def refusal(monitor: MonitorProcess) -> str:
    done = monitor.tried("serve")
    assert done.returncode == 2
    return done.stderr.decode()


def test_it_lets_no_second_worker_of_a_name_push_out_the_first(
    leader: MonitorProcess, mosquitto: Broker, database_url: str, tmp_path: Path
) -> None:
    twin = a_worker(1, mosquitto, database_url, tmp_path / "twin")
    try:
        wait_for(lambda: "name_in_use" in twin.log)
        assert causes(leader) == []
    finally:
        twin.close()
