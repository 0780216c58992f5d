"""An alarm panel sends a press again until it has an answer; the monitor is killed before it stored it, and after."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from threading import Event, Thread
from time import sleep

import pytest

from tests.brokers import Broker, free_port
from tests.panels import Panel, PanelLine, a_panel, a_zone
from tests.processes import STORE, MonitorProcess

KILLS = 3
AGAIN_AFTER_S = 1.0


def until_answered(port: int, frame: bytes) -> int:
    """How often it was sent, as a panel does: on a new line each time there is no answer."""
    sent = 0
    while True:
        sent += 1
        try:
            with PanelLine(port) as line:
                line.send(frame)
                if answer := line.answer(within_s=AGAIN_AFTER_S):
                    assert answer[9:14] == b'"ACK"'
                    return sent
        except OSError:
            sleep(0.05)


def held(database: Path) -> sqlite3.Connection:
    """Nobody else can write until it is rolled back."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection


def stored(database: Path) -> list[tuple[int, int, int]]:
    """Of each alarm of the panel's: presses, copies, and events that are stored of it."""
    events = "(SELECT count(*) FROM event WHERE event.alarm_id = alarm.id)"
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f"SELECT presses, duplicates, {events} FROM alarm WHERE kind = 'hold_up'").fetchall()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def monitor(mosquitto: Broker, monitor_process: Callable[..., MonitorProcess], port: int) -> MonitorProcess:
    monitor = monitor_process(mosquitto, dc09_listen=f"127.0.0.1:{port}")
    for device in (a_panel(), a_zone()):
        monitor.api.post("/api/v1/devices", json=device).raise_for_status()
    return monitor


def test_it_answers_no_press_that_a_kill_could_still_lose(monitor: MonitorProcess, port: int) -> None:
    database, panel = monitor.folder / STORE, Panel()
    press = panel.event("1122 01 005")
    with closing(held(database)), PanelLine(port) as line:
        line.send(press)
        with pytest.raises(TimeoutError):
            line.answer(within_s=0.5)
        monitor.kill()
    assert stored(database) == []
    monitor.start()
    until_answered(port, press)
    monitor.kill()  # the answer may be lost on its way
    assert stored(database) == [(1, 0, 1)]
    monitor.start()
    until_answered(port, press)
    assert stored(database) == [(1, 1, 1)]


def test_it_keeps_every_press_once_over_kills(monitor: MonitorProcess, port: int) -> None:
    database, panel, random = monitor.folder / STORE, Panel(), Random(20261121)
    is_over, sent = Event(), list[int]()

    def press_on() -> None:
        while not is_over.is_set():
            sent.append(until_answered(port, panel.event("1122 01 005")))

    pressing = Thread(target=press_on)
    pressing.start()
    for _ in range(KILLS):
        sleep(random.uniform(0.2, 1.0))
        monitor.kill()
        monitor.start(until="/healthz")
    is_over.set()
    pressing.join()
    ((presses, copies, events),) = stored(database)
    assert presses == events == len(sent) > KILLS
    assert copies < sum(sent)
