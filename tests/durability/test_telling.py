"""A monitor that is killed after the ring tells people all the same, when it is there again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.builders import a_zigbee_bell
from tests.fake_services import FakeService
from tests.processes import MonitorProcess
from tests.small_post import Desk

ESCALATION = """
[chains]
call = [{ after_s = 2, role = "second_officer" }, { after_s = 4, role = "commander" }]
[kinds]
hold_up = "call"
"""
CHANNELS = """
[channels.hook]
kind = "webhook"
url = "{url}"
[[told]]
role = "second_officer"
name = "Trực ban phụ"
ways = ["hook:second-officer"]
[[told]]
role = "commander"
name = "Chỉ huy"
ways = ["hook:commander"]
"""
PATIENCE_S = 60.0


def told(service: FakeService) -> set[str]:
    return {asked.path for asked in list(service.asked) if asked.method == "POST"}


def test_it_tells_both_though_it_is_killed_between_ring_and_deadline(
    mosquitto: Broker, monitor_process: Callable[..., MonitorProcess], tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.mkdir()
    with FakeService() as service, mosquitto.connect(GATEWAY_ACCOUNT) as gateway:
        (config / "monitor.toml").touch()
        (config / "escalation.toml").write_text(ESCALATION, encoding="utf-8")
        (config / "channels.toml").write_text(CHANNELS.replace("{url}", service.url), encoding="utf-8")
        desk = Desk(mosquitto, monitor_process(mosquitto, config=config / "monitor.toml"), gateway)
        desk.register(a_zigbee_bell())
        desk.press()
        desk.wait_for_alarm(state="UNACKNOWLEDGED")
        desk.monitor.kill()
        desk.monitor.start(until="/healthz")
        deadline = time.monotonic() + PATIENCE_S
        while told(service) != {"/second-officer", "/commander"} and time.monotonic() < deadline:
            time.sleep(0.05)
        assert told(service) == {"/second-officer", "/commander"}
        codes = {asked.json["groupLabels"]["code"] for asked in service.asked if asked.method == "POST"}
        assert len(codes) == 1
        states = [duty["state"] for duty in desk.api.get("/api/v1/duties").json()["items"]]
        assert set(states) <= {"SENT", "SENDING"}
