"""An acknowledgement and a press at the same moment: whichever is first, the new press waits for somebody to answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlalchemy import Connection

from device_adapters.core.contract import Message
from monitor.app import Monitor
from monitor.errors import VersionConflict
from monitor.ingest.intake import Arrival
from monitor.inventory.drafts import DeviceDraft
from monitor.inventory.edits import Edit
from monitor.inventory.registration import register
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.duties import DutyFilter, duties_page
from monitor.journal.queries import AlarmFilter, alarms_page
from monitor.notify.plan import read_plan
from monitor.settings import Settings, plan_files
from tests.empty_store import empty_store
from tests.fakes import FakeClock
from tests.monitor.conftest import CLASSES

ROUNDS = 30


@pytest.fixture
def monitor(tmp_path: Path, clock: FakeClock) -> Iterator[Monitor]:
    """With its writer thread, and nobody to be told by: what is due stays as it was written."""
    settings = Settings(database_url=empty_store(tmp_path / "store.sqlite3"))
    monitor = Monitor(settings, CLASSES, clock, telling=read_plan(*plan_files()))
    monitor.pipeline.load()
    monitor.commands.change(_add_bell, "operator")
    monitor.intake.start()
    yield monitor
    monitor.intake.stop()
    monitor.store.close()


def _add_bell(tx: Connection, now: datetime) -> None:
    draft = DeviceDraft(id="B-1", adapter="native", device_class="bell", name="B-1", address="B-1")
    register(tx, draft, Edit("operator", now, "form"), EVERYWHERE)


def press(monitor: Monitor, number: int) -> None:
    """Returns when it is stored and answered."""
    body = {"v": 1, "id": f"b-{number:06}", "kind": "alarm", "input": "panic"}
    stored = Event()
    message = Message("anninh/v1/bell/B-1/alarm", json.dumps(body).encode(), monitor.clock.now())
    monitor.intake.offer([Arrival("native", message, True, lambda _numbers: stored.set(), number)])
    assert stored.wait(20)


def acknowledge(monitor: Monitor, version: int) -> bool:
    try:
        monitor.intake.submit(lambda: monitor.commands.acknowledge(1, version, "officer")).result(20)
    except VersionConflict:
        return False
    return True


def test_row_12_an_acknowledgement_racing_a_new_press_leaves_the_new_press_unacknowledged(monitor: Monitor) -> None:
    press(monitor, 0)
    won = 0
    with ThreadPoolExecutor(2) as both:
        for number in range(1, ROUNDS):
            seen, at_once = _alarm(monitor)["version"], Barrier(2)

            def click(seen: int = seen, at_once: Barrier = at_once) -> bool:
                at_once.wait()
                return acknowledge(monitor, seen)

            clicked = both.submit(click)
            at_once.wait()
            press(monitor, number)
            won += clicked.result(20)
            alarm = _alarm(monitor)
            assert (alarm["state"], alarm["presses"]) == ("UNACKNOWLEDGED", number + 1)
            assert _waiting(monitor) == ["second_officer", "commander"], "the chain runs for whoever pressed"
    assert alarm["version"] == ROUNDS + won


def test_row_12_a_stuck_acknowledge_button_acknowledges_once(monitor: Monitor) -> None:
    press(monitor, 0)
    seen = _alarm(monitor)["version"]
    with ThreadPoolExecutor(4) as stuck:
        held = list(stuck.map(lambda _: acknowledge(monitor, seen), range(20)))
        assert held.count(True) == 1
        press(monitor, 1)
        assert not any(stuck.map(lambda _: acknowledge(monitor, seen), range(20))), "an edge, not a level"
    assert _alarm(monitor)["state"] == "UNACKNOWLEDGED"


def _alarm(monitor: Monitor) -> dict[str, object]:
    with monitor.store.read() as connection:
        (alarm,) = alarms_page(connection, AlarmFilter(), EVERYWHERE, limit=10)[0]
    return alarm


def _waiting(monitor: Monitor) -> list[str]:
    with monitor.store.read() as connection:
        return [each["role"] for each in duties_page(connection, DutyFilter(("WAITING",)), EVERYWHERE)[0][::-1]]
