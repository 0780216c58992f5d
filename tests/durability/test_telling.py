"""A monitor that is killed, a moment before a deadline or while it tells, tells people all the same when it is back."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.builders import a_zigbee_bell
from tests.fake_services import FakeService
from tests.processes import MonitorProcess
from tests.small_post import Desk

# The chain as it is shipped, twenty times as fast: 30 s are 1.5 s, 60 s are 3 s.
FASTER = 20
KILLS = 10
ESCALATION = """
[chains]
call = [{ after_s = 1.5, role = "second_officer" }, { after_s = 3, role = "commander" }]
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


def test_it_tells_the_second_officer_and_the_commander_across_a_kill_at_29_s(
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
        alarm = desk.wait_for_alarm(state="UNACKNOWLEDGED")
        rung_at = moment(alarm["rung_at"])
        planned = desk.api.get("/api/v1/duties").json()["items"]
        wait_until(rung_at + timedelta(seconds=29 / FASTER))
        desk.monitor.kill()
        assert told(service) == set(), "nobody is told before the deadline"
        desk.monitor.start(until="/healthz")
        deadline = time.monotonic() + PATIENCE_S
        while told(service) != {"/second-officer", "/commander"} and time.monotonic() < deadline:
            time.sleep(0.05)
        assert told(service) == {"/second-officer", "/commander"}
        codes = {asked.json["groupLabels"]["code"] for asked in service.asked if asked.method == "POST"}
        assert len(codes) == 1
        duties = desk.api.get("/api/v1/duties").json()["items"]
        assert {duty["state"] for duty in duties} <= {"SENT", "SENDING"}
        after_s = {duty["role"]: (moment(duty["due_at"]) - rung_at).total_seconds() * FASTER for duty in duties}
        assert after_s == {"second_officer": 30, "commander": 60}, "no restart moves a deadline"
        assert {duty["id"]: duty["due_at"] for duty in planned} == {duty["id"]: duty["due_at"] for duty in duties}


def test_row_3_it_tells_of_every_press_though_it_is_killed_while_it_tells(
    mosquitto: Broker, monitor_process: Callable[..., MonitorProcess], tmp_path: Path
) -> None:
    config, chance = tmp_path / "config", random.Random(20_260_314)
    config.mkdir()
    with FakeService(slow_s=0.05) as service, mosquitto.connect(GATEWAY_ACCOUNT) as gateway:
        (config / "monitor.toml").touch()
        at_once = ESCALATION.replace("after_s = 1.5", "after_s = 0").replace("after_s = 3", "after_s = 0")
        (config / "escalation.toml").write_text(at_once, encoding="utf-8")
        (config / "channels.toml").write_text(CHANNELS.replace("{url}", service.url), encoding="utf-8")
        desk = Desk(mosquitto, monitor_process(mosquitto, config=config / "monitor.toml"), gateway, PATIENCE_S)
        for number in range(KILLS):
            desk.register(a_zigbee_bell(id=f"BELL-{number}", address=f"nut-{number}"))
            desk.press(f"nut-{number}")
            desk.wait_for_alarm(device_id=f"BELL-{number}")
            time.sleep(chance.uniform(0, 0.4))
            desk.monitor.kill()
            desk.monitor.start()
        desk.wait_for(lambda: len(repeats(service)) == 2 * KILLS or None, "both of every press")
        assert all(later for _first, *later_ones in repeats(service).values() for later in later_ones)


def repeats(service: FakeService) -> dict[tuple[str, str], list[bool]]:
    """By recipient and alarm: whether each of its messages said that it may come twice."""
    came = defaultdict[tuple[str, str], list[bool]](list)
    for asked in [each for each in list(service.asked) if each.method == "POST"]:
        (alert,) = asked.json["alerts"]
        came[asked.path, alert["labels"]["code"]].append(alert["annotations"]["is_repeat"] == "true")
    return came


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def wait_until(at: datetime) -> None:
    while datetime.now(UTC) < at:
        time.sleep(0.005)
