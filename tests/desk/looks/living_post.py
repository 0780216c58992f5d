"""The filled post as it runs: a real broker, a real monitor, the commune's devices, and what happens to them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simulator import commune
from simulator.wiring import wire
from tests.desk.commune import COUNTER, GOLD_SHOP, Commune
from tests.desk.looks.filled_store import fill_store
from tests.desk.test_bell_tests import LATE, LATER
from tests.desk.test_drills import STORY
from tests.processes import STORE
from tests.small_post import Desk

OVERDUE = (LATE, LATER)
BANK, PHARMACY = "sos-nh-02-2", "sos-nh-01-1"


class LivingPost:
    """``paths``: where the pages of single things are, from the state of the post."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.paths: dict[str, str] = {}

    @property
    def url(self) -> str:
        return self.desk.url

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.desk.api.post(f"/api/v1/{path}", json=body or {})
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json() if answer.content else None

    def take_shift(self) -> None:
        self.post("shift/take", {"has_read_back": True, "is_heard": True, "seen": None, "screen": "s1"})

    def settle(self) -> None:
        """One hold-up that is over, a fault and a weak battery that somebody has seen."""
        for _ in OVERDUE:
            self._acknowledge(self.desk.wait_for_alarm(kind="test_overdue", state="UNACKNOWLEDGED"))
        self.post("gong-signals", {"code": "alarm_in_threes", "area_id": "DV-01", "place": "Nhà văn hóa"})
        self._end(self._call(GOLD_SHOP))
        self.paths["incident"] = self._newest_incident()
        self.desk.gateway.publish(f"zigbee2mqtt/{BANK}", '{"battery": 9, "linkquality": 60}')
        self._acknowledge(self.desk.wait_for_alarm(kind="battery_low", state="UNACKNOWLEDGED"))
        self.desk.gateway.publish(f"zigbee2mqtt/{PHARMACY}", '{"tamper": true, "battery": 81, "linkquality": 60}')
        self._acknowledge(self.desk.wait_for_alarm(kind="tamper", state="UNACKNOWLEDGED"))

    def drill(self) -> None:
        drill = self.post("drills", {"scenario": STORY.replace("BELL-QTD-1", "BELL-DV-003"), "minutes": 5})
        self.post(f"drills/{drill['id']}/end")
        self.paths["drill"] = f"/drills/{drill['id']}"

    def alarm(self) -> None:
        """A hold-up that forces drive to, one that nobody has answered yet, and two faults."""
        self._acknowledge(self._call(GOLD_SHOP))
        incident = self.desk.api.get("/api/v1/incidents").json()["items"][0]
        self.post(f"incidents/{incident['id']}/steps", {"version": incident["version"], "step": "DISPATCHED"})
        self.paths["patrol"] = f"/patrol/{incident['id']}"
        self.desk.gateway.publish("zigbee2mqtt/sos-nh-01-2", '{"tamper": true, "battery": 81, "linkquality": 60}')
        self.desk.gateway.publish("zigbee2mqtt/sos-nh-02-1", '{"battery": 8, "linkquality": 60}')
        for _ in range(3):
            self.desk.press(COUNTER)
        found = self.desk.wait_for_alarm(kind="hold_up", state="UNACKNOWLEDGED")
        self.paths |= {"incident": self._newest_incident(), "device": f"/devices/{found['device_id']}"}

    def flood(self) -> None:
        """Housings and batteries of every button behind the gateway, all within a minute."""
        for button in wire(commune.load()).zigbee_buttons:
            for news in ('"battery": 7', '"battery": 7, "tamper": true'):
                self.desk.gateway.publish(f"zigbee2mqtt/{button.address}", f'{{{news}, "linkquality": 60}}')

    @contextmanager
    def frozen(self) -> Iterator[None]:
        self.desk.monitor.freeze()
        try:
            yield
        finally:
            self.desk.monitor.thaw()

    def _call(self, address: str) -> dict[str, Any]:
        self.desk.press(address)
        return self.desk.wait_for_alarm(kind="hold_up", state="UNACKNOWLEDGED")

    def _acknowledge(self, alarm: dict[str, Any]) -> None:
        self.post(f"alarms/{alarm['id']}/acknowledge", {"version": alarm["version"]})

    def _newest_incident(self) -> str:
        return f"/incidents/{self.desk.api.get('/api/v1/incidents').json()['items'][0]['id']}"

    def _end(self, alarm: dict[str, Any]) -> None:
        self._acknowledge(alarm)
        number = self.desk.api.get("/api/v1/incidents").json()["items"][0]["id"]
        path = f"incidents/{number}"
        for step in ("DISPATCHED", "EN_ROUTE", "ON_SCENE"):
            version = self.desk.api.get(f"/api/v1/{path}").json()["version"]
            self.post(f"{path}/steps", {"version": version, "step": step})
        for step in self.desk.api.get(f"/api/v1/{path}").json()["plan"]:
            self.post(f"{path}/plan", {"step": step["id"]})
        version = self.desk.api.get(f"/api/v1/{path}").json()["version"]
        body = {"version": version, "disposition": "genuine_crime", "note": "Đã bắt quả tang, lập biên bản"}
        self.post(f"{path}/close", body)


@contextmanager
def living_post(folder: Path, *, is_taken: bool = True) -> Iterator[LivingPost]:
    post = Commune(folder)
    fill_store(folder / "filled", folder / STORE)
    try:
        desk = post.start()
        desk.patience_s = 60
        living = LivingPost(desk)
        living.paths |= {"device": "/devices/BELL-DV-001", "patrol": "/patrol", "incident": "/incidents"}
        if is_taken:
            living.take_shift()
        living.settle()
        living.drill()
        yield living
    finally:
        with contextlib.suppress(OSError):
            post.monitor.thaw()
        post.close()
