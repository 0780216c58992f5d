"""The thread that keeps the broker's files: follows every change, survives every trouble."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.broker_files import BrokerFolder
from monitor.broker_keeper import BrokerKeeper
from monitor.errors import StoreUnavailable
from monitor.inventory.credentials import DeviceAccount, password_hash

HASH = password_hash("A")
PATIENCE_S = 20


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Inventory:
    """What the keeper reads; ``reads`` counts how often."""

    def __init__(self) -> None:
        self.accounts = [DeviceAccount("BELL-1", HASH)]
        self.reads = 0
        self.is_locked = False

    def __call__(self) -> list[DeviceAccount]:
        self.reads += 1
        if self.is_locked:
            raise StoreUnavailable("database is locked")
        return list(self.accounts)


@pytest.fixture
def inventory() -> Inventory:
    return Inventory()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "post.passwd").write_text("")
    (tmp_path / "post.acl").write_text("")
    return tmp_path


@pytest.fixture
def keeper(folder: Path, inventory: Inventory) -> Iterator[BrokerKeeper]:
    keeper = BrokerKeeper(BrokerFolder(folder, None), inventory)
    yield keeper
    keeper.stop()


def has(folder: Path, name: str) -> bool:
    file = folder / "passwd"
    return file.exists() and f"\n{name}:" in file.read_text()


def test_it_writes_at_the_start(folder: Path, keeper: BrokerKeeper) -> None:
    keeper.start()
    wait_for(lambda: has(folder, "BELL-1"))


def test_it_follows_a_change(folder: Path, keeper: BrokerKeeper, inventory: Inventory) -> None:
    keeper.start()
    wait_for(lambda: has(folder, "BELL-1"))
    inventory.accounts = [DeviceAccount("BELL-2", HASH)]
    keeper.nudge()
    wait_for(lambda: has(folder, "BELL-2") and not has(folder, "BELL-1"))


def test_it_takes_many_changes_at_once(folder: Path, keeper: BrokerKeeper, inventory: Inventory) -> None:
    keeper.start()
    for number in range(500):
        inventory.accounts.append(DeviceAccount(f"BELL-{number + 2}", HASH))
        keeper.nudge()
    wait_for(lambda: has(folder, "BELL-501"))
    assert inventory.reads < 10


def test_it_tells_its_trouble_and_comes_back_by_itself(
    folder: Path, keeper: BrokerKeeper, inventory: Inventory
) -> None:
    inventory.is_locked = True
    keeper.start()
    wait_for(lambda: keeper.fault == "database is locked")
    inventory.is_locked = False
    wait_for(lambda: keeper.fault is None)
    assert has(folder, "BELL-1")


def test_it_goes_on_telling_a_broker_that_could_not_be_told(folder: Path, inventory: Inventory) -> None:
    pid_file = folder / "mosquitto.pid"
    keeper = BrokerKeeper(BrokerFolder(folder, pid_file), inventory)
    keeper.start()
    try:
        wait_for(lambda: "mosquitto.pid" in (keeper.fault or ""))
        assert has(folder, "BELL-1")
        reads = inventory.reads
        wait_for(lambda: inventory.reads > reads)
        assert "mosquitto.pid" in (keeper.fault or "")
    finally:
        keeper.stop()


def test_it_writes_what_was_asked_for_before_it_stops(folder: Path, keeper: BrokerKeeper, inventory: Inventory) -> None:
    keeper.start()
    inventory.accounts = [DeviceAccount("BELL-9", HASH)]
    keeper.nudge()
    keeper.stop()
    assert has(folder, "BELL-9")


def test_it_does_nothing_where_no_folder_is_set(inventory: Inventory) -> None:
    keeper = BrokerKeeper(None, inventory)
    keeper.start()
    keeper.nudge()
    keeper.stop()
    assert (inventory.reads, keeper.fault) == (0, None)
