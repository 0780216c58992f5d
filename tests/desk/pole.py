"""The foot of a pole: a small inventory that runs, a form before it, and what an operator does with both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.edits import Edit, put_all
from monitor.inventory.people_tables import Custodian
from monitor.journal.database import Store
from tests.brokers import Broker
from tests.builders import a_bell, a_camera
from tests.empty_store import empty_store
from tests.processes import STORE, MonitorProcess

LAT, LON = 11.772, 108.22
METRE = 1 / 111_195  # degrees of latitude
GROUPS = {"DV-01": "Tổ dân phố Gia Thạnh", "DV-02": "Tổ dân phố Minh Họa 1"}
KEPT = "Đã lưu trên máy, sẽ gửi khi có mạng"
Visit = Callable[..., Page]


@contextmanager
def running_inventory(folder: Path) -> Iterator[MonitorProcess]:
    """Two groups, the board of one of them, a camera with a serial number, and a few devices around it."""
    for part in ("broker", "monitor"):
        (folder / part).mkdir()
    broker = Broker(folder / "broker")
    broker.configure()
    broker.start()
    monitor = MonitorProcess(folder / "monitor", broker.environ)
    store = Store(empty_store(monitor.folder / STORE))
    with closing(store), store.transaction() as tx:
        by = Edit("test", datetime.now(UTC), "test")
        put_all(tx, Area, [area_row(key, "residential_group", name) for key, name in GROUPS.items()], by)
        board = {"id": "BDH-01", "name": "Ban điều hành Gia Thạnh", "kind": "group_board", "group_id": "DV-01"}
        put_all(tx, Custodian, [board], by)
    try:
        monitor.start()
        _furnish(monitor)
        yield monitor
    finally:
        monitor.close()
        broker.stop()


def _furnish(monitor: MonitorProcess) -> None:
    here = {"group_id": "DV-01", "group_name": GROUPS["DV-01"], "longitude": LON}
    add(monitor, a_camera(id="CAM-DV-0118", name="Cổng chợ", latitude=LAT, serial="DH-220917", **here))
    for number, north in enumerate((40, 62, -35, -58, 25)):
        where = {"latitude": LAT + north * METRE, "longitude": LON + (number * 23 - 50) * METRE}
        build, prefix = (a_bell, "BELL-DV") if number % 2 else (a_camera, "CAM-DV")
        add(monitor, build(id=f"{prefix}-000{number}", **(here | where)))


def add(monitor: MonitorProcess, device: dict[str, Any]) -> None:
    assert monitor.api.post("/api/v1/devices", json=device).status_code == 201


def locate(page: Page) -> None:
    page.click("#locate")
    expect(page.locator("#gps")).to_have_attribute("data-state", "known")


def send(page: Page, name: str) -> None:
    page.fill("[name=name]", name)
    if page.locator("#next").is_visible():
        page.click("#next")
    page.click("#send")


def devices(monitor: MonitorProcess, name: str) -> list[dict[str, Any]]:
    items = monitor.api.get("/api/v1/devices", params={"limit": 500}).raise_for_status().json()["items"]
    return [device for device in items if device["name"] == name]
