"""From the inventory to the broker: 20,000 devices' secrets issued, written, and known to a real mosquitto."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import insert

from monitor.broker_files import BrokerFolder
from monitor.inventory.credentials import DeviceAccount, Issued, device_accounts, issue_missing, revoke
from monitor.inventory.edits import Edit, core
from monitor.inventory.tables import Device
from monitor.journal.database import Store
from tests.brokers import Broker, Wire

T = TypeVar("T")
BY = Edit("bench", datetime(2026, 3, 14, 11, tzinfo=UTC), "bench")


def measure_accounts(folder: Path, devices: int) -> dict[str, float]:
    """Seconds, by what was done."""
    folder.mkdir()
    broker = Broker(folder)
    broker.configure_kept()
    broker.start()
    try:
        with closing(Store(f"sqlite:///{folder}/chuong.sqlite3")) as store:
            return _measured(store, broker, devices)
    finally:
        broker.stop()


def _measured(store: Store, broker: Broker, devices: int) -> dict[str, float]:
    store.migrate()
    _register(store, devices)
    seconds = {}
    with store.transaction() as tx:
        seconds["secrets issued and journalled"], issued = _timed(lambda: issue_missing(tx, BY))
    assert len(issued) == devices
    last = issued[-1]
    seconds["files written, broker reloaded, the last device let in"], wire = _timed(
        lambda: _bring_in_line(store, broker) or _let_in(broker, last)
    )
    with wire:
        with store.transaction() as tx:
            revoke(tx, [last.device_id], BY)
        seconds["a connected device cut off"], _ = _timed(
            lambda: _bring_in_line(store, broker) or wire.wait_until_dropped()
        )
    return seconds


def _register(store: Store, devices: int) -> None:
    plain = {"device_class": "bell", "adapter": "native", "is_high_mast": False, "is_silent_at_site": False}
    names = [dict.fromkeys(("id", "name", "address"), f"BELL-{number:05}") for number in range(devices)]
    with store.transaction() as tx:
        tx.execute(
            insert(core(Device)), [{**name, **plain, "search_text": "", "registered_at": BY.at} for name in names]
        )


def _bring_in_line(store: Store, broker: Broker) -> None:
    def accounts() -> list[DeviceAccount]:
        with store.read() as connection:
            return device_accounts(connection)

    folder = BrokerFolder(broker.folder, broker.pid_file)
    folder.bring_in_line(accounts)
    folder.reload()


def _let_in(broker: Broker, issued: Issued) -> Wire:
    while True:
        try:
            return broker.connect(issued.user_name, password=issued.secret)
        except ConnectionRefusedError:
            time.sleep(0.02)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    done = work()
    return time.perf_counter() - begun, done
