"""From the button to the officer: a press at the broker → painted on a real desk → first sound in its audio graph."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from rich.progress import track

from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.builders import a_zigbee_bell
from tests.chromium import launch
from tests.processes import MonitorProcess
from tests.small_post import Desk

LONGEST_S = 10.0


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure over many presses, in milliseconds."""

    name: str
    values_ms: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        return statistics.median(self.values_ms)

    @property
    def p95_ms(self) -> float:
        return statistics.quantiles(self.values_ms, n=100, method="inclusive")[94]

    @property
    def p99_ms(self) -> float:
        return statistics.quantiles(self.values_ms, n=100, method="inclusive")[98]

    @property
    def max_ms(self) -> float:
        return max(self.values_ms)


def measure(
    folder: Path,
    presses: int,
    among: Callable[[Desk], AbstractContextManager[None]] = lambda _: nullcontext(),
    senders: Sequence[str] = (),
    afterwards: Callable[[Desk, Sequence[int]], None] = lambda _, __: None,
) -> Sequence[Spread]:
    """Each press is an alarm of its own: it is acknowledged and closed before the next, so each one has to ring.

    ``among``: what else happens meanwhile; ``senders``: whom the broker lets in for it;
    ``afterwards``: is given the alarms.
    """
    broker = Broker(folder / "broker")
    broker.folder.mkdir()
    broker.configure(*senders)
    broker.start()
    monitor = MonitorProcess(folder / "monitor", broker.environ)
    monitor.folder.mkdir()
    try:
        monitor.start()
        with broker.connect(GATEWAY_ACCOUNT) as gateway, sync_playwright() as playwright:
            desk = Desk(broker, monitor, gateway)
            desk.register(a_zigbee_bell())
            browser = launch(playwright)
            page = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="vi-VN").new_page()
            desk.login(page)
            page.keyboard.press("Shift")
            _wait(page, "chuong.audio === 'on' && chuong.link === 'live'")
            with among(desk):
                rows = [_one_press(desk, page) for _ in track(range(presses), description="presses")]
            afterwards(desk, [row[2] for row in rows])
            browser.close()
    finally:
        monitor.close()
        broker.stop()
    names = ("press → painted", "press → first sample")
    return [Spread(name, tuple(row[number] for row in rows)) for number, name in enumerate(names)]


def _one_press(desk: Desk, page: Page) -> tuple[float, float, int]:
    before_id = (page.evaluate("chuong.painted") or {}).get("id", 0)
    pressed_ms = time.time() * 1000
    desk.press()
    _wait(page, f"chuong.painted?.id > {before_id} && chuong.sounded?.id === chuong.painted.id")
    seen: dict[str, Any] = page.evaluate("({painted: chuong.painted, sounded: chuong.sounded})")
    alarm_id = seen["painted"]["id"]
    for act in ("acknowledge", "close"):
        version = desk.api.get(f"/api/v1/alarms/{alarm_id}").json()["version"]
        desk.api.post(f"/api/v1/alarms/{alarm_id}/{act}", json={"version": version}).raise_for_status()
    return seen["painted"]["at"] - pressed_ms, seen["sounded"]["at"] - pressed_ms, alarm_id


def _wait(page: Page, condition: str) -> None:
    """Asks the page over and over: its own policy forbids what Playwright would put there to watch for it."""
    deadline = time.monotonic() + LONGEST_S
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(20)
