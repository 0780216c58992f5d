from __future__ import annotations

import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from tests.brokers import Broker
from tests.builders import a_bell, a_zigbee_bell
from tests.durability.flood import FIRST_PRESS_AT, Flood
from tests.processes import MonitorProcess

KILLS = int(os.environ.get("DURABILITY_KILLS", "50"))
SEED = int(os.environ.get("DURABILITY_SEED", str(time.time_ns() % 2**32)))
BUTTONS = tuple(f"sos-{number:03}" for number in range(100))
DRAIN_S = 180.0

Press = tuple[str, int]


def stored_presses(database: Path) -> Counter[Press]:
    """(button, number) of each stored press → how often it is stored as part of an alarm."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT source, occurred_at FROM event WHERE event_class = 'alarm' AND alarm_id IS NOT NULL"
        ).fetchall()
    return Counter((source.removeprefix("zigbee2mqtt:"), number_of(occurred_at)) for source, occurred_at in rows)


def number_of(occurred_at: str) -> int:
    pressed_at = datetime.fromisoformat(occurred_at).replace(tzinfo=FIRST_PRESS_AT.tzinfo)
    return round((pressed_at - FIRST_PRESS_AT).total_seconds() * 1000)


def presses_of_alarms(database: Path) -> int:
    with sqlite3.connect(database) as connection:
        return int(connection.execute("SELECT sum(presses) FROM alarm WHERE kind = 'panic'").fetchone()[0])


def test_it_keeps_every_promised_press_exactly_once_over_many_kills(
    mosquitto: Broker, monitor_process: Callable[..., MonitorProcess], capsys: pytest.CaptureFixture[str]
) -> None:
    random = Random(SEED)
    monitor = monitor_process(mosquitto)
    monitor.api.post("/api/v1/devices", json=a_bell(id="BELL-1")).raise_for_status()
    for button in BUTTONS:
        device = a_zigbee_bell(id=button, address=button, alarm_kind="panic")
        monitor.api.post("/api/v1/devices", json=device).raise_for_status()
    database = monitor.folder / "chuong.sqlite3"
    flood = Flood(mosquitto, BUTTONS, random)
    with flood.running():
        for _ in range(KILLS):
            time.sleep(random.uniform(0, 1.5))
            monitor.kill()
            # Half of them die again before they are ready, in the middle of taking over.
            monitor.start(until=random.choice(("/readyz", "/healthz")))
    promised = flood.promised
    deadline = time.monotonic() + DRAIN_S
    while promised - stored_presses(database).keys() and time.monotonic() < deadline:
        time.sleep(0.2)
    stored = stored_presses(database)
    with capsys.disabled():
        print(
            f"\nseed {SEED}: {KILLS} kills, {flood.beats + len(flood.sent)} messages, "
            f"{len(promised)} presses promised, {len(promised & stored.keys())} stored, "
            f"{sum(stored.values()) - len(stored)} twice"
        )
    assert len(promised) > 10 * KILLS
    assert promised - stored.keys() == set()
    assert stored.keys() <= {press for press, _ in flood.sent}
    assert set(stored.values()) == {1}
    assert presses_of_alarms(database) == len(stored)
