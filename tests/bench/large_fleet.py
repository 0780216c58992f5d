"""100,000 devices: how long the monitor takes to start with them, and to count them for a page."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert

from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.device_index import index_missing
from monitor.inventory.edits import core
from monitor.inventory.folding import search_text
from monitor.inventory.kinds import LocationKind
from monitor.inventory.place_tables import Site
from monitor.inventory.tables import Device
from monitor.journal.database import Store
from monitor.journal.tables import DeviceStateRow
from tests.processes import MonitorProcess

DEVICES, COMMUNES, GROUPS, EYES_AT_A_SITE = 100_000, 60, 20, 2
PLACES = ("Ngã ba", "Ngã tư", "Chợ", "Trường học", "Hẻm", "Cổng chào", "Đường")
STREETS = ("Hùng Vương", "Lê Lợi", "Trần Phú", "Nguyễn Trãi", "Điện Biên Phủ", "Quang Trung", "Lý Thường Kiệt")
STATES = ("ONLINE",) * 7 + ("OFFLINE",) * 2 + ("UNKNOWN",)
AT_ONCE = 5_000
ASKED = {
    "coverage of everything": "/api/v1/coverage",
    "coverage of one commune": "/api/v1/coverage?area=C3",
    "the page of groups": "/groups",
    "counts of the list": "/api/v1/inventory/facets",
    "counts of what words find": "/api/v1/inventory/facets?q=hung+vuong",
    "counts of one state": "/api/v1/inventory/facets?state=OFFLINE",
    "a page of the list": "/api/v1/inventory",
}
TIMES = 9


@contextmanager
def large_fleet(folder: Path) -> Iterator[tuple[MonitorProcess, float]]:
    """A monitor that serves it, and the seconds from its start to its first answer. Without a broker."""
    folder.mkdir()
    monitor = MonitorProcess(folder)
    _fill(Store(f"sqlite:///{folder}/chuong.sqlite3"))
    assert monitor.token
    try:
        began_s = time.monotonic()
        monitor.start(until="/healthz", within_s=120)
        yield monitor, time.monotonic() - began_s
    finally:
        monitor.close()


def measure_pages(monitor: MonitorProcess) -> Mapping[str, float]:
    """Milliseconds, the median of some, each as its client waits for it; and the slowest first."""
    spans = {name: [_asked_ms(monitor, path) for _ in range(TIMES)] for name, path in ASKED.items()}
    first = {"coverage, the first time": spans["coverage of everything"][0]}
    return {**first, **{name: median(values[1:]) for name, values in spans.items()}}


def _asked_ms(monitor: MonitorProcess, path: str) -> float:
    began_s = time.monotonic()
    monitor.api.get(path).raise_for_status()
    return (time.monotonic() - began_s) * 1000


def _fill(store: Store) -> None:
    store.migrate()
    with store.transaction() as tx:
        for level, row in _areas():
            tx.execute(insert(core(Area)).values(area_row(row.pop("id"), level, row.pop("name"), **row)))
        tx.execute(insert(core(Site)), _sites())
        devices = _devices()
        while some := list(islice(devices, AT_ONCE)):
            tx.execute(insert(core(Device)), some)
            tx.execute(insert(core(DeviceStateRow)), [_life(number, row) for number, row in enumerate(some)])
        index_missing(tx)
    store.close()


def _areas() -> Iterator[tuple[str, dict[str, Any]]]:
    for commune in range(COMMUNES):
        yield "commune", {"id": f"C{commune}", "name": f"Xã Minh Họa {commune}"}
        for group in range(GROUPS):
            name = f"Tổ dân phố {group + 1} Minh Họa {commune}"
            yield "residential_group", {"id": f"C{commune}-{group}", "name": name, "parent_id": f"C{commune}"}


def _sites() -> list[dict[str, Any]]:
    kinds = [kind.value for kind in LocationKind]
    numbers = range(DEVICES // EYES_AT_A_SITE)
    return [{"id": f"S{each}", "name": f"Cột {each}", "location_kind": kinds[each % len(kinds)]} for each in numbers]


def _life(number: int, device: Mapping[str, Any]) -> dict[str, Any]:
    return {"device_id": device["id"], "state": STATES[number % len(STATES)], "since_at": device["registered_at"]}


def _devices() -> Iterator[dict[str, Any]]:
    chance, now = random.Random(11), datetime.now(UTC)
    for number in range(DEVICES):
        commune, group = number % COMMUNES, number // COMMUNES % GROUPS
        device_id, group_name = f"CAM-{number:06}", f"Tổ dân phố {group + 1} Minh Họa {commune}"
        name = f"{chance.choice(PLACES)} {chance.choice(STREETS)} số {number % 977}"
        yield {
            "id": device_id,
            "device_class": "camera",
            "name": name,
            "adapter": "native",
            "address": device_id,
            "serial": f"SN{chance.randrange(10**9):09}",
            "group_id": f"C{commune}-{group}",
            "group_name": group_name,
            "site_id": f"S{number // EYES_AT_A_SITE}",
            "is_high_mast": number % 50 == 1,
            "is_silent_at_site": False,
            "search_text": search_text(device_id, name, group_name),
            "registered_at": now,
            "consent": "given",
            "qcvn135": "unknown",
            "lifecycle": "ACTIVE",
        }
