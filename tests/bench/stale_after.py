"""From the moment a server stands still, dies or cannot be reached → the desk says that it is stale. Five times each.

``python -m tests.bench.stale_after``
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.black_hole import BlackHole
from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.chromium import launch
from tests.processes import MonitorProcess
from tests.small_post import Desk

TIMES = 5
PATIENCE_S = 60
LIVE, STALE = "live", "stale"


def measure(folder: Path) -> dict[str, list[float]]:
    """Seconds, by what happened."""
    broker = Broker(folder)
    broker.configure()
    broker.start()
    monitor = MonitorProcess(folder, broker.environ)
    try:
        monitor.start()
        with (
            broker.connect(GATEWAY_ACCOUNT) as gateway,
            BlackHole(monitor.port) as hole,
            sync_playwright() as playwright,
        ):
            browser = launch(playwright)
            page = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="vi-VN").new_page()
            Desk(broker, monitor, gateway).login(page)
            found = {
                "frozen": [_once(page, monitor.freeze, monitor.thaw) for _ in range(TIMES)],
                "killed": [_once(page, monitor.kill, monitor.start) for _ in range(TIMES)],
            }
            page.goto(f"http://127.0.0.1:{hole.port}/")
            found["silent way"] = [_once(page, lambda: setattr(hole, "is_cut", True), hole.mend) for _ in range(TIMES)]
            browser.close()
    finally:
        monitor.close()
        broker.stop()
    return found


def _once(page: Page, stop: Callable[[], object], go_on: Callable[[], object]) -> float:
    _wait(page, LIVE)
    began_s = time.monotonic()
    stop()
    _wait(page, STALE)
    took_s = time.monotonic() - began_s
    go_on()
    return took_s


def _wait(page: Page, link: str) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while page.evaluate("chuong.link") != link:
        assert time.monotonic() < deadline_s, link
        page.wait_for_timeout(20)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        found = measure(Path(folder))
    print(json.dumps({name: {"median_s": round(sorted(each)[TIMES // 2], 2), "longest_s": round(max(each), 2)}
                      for name, each in found.items()}))  # fmt: skip


if __name__ == "__main__":
    main()
