"""Monitor, broker and sender are killed at random, again and again, while a thousand messages a second come in.

``DURABILITY_KILLS=100 .venv/bin/pytest -q tests/durability/test_kill.py`` kills each of them a hundred times;
``DURABILITY_SEED`` repeats a run, as far as chance is ours.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.demo.brokers import find_nats
from tests.brokers import Broker
from tests.builders import a_bell, a_zigbee_bell
from tests.durability.flood import BEATING, FIRST_PRESS_AT, Flood
from tests.durability.patient_bells import BELLS, PatientBells
from tests.processes import MonitorProcess

# By default so few that each run ends within half a minute: the long run is asked for.
DEFAULT_KILLS = {"monitor": 6, "broker": 4, "sender": 4}
SEED = int(os.environ.get("DURABILITY_SEED", str(time.time_ns() % 2**32)))
BUTTONS = tuple(f"sos-{number:03}" for number in range(100))
DRAIN_S = 180.0
SETTLED_S = 10.0

Press = tuple[str, int]


def stored_presses(database: Path) -> Counter[Press]:
    """(button, number) of each stored press of the flood → how often it is stored as part of an alarm."""
    rows = ask(database, "SELECT source, occurred_at FROM event WHERE source LIKE 'zigbee2mqtt:%' AND alarm_id > 0")
    return Counter((source.removeprefix("zigbee2mqtt:"), number_of(occurred_at)) for source, occurred_at in rows)


def number_of(occurred_at: str) -> int:
    pressed_at = datetime.fromisoformat(occurred_at).replace(tzinfo=FIRST_PRESS_AT.tzinfo)
    return round((pressed_at - FIRST_PRESS_AT).total_seconds() * 1000)


def stored_of_patient(database: Path) -> Counter[str]:
    """The bells' own number of each stored press → how often it is stored."""
    rows = ask(database, "SELECT source_event_id FROM event WHERE source LIKE 'native:%' AND event_class = 'alarm'")
    return Counter(said.partition("#")[0] for (said,) in rows)  # its number, and what was said under it


def alarms(database: Path, kind: str) -> tuple[int, int, int]:
    """How many there are, how many presses they say they hold, and how many copies came besides."""
    question = (
        f"SELECT count(*), coalesce(sum(presses), 0), coalesce(sum(duplicates), 0) FROM alarm WHERE kind = '{kind}'"
    )
    return ask(database, question)[0]


def ask(database: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        return connection.execute(question).fetchall()


@pytest.fixture
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """The one that is shipped, or the one of a trial where that is not installed."""
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder) if request.param == "mosquitto" else Broker(folder, program=find_nats())
    broker.configure(BEATING, *BELLS)
    broker.start()
    yield broker
    broker.stop()


@pytest.mark.parametrize(
    ("victim", "broker"),
    [("monitor", "mosquitto"), ("broker", "mosquitto"), ("sender", "mosquitto"), ("broker", "nats-server")],
    indirect=["broker"],
)
def test_it_keeps_every_press_exactly_once_over_many_kills(
    victim: str,
    broker: Broker,
    monitor_process: Callable[..., MonitorProcess],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monitor, random = monitor_process(broker), Random(SEED)
    for device in (*map(a_button, BUTTONS), *(a_bell(id=each) for each in (BEATING, *BELLS))):
        monitor.api.post("/api/v1/devices", json=device).raise_for_status()
    (tmp_path / "bells").mkdir()
    flood, bells = Flood(broker, BUTTONS, random), PatientBells(broker, tmp_path / "bells")
    kills = int(os.environ.get("DURABILITY_KILLS", DEFAULT_KILLS[victim]))
    with bells.pressing(), flood.running():
        for _ in range(kills):
            # Whoever lost the broker is back at it after a second or two: some of its kills come before, some after.
            time.sleep(random.uniform(0, 4 if victim == "broker" else 1.5))
            kill_and_start(victim, random, monitor, broker, bells)
    database = monitor.folder / "chuong.sqlite3"
    lost = drain(database, flood, is_kept=victim != "broker")
    stored, patient = stored_presses(database), stored_of_patient(database)
    told, presses, copies = alarms(database, "hold_up")
    with capsys.disabled():
        print(
            f"\nseed {SEED}: {kills} kills of the {victim}, {broker.program.name}, "
            f"{flood.beats + len(flood.sent) + presses + copies} messages\n"
            f"  until our answer: {len(bells.born)} pressed, {len(bells.born & patient.keys())} stored, "
            f"{sum(patient.values()) - len(patient)} twice, {copies} copies merged, {told} alarms\n"
            f"  until PUBACK: {len(flood.promised)} promised, {len(flood.promised & stored.keys())} stored, "
            f"{len(lost)} lost, {sum(stored.values()) - len(stored)} twice"
        )
    assert len(bells.born) > kills
    assert bells.born - patient.keys() == set()
    assert len(patient.keys() - bells.born) <= kills, "killed between its disk and the line in `born`"
    assert set(patient.values()) == {1}
    assert (told, presses) == (len(BELLS), len(patient))
    assert stored.keys() <= {press for press, _ in flood.sent}
    if victim != "broker":
        assert lost == set()
        assert set(stored.values()) == {1}
        assert alarms(database, "panic")[1] == len(stored)


def a_button(button: str) -> dict[str, Any]:
    return a_zigbee_bell(id=button, address=button, alarm_kind="panic")


def kill_and_start(victim: str, random: Random, monitor: MonitorProcess, broker: Broker, bells: PatientBells) -> None:
    if victim == "monitor":
        monitor.kill()
        # Half of them die again before they are ready, in the middle of taking over.
        monitor.start(until=random.choice(("/readyz", "/healthz")))
    elif victim == "broker":
        broker.kill()
        broker.start()
    else:
        bells.kill()
        bells.start()
        if random.random() < 0.7:
            bells.wait_for_a_press()


def drain(database: Path, flood: Flood, *, is_kept: bool) -> set[Press]:
    """What the broker promised and did not deliver; where it may break its word, as soon as nothing comes any more."""
    deadline, seen, since = time.monotonic() + DRAIN_S, -1, time.monotonic()
    while missing := flood.promised - stored_presses(database).keys():
        if len(missing) != seen:
            seen, since = len(missing), time.monotonic()
        if time.monotonic() > (deadline if is_kept else since + SETTLED_S):
            break
        time.sleep(0.3)
    return missing
