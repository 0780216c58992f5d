"""What a night leaves behind in a browser: `python -m tests.bench.tabs`.

First one desk with 20,000 devices, told of a million changes; then twelve tabs of one browser, which share their feed,
through 24 hours in a few minutes (`BENCH_NIGHT_S`): every beat, the alarms of a day, each rung, seen and taken over,
and devices that come and go. The heaps are weighed after a collection, before it (when all is warm) and after.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from rich.progress import track

from monitor.web.live import Beat
from monitor.web.ports import Frame
from tests.bench.limits import Figure
from tests.bench.map_frames import DEVICES, device_id, enlarge
from tests.chromium import launch
from tests.desk.inventory_post import Inventory, commune_inventory

UPDATES, ROWS = 1_000_000, 4_000
BEATS, ALARMS = 86_400, 144  # of a day; one alarm in ten minutes is as many as a normal day may have
TABS = (*["/"] * 6, "/wall", "/wall", "/incidents", "/devices", "/system", "/shift")
WARM = 6
GROWTH_MB = 5.0
MB = 1024 * 1024
COUNTED = """
    window.updates = 0;
    const listen = EventSource.prototype.addEventListener;
    EventSource.prototype.addEventListener = function (name, use) {
        const also = (event) => (window.updates += JSON.parse(event.data).id.length, use(event));
        listen.call(this, name, name === "devices" ? also : use);
    };
"""
SEEN = """
    window.seen = new Set();
    new MutationObserver((all) => {
        for (const { target, oldValue } of all) {
            if (target.id !== "banner" && target.id !== "ringing") continue;
            for (const id of [oldValue, target.getAttribute("data-alarm")]) if (id) window.seen.add(Number(id));
        }
    }).observe(document, { attributes: true, attributeFilter: ["data-alarm"], attributeOldValue: true, subtree: true });
"""


@dataclass
class Night:
    """``numbers``: of alarms that were rung."""

    inventory: Inventory
    numbers: set[int] = field(default_factory=set)
    beats: int = 0
    rows: int = 0

    def alarm(self, page: Page, lasts_s: float) -> None:
        """Rung, for a while, and taken over; beats and changes go on meanwhile."""
        post = self.inventory.post
        ids = list(post.lives)
        alarm = post.press("BELL-DV-001")
        self.numbers.add(alarm["id"])
        began_s, ended = monotonic(), False
        while (spent_s := monotonic() - began_s) < lasts_s:
            if not ended and spent_s > lasts_s / 2:
                post.end(alarm)
                ended = True
            self._beats(int(BEATS / ALARMS * min(1.0, spent_s / lasts_s)))
            self._turn(ids)
            page.wait_for_timeout(50)
        if not ended:
            post.end(alarm)
        self._due = 0

    _due: int = 0

    def _beats(self, due: int) -> None:
        feed = self.inventory.post.feed
        for _ in range(due - self._due):
            beat = Beat(datetime.now(UTC), self.inventory.post.health())
            feed.after_all(lambda beat=beat: feed.beat(beat))  # type: ignore[misc]
            self.beats += 1
        self._due = max(due, self._due)

    def _turn(self, ids: Sequence[str]) -> None:
        self.inventory.post.feed.publish([_turned(ids, ("ONLINE", "OFFLINE")[self.rows // len(ids) % 2])])
        self.rows += len(ids)


def _turned(ids: Sequence[str], state: str) -> Frame:
    now_ms = round(datetime.now(UTC).timestamp() * 1000)
    row: dict[str, list[Any]] = {"id": list(ids), "state": [state] * len(ids)}
    row |= {"since_at": [now_ms] * len(ids), "last_seen_at": [now_ms] * len(ids), "battery_pct": [None] * len(ids)}
    return Frame(0, "devices", row, None)


def measure_one_desk() -> Mapping[str, float]:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        browser = launch(playwright)
        with commune_inventory(Path(folder), browser) as inventory:
            page = inventory.visit("/wall")
            enlarge(page)
            page.add_init_script(COUNTED)
            page.goto(inventory.url)
            expect(page.locator("#devices-note")).to_contain_text("20.000 trên 20.000", timeout=60_000)
            _push(inventory, page, 20 * ROWS)
            before = _weigh(page)
            began = page.evaluate("window.updates")
            _push(inventory, page, began + UPDATES)
            page.wait_for_timeout(2000)
            after, told = _weigh(page), page.evaluate("window.updates") - began
            page.unroute_all(behavior="ignoreErrors")
        browser.close()
    return {"updates": told, "before_mb": before, "after_mb": after, "growth_mb": after - before}


def _push(inventory: Inventory, page: Page, until: int) -> None:
    """Until the page was told of so many."""
    sent = 0
    while page.evaluate("window.updates") < until:
        ids = [device_id((sent * ROWS + n) % DEVICES) for n in range(ROWS)]
        inventory.post.feed.publish([_turned(ids, ("OFFLINE", "ONLINE")[sent * ROWS // DEVICES % 2])])
        sent += 1
        page.wait_for_timeout(205)  # what comes faster than five times a second is gathered


def measure_tabs(night_s: float) -> Mapping[str, float]:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        browser = launch(playwright)
        with commune_inventory(Path(folder), browser) as inventory:
            tabs = list(_open(inventory, inventory.visit("/").context))
            night = Night(inventory)
            for _ in range(WARM):
                night.alarm(tabs[0], 2)
            before, workers = [_weigh(tab) for tab in tabs], _weigh_workers(tabs[0])
            night = Night(inventory)
            for _ in track(range(ALARMS), description="alarms"):
                night.alarm(tabs[0], night_s / ALARMS)
            tabs[0].wait_for_timeout(5000)
            grown = [_weigh(tab) - was for tab, was in zip(tabs, before, strict=True)]
            missed = sum(len(night.numbers - set(tab.evaluate("[...window.seen]"))) for tab in tabs)
            worker_growth = _weigh_workers(tabs[0]) - workers
        browser.close()
    print(json.dumps({"growth_mb": [[path, round(mb, 2)] for path, mb in zip(TABS, grown, strict=True)]}))
    told = {"tabs": len(TABS), "beats": night.beats, "alarms": len(night.numbers), "rows": night.rows, "missed": missed}
    return {**told, "most_growth_mb": max(grown), "all_growth_mb": sum(grown), "workers_growth_mb": worker_growth}


def _open(inventory: Inventory, context: BrowserContext) -> Iterator[Page]:
    context.add_init_script(SEEN)
    for path in track(TABS, description="tabs"):
        page = context.new_page()
        page.goto(inventory.url + path)
        expect(page.locator("#freshness")).to_have_attribute("data-link", "live", timeout=60_000)
        page.keyboard.press("Shift")
        yield page


def _weigh(page: Page) -> float:
    """Of the page's heap, in MB, when what nobody holds is gone."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / MB


def _weigh_workers(page: Page) -> float:
    """Of the shared workers' heaps together, which are asked through the browser."""
    assert page.context.browser
    session = page.context.browser.new_browser_cdp_session()
    answers: dict[int, Any] = {}
    session.on("Target.receivedMessageFromTarget", lambda told: _keep(answers, told["message"]))
    used = 0.0
    workers = [each for each in session.send("Target.getTargets")["targetInfos"] if each["type"] == "shared_worker"]
    for number, worker in enumerate(workers):
        target = session.send("Target.attachToTarget", {"targetId": worker["targetId"], "flatten": False})["sessionId"]
        asked = ("HeapProfiler.collectGarbage", "HeapProfiler.collectGarbage", "Runtime.getHeapUsage")
        for nth, method in enumerate(asked):
            asking = 10 * number + nth + 1
            message = json.dumps({"id": asking, "method": method})
            session.send("Target.sendMessageToTarget", {"sessionId": target, "message": message})
            while asking not in answers:
                page.wait_for_timeout(20)
        used += answers[asking]["usedSize"] / MB
    session.detach()
    assert workers, "the tabs share no worker"
    return used


def _keep(answers: dict[int, Any], message: str) -> None:
    told = json.loads(message)
    if "id" in told:
        answers[told["id"]] = told.get("result")


def judge(one: Mapping[str, float], night: Mapping[str, float]) -> list[Figure]:
    return [
        Figure("growth of a desk over a million changes, MB", one["growth_mb"], GROWTH_MB),
        Figure("growth of a tab over a night, MB", night["most_growth_mb"], GROWTH_MB),
        Figure("growth of the workers over a night, MB", night["workers_growth_mb"], GROWTH_MB),
        Figure("alarms a tab did not show", night["missed"], 0),
    ]


def main() -> None:
    one = measure_one_desk()
    print(json.dumps({"one": one}), flush=True)
    night = measure_tabs(float(os.environ.get("BENCH_NIGHT_S", "240")))
    print(json.dumps({"night": night}))
    for each in judge(one, night):
        print(f"{each.name}: {each.value:.2f} (at most {each.most:g}){'' if each.is_kept else ' MISSED'}")


if __name__ == "__main__":
    main()
