"""Frames a second of the desk's map with 20,000 devices while it is dragged: `python -m tests.bench.map_frames`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, expect, sync_playwright

from tests.chromium import launch
from tests.desk.inventory_post import commune_inventory

DEVICES = 20_000
DRAGGED = """
    async () => {
        const canvas = document.querySelector("#map-canvas"), box = canvas.getBoundingClientRect();
        canvas.setPointerCapture = () => {};
        const at = (name, x) => canvas.dispatchEvent(new PointerEvent(name, {
            pointerId: 1, clientX: box.left + x, clientY: box.top + 200, bubbles: true }));
        const took = [];
        at("pointerdown", 300);
        let before = performance.now();
        for (const began = before; before - began < 4000;) {
            at("pointermove", 300 + 80 * Math.sin((before - began) / 300));
            await new Promise(requestAnimationFrame);
            const now = performance.now();
            took.push(now - before);
            before = now;
        }
        at("pointerup", 300);
        took.sort((a, b) => a - b);
        return { fps: 1000 * took.length / took.reduce((a, b) => a + b), p99_ms: took[Math.floor(took.length * 0.99)] };
    }
"""


def measure_map() -> Mapping[str, float]:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        browser = launch(playwright)
        with commune_inventory(Path(folder), browser) as inventory:
            page = inventory.visit("/wall")
            _enlarge(page)
            page.goto(inventory.url)
            expect(page.locator(".devices")).to_have_attribute("data-view", "map", timeout=60_000)
            expect(page.locator("#devices-note")).to_contain_text("20.000 trên 20.000", timeout=60_000)
            found: dict[str, float] = page.evaluate(DRAGGED)
        browser.close()
    return {"devices": DEVICES, **found}


def _enlarge(page: Page) -> None:
    ids = [f"CAM-{number:05d}" for number in range(DEVICES)]
    page.add_init_script("delete window.SharedWorker")  # whose requests nobody can answer for it

    def snapshot(route: Route) -> None:
        told: dict[str, Any] = route.fetch().json()
        devices = {name: [column[0]] * DEVICES for name, column in told["devices"].items()}
        route.fulfill(json=told | {"devices": devices | {"id": ids}})

    def places(route: Route) -> None:
        rows, columns = range(100), range(DEVICES // 100)
        latitude = [11.7 + row * 0.0012 for row in rows for _ in columns]
        longitude = [108.1 + column * 0.0012 for _ in rows for column in columns]
        route.fulfill(json={"id": ids, "latitude": latitude, "longitude": longitude, "has_base": False})

    page.route("**/api/v1/snapshot", snapshot)
    page.route("**/api/v1/map", places)


if __name__ == "__main__":
    print(json.dumps(measure_map()))
