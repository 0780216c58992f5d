"""From the key to the rows: an officer looks for a device among 100,000, letter by letter, in a real browser."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from rich.progress import track
from sqlalchemy import insert

from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.device_index import index_missing
from monitor.inventory.folding import search_text
from monitor.inventory.tables import Device
from monitor.journal.database import Store, table
from monitor.journal.tables import DeviceStateRow
from tests.bench.press_to_officer import Spread
from tests.chromium import launch
from tests.processes import OFFICER, PASSWORD, MonitorProcess

DEVICES, COMMUNES, GROUPS = 100_000, 60, 20
ASKED = ("duong hung vuong", "Đường Lê Lợi", "cam-0512", "sn48", "cho so 9", "to dan pho 7", "ngã ba trần phú")
PLACES = ("Ngã ba", "Ngã tư", "Chợ", "Trường học", "Hẻm", "Cổng chào", "Đường")
STREETS = ("Hùng Vương", "Lê Lợi", "Trần Phú", "Nguyễn Trãi", "Điện Biên Phủ", "Quang Trung", "Lý Thường Kiệt")
KEY_MS = 130  # a fast typist
AT_ONCE = 5_000

# From the moment a letter stands in the field to the second frame after its rows: then they are on the glass. A space
# at the end asks nothing new.
WATCH = """() => {
  const [search, rows] = [document.getElementById("search"), document.getElementById("rows")];
  window.spans = [];
  let pressedAt = 0;
  search.addEventListener("input", () => { pressedAt = performance.now(); }, true);
  new MutationObserver(() => {
    if (!pressedAt || rows.dataset.words !== search.value) return;
    const began = pressedAt;
    pressedAt = 0;
    requestAnimationFrame(() => requestAnimationFrame(() => window.spans.push(performance.now() - began)));
  }).observe(rows, { attributes: true, attributeFilter: ["data-words"] });
}"""


def measure_search(folder: Path) -> Spread:
    folder.mkdir()
    monitor = MonitorProcess(folder)
    _fill(Store(f"sqlite:///{folder}/chuong.sqlite3"))
    assert monitor.token
    try:
        monitor.start(until="/healthz", within_s=120)  # without a broker: nothing is heard, everything is found
        with sync_playwright() as playwright:
            browser = launch(playwright)
            page = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="vi-VN").new_page()
            page.goto(f"{monitor.url}/login?next=/devices")
            page.fill("[name=name]", OFFICER)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_selector("#rows .row[data-device^=CAM]")
            page.evaluate(WATCH)
            for words in track(ASKED, description="questions"):
                _type(page, words)
            spans: list[float] = page.evaluate("window.spans")
            browser.close()
    finally:
        monitor.close()
    return Spread(f"key → rows, {DEVICES:,} devices", tuple(spans))


def _type(page: Page, words: str) -> None:
    page.fill("#search", "")
    page.wait_for_timeout(2_000)
    page.focus("#search")
    for letter in words:
        page.keyboard.insert_text(letter)
        page.wait_for_timeout(KEY_MS)
    page.wait_for_timeout(1_000)


def _fill(store: Store) -> None:
    store.migrate()
    with store.transaction() as tx:
        for level, row in _areas():
            tx.execute(insert(table(Area)).values(area_row(row.pop("id"), level, row.pop("name"), **row)))
        devices = _devices()
        while some := list(islice(devices, AT_ONCE)):
            tx.execute(insert(table(Device)), some)
            lives = [{"device_id": row["id"], "state": "ONLINE", "since_at": row["registered_at"]} for row in some]
            tx.execute(insert(table(DeviceStateRow)), lives)
        index_missing(tx)
    store.close()


def _areas() -> Iterator[tuple[str, dict[str, Any]]]:
    for commune in range(COMMUNES):
        yield "commune", {"id": f"C{commune}", "name": f"Xã Minh Họa {commune}"}
        for group in range(GROUPS):
            name = f"Tổ dân phố {group + 1} Minh Họa {commune}"
            yield "residential_group", {"id": f"C{commune}-{group}", "name": name, "parent_id": f"C{commune}"}


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
            "is_high_mast": number % 50 == 1,
            "is_silent_at_site": False,
            "search_text": search_text(device_id, name, group_name),
            "registered_at": now,
            "consent": "given",
            "qcvn135": "unknown",
            "lifecycle": "ACTIVE",
        }
