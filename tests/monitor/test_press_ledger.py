"""From a number that never came to what is shown of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from device_adapters.core.contract import Message
from monitor.app import Monitor
from monitor.inventory.drafts import DeviceDraft
from monitor.inventory.edits import Edit
from monitor.inventory.registration import register
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.gaps import gaps_of
from monitor.settings import Settings
from tests.fakes import FakeClock
from tests.monitor.conftest import CLASSES
from tests.panels import Panel, a_panel


@pytest.fixture
def monitor(tmp_path: Path, clock: FakeClock) -> Iterator[Monitor]:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/store.sqlite3")
    monitor = Monitor(settings, CLASSES, clock)
    monitor.store.migrate()
    draft = DeviceDraft(id="nut", adapter="native", device_class="bell", name="nut", address="nut")
    with monitor.store.transaction() as tx:
        register(tx, draft, Edit("operator", clock.now(), "form"), EVERYWHERE)
    monitor.pipeline.load()
    yield monitor
    monitor.store.close()


def beat(monitor: Monitor, boot: str, *seqs: int) -> None:
    for seq in seqs:
        body = json.dumps({"v": 1, "boot": boot, "seq": seq}).encode()
        message = Message("anninh/v1/bell/nut/heartbeat", body, monitor.clock.now())
        monitor.pipeline.process([("native", message)])


def test_it_proves_what_was_lost_and_where_a_device_began_anew(monitor: Monitor, clock: FakeClock) -> None:
    beat(monitor, "c1c8f0d2", 1, 2, 6, 5)
    clock.forward(70)
    monitor.ledger.turn()
    beat(monitor, "77aa00ff", 1)
    clock.forward(10)
    monitor.ledger.turn()
    with monitor.store.read() as connection:
        told = gaps_of(connection, "nut", clock.now())
    assert (told["lost"], told["restarts"]) == (2, 1)
    assert [(each["kind"], each["first_seq"], each["last_seq"]) for each in told["items"]] == [
        ("restart", 1, 1),
        ("lost", 3, 4),
    ]


def press(monitor: Monitor, panel: Panel, *sequences: int) -> None:
    for panel.sequence in sequences:
        monitor.clock.forward(1)  # type: ignore[attr-defined]
        message = Message("dc09/tcp", panel.event("1120 01 005"), monitor.clock.now())
        monitor.pipeline.process([("sia_dc09", message)])


@pytest.mark.parametrize(
    ("sequences", "lost", "restarts"),
    [
        pytest.param((9_998, 9_999, 1, 2), 0, 0, id="it wraps without a zero"),
        pytest.param((9_997, 2), 3, 0, id="some are lost where it wraps"),
        pytest.param((7, 7, 9, 8), 0, 0, id="copies, and one that came late"),
        pytest.param((7, 10, 11), 2, 0, id="two are lost"),
        pytest.param((7_000, 1, 2), 0, 1, id="a power cut: it counts anew"),
        pytest.param((0, 0, 0), 0, 0, id="one that never counts"),
    ],
)
def test_it_counts_what_a_panel_says(
    monitor: Monitor, clock: FakeClock, sequences: Sequence[int], lost: int, restarts: int
) -> None:
    given = a_panel()
    draft = DeviceDraft(device_class=given.pop("class"), **given)
    monitor.commands.change(lambda tx, now: register(tx, draft, Edit("operator", now, "form"), EVERYWHERE), "operator")
    press(monitor, Panel(now=clock.now), *sequences)
    clock.forward(70)
    monitor.ledger.turn()
    with monitor.store.read() as connection:
        told = gaps_of(connection, "PANEL-1234", clock.now())
    assert (told["lost"], told["restarts"]) == (lost, restarts)


def test_it_forgets_a_run_that_was_whole_when_its_device_began_anew(monitor: Monitor, clock: FakeClock) -> None:
    beat(monitor, "c1c8f0d2", 1, 3, 2)
    beat(monitor, "77aa00ff", 1)
    clock.forward(10)
    monitor.ledger.turn()
    with monitor.store.read() as connection:
        told = gaps_of(connection, "nut", clock.now())
    assert (told["lost"], told["restarts"]) == (0, 1)


def test_it_goes_on_where_the_store_refuses(monitor: Monitor, clock: FakeClock) -> None:
    beat(monitor, "c1c8f0d2", 1, 3)
    clock.forward(70)
    with monitor.store.transaction() as tx:
        tx.exec_driver_sql("ALTER TABLE tally_gap RENAME TO elsewhere")
    monitor.ledger.turn()
    with monitor.store.transaction() as tx:
        tx.exec_driver_sql("ALTER TABLE elsewhere RENAME TO tally_gap")
    clock.forward(10)
    monitor.ledger.turn()
    with monitor.store.read() as connection:
        assert gaps_of(connection, "nut", clock.now())["lost"] == 1
