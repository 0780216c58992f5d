"""The desk's map with 20,000 devices, 1,000 of them a second another than before: `python -m tests.bench.map_frames`.

Dragged, then zoomed, both beside those changes and with an emergency that rings. Frames a second are the machine's and
its neighbours'; what our own script computes for a frame is told too, in the processor's time of the page's thread,
which neighbours cannot spoil. Chromium without a window paints by software, on the same thread.
"""

from __future__ import annotations

import itertools
import json
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from time import monotonic, sleep
from typing import Any

from playwright.sync_api import Page, Route, expect, sync_playwright
from rich.console import Console

from monitor.web.ports import Frame
from tests.bench.limits import Figure, judged
from tests.chromium import launch
from tests.desk.inventory_post import BELL, Inventory, commune_inventory

DEVICES, CHANGES_PER_S, TICKS_PER_S = 20_000, 1_000, 10
LEAST_FPS, FRAME_MS = 55.0, 50.0
TRACED = ("devtools.timeline", "blink.user_timing")
SCRIPT = ("FunctionCall", "EvaluateScript", "v8.callFunction", "FireAnimationFrame", "TimerFire", "RunMicrotasks")
# An inventory as communes have it: cameras, and a few of everything else; most of it well.
CLASSES = (*["camera"] * 36, "bell", "bell", "gateway", "siren")
STATES = (*["ONLINE"] * 37, "OFFLINE", "LATE", "UNKNOWN")
MOVED = """
    async ({ how, ms }) => {
        const canvas = document.querySelector("#map-canvas"), box = canvas.getBoundingClientRect();
        canvas.setPointerCapture = () => {};
        const at = (name, x, y) => canvas.dispatchEvent(new PointerEvent(name, {
            pointerId: 1, clientX: box.left + x, clientY: box.top + y, bubbles: true }));
        const moves = {
            still: () => {},
            drag: (s) => at("pointermove", 400 + 300 * Math.sin(s / 0.7), 300 + 200 * Math.sin(s / 0.9)),
            zoom: (s) => canvas.dispatchEvent(new WheelEvent("wheel", {
                deltaY: Math.sin(s / 0.5) * 40, clientX: box.left + 400, clientY: box.top + 300, cancelable: true })),
        };
        const took = [];
        if (how === "drag") at("pointerdown", 400, 300);
        await new Promise(requestAnimationFrame);
        let before = performance.now();
        for (const began = before; before - began < ms;) {
            moves[how]((before - began) / 1000);
            await new Promise(requestAnimationFrame);
            performance.mark("chuong-frame");
            const now = performance.now();
            took.push(now - before);
            before = now;
        }
        if (how === "drag") at("pointerup", 400, 300);
        return took;
    }
"""


def measure_map(seconds: float = 4) -> Mapping[str, Mapping[str, float]]:
    """By what is done to the map: how many frames a second, and what a frame takes."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        browser = launch(playwright)
        with commune_inventory(Path(folder), browser) as inventory:
            page = inventory.visit("/wall")
            enlarge(page)
            page.goto(inventory.url)
            expect(page.locator(".devices")).to_have_attribute("data-view", "map", timeout=60_000)
            expect(page.locator("#devices-note")).to_contain_text("20.000 trên 20.000", timeout=60_000)
            inventory.post.press(BELL)
            expect(page.locator("#map-canvas[data-alarm]")).to_be_attached(timeout=60_000)
            page.locator("#map-all").click()
            with _changing(inventory):
                return {how: _moved(page, how, seconds) for how in ("still", "drag", "zoom")}


def judge(found: Mapping[str, Mapping[str, float]]) -> list[Figure]:
    """A frame that takes no longer than 1/55 s is what the goal of so many a second means."""
    moved = [found["drag"], found["zoom"]]
    return [
        Figure("a frame of the map, 55 a second", max(1000 / each["fps"] for each in moved), 1000 / LEAST_FPS),
        Figure("a frame of the map, p99", max(each["p99_ms"] for each in moved), FRAME_MS),
        Figure("our script for a frame of the map, p99", max(each["script_p99_ms"] for each in moved), 1000 / 60),
    ]


def _moved(page: Page, how: str, seconds: float) -> Mapping[str, float]:
    browser = page.context.browser
    assert browser
    sleep(1)
    browser.start_tracing(page=page, categories=list(TRACED))
    took: list[float] = page.evaluate(MOVED, {"how": how, "ms": seconds * 1000})
    script, thread = _by_frame(json.loads(browser.stop_tracing())["traceEvents"])
    frame, own = _cuts(took), _cuts(script)
    return {
        "fps": 1000 * len(took) / sum(took),
        "p50_ms": frame[49],
        "p99_ms": frame[98],
        "script_p50_ms": own[49],
        "script_p99_ms": own[98],
        "script_max_ms": max(script),
        "thread_p50_ms": _cuts(thread)[49],
        "thread_p99_ms": _cuts(thread)[98],
    }


def _cuts(values: Sequence[float]) -> list[float]:
    return quantiles(values, n=100, method="inclusive")


def _by_frame(events: Sequence[Mapping[str, Any]]) -> tuple[list[float], list[float]]:
    """What the page's thread computed between one frame and the next, in ms: in our script, and in all."""
    marks = [each for each in events if each["name"] == "chuong-frame"]
    where = (marks[0]["pid"], marks[0]["tid"])
    cuts = sorted(each["ts"] for each in marks)
    spans = [
        each for each in events if (each["pid"], each["tid"]) == where and each.get("ph") == "X" and "tdur" in each
    ]
    script = [each for each in spans if each["name"] in SCRIPT]
    return _shared_out(script, cuts), _shared_out(spans, cuts)


def _shared_out(spans: Sequence[Mapping[str, Any]], cuts: Sequence[float]) -> list[float]:
    took = [0.0] * (len(cuts) - 1)
    for each in _outermost(spans):
        frame = next((n for n, (a, b) in enumerate(itertools.pairwise(cuts)) if a <= each["ts"] < b), None)
        if frame is not None:
            took[frame] += each["tdur"] / 1000
    return took


def _outermost(spans: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    until = -1.0
    for each in sorted(spans, key=lambda span: (span["ts"], -span["dur"])):
        if each["ts"] >= until:
            until = each["ts"] + each["dur"]
            yield each


@contextmanager
def _changing(inventory: Inventory) -> Iterator[None]:
    """Device after device turns, as the monitor's own feed tells it ten times a second."""
    is_over = threading.Event()

    def tell() -> None:
        began_s, ticks = monotonic(), 0
        each = CHANGES_PER_S // TICKS_PER_S
        while not is_over.is_set():
            if ticks > (monotonic() - began_s) * TICKS_PER_S:
                sleep(0.005)
                continue
            numbers = [(ticks * each + n) * 7919 % DEVICES for n in range(each)]
            turned = ("OFFLINE", "ONLINE")[ticks * each // DEVICES % 2]
            row: dict[str, list[Any]] = {"id": [device_id(number) for number in numbers], "state": [turned] * each}
            row |= {"since_at": [0] * each, "last_seen_at": [0] * each, "battery_pct": [None] * each}
            inventory.post.feed.publish([Frame(0, "devices", row, None)])
            ticks += 1

    thread = threading.Thread(target=tell)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def device_id(number: int) -> str:
    return BELL if number == 0 else f"CAM-{number:05d}"


def enlarge(page: Page) -> None:
    page.add_init_script("delete window.SharedWorker")  # whose requests nobody can answer for it

    def snapshot(route: Route) -> None:
        told: dict[str, Any] = route.fetch().json()
        groups = told["groups"]["id"]
        columns: dict[str, list[Any]] = {name: [column[0]] * DEVICES for name, column in told["devices"].items()}
        columns["id"] = [device_id(number) for number in range(DEVICES)]
        columns["class"] = ["bell", *(CLASSES[n % len(CLASSES)] for n in range(1, DEVICES))]
        columns["state"] = [STATES[n * 7 % len(STATES)] for n in range(DEVICES)]
        columns["group_id"] = [groups[n * len(groups) // DEVICES] for n in range(DEVICES)]
        route.fulfill(json=told | {"devices": columns})

    def places(route: Route) -> None:
        across = DEVICES // 100
        rows, columns = zip(*((n // across, n % across) for n in range(DEVICES)), strict=True)
        latitude = [11.7 + row * 0.0012 + column % 3 * 0.0002 for row, column in zip(rows, columns, strict=True)]
        longitude = [108.1 + column * 0.0012 + row % 5 * 0.0002 for row, column in zip(rows, columns, strict=True)]
        ids = [device_id(number) for number in range(DEVICES)]
        route.fulfill(json={"id": ids, "latitude": latitude, "longitude": longitude, "has_base": False})

    page.route("**/api/v1/snapshot", snapshot)
    page.route("**/api/v1/map", places)


def show(console: Console) -> list[Figure]:
    found = measure_map(float(os.environ.get("BENCH_MAP_S", "4")))
    told = judge(found)
    console.print(
        judged(f"The map, {DEVICES:,} devices, {CHANGES_PER_S:,} changes a second, {os.cpu_count()} cores", "ms", told)
    )
    for how, figures in found.items():
        print(json.dumps({"map": how, **{name: round(value, 1) for name, value in figures.items()}}))
    return told


if __name__ == "__main__":
    show(Console())
