"""A small post that runs: what a test does at it, as device and as officer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import httpx2
from playwright.sync_api import Page

from tests.brokers import Broker, Wire
from tests.builders import a_zigbee_bell
from tests.processes import OFFICER, PASSWORD, MonitorProcess

BELL = a_zigbee_bell()
WAIT_S = 10.0

Found = TypeVar("Found")


@dataclass
class Desk:
    broker: Broker
    monitor: MonitorProcess
    gateway: Wire
    patience_s: float = WAIT_S
    numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return self.monitor.url

    @property
    def api(self) -> httpx2.Client:
        return self.monitor.api

    def register(self, *devices: dict[str, Any]) -> None:
        for device in devices:
            answer = self.api.post("/api/v1/devices", json=device)
            assert answer.status_code == 201, answer.text

    def press(self, address: str = BELL["address"], *, action: str = "emergency", **more: object) -> None:
        """One press of a Zigbee button, each with an identity of its own; returns when the broker has it."""
        body = {"action": action, "battery": 100, "linkquality": 153}
        # The gateway tells milliseconds; two presses of a test may fall into one, so each is moved on by its number.
        pressed_at = datetime.now(UTC) + timedelta(milliseconds=next(self.numbers))
        body["last_seen"] = pressed_at.isoformat(timespec="milliseconds")
        self.gateway.publish(f"zigbee2mqtt/{address}", json.dumps(body | more))

    def alarms(self, **chosen: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.api.get("/api/v1/alarms", params=chosen).raise_for_status().json()["items"]
        return items

    def wait_for_alarm(self, **expected: object) -> dict[str, Any]:
        """The newest alarm with these fields, as soon as there is one."""
        return self.wait_for(
            lambda: next((alarm for alarm in self.alarms() if expected.items() <= alarm.items()), None), f"{expected}"
        )

    def wait_for(self, look: Callable[[], Found | None], what: str) -> Found:
        deadline = time.monotonic() + self.patience_s
        while (found := look()) is None:
            assert time.monotonic() < deadline, f"nothing came: {what}; there is {self.alarms()}"
            time.sleep(0.02)
        return found

    def login(self, page: Page) -> None:
        """Signs the duty officer in; the page is then the desk."""
        assert self.monitor.token
        page.goto(f"{self.url}/login")
        page.fill("[name=name]", OFFICER)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{self.url}/")
