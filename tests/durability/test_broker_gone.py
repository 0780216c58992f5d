from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.builders import a_bell, a_zigbee_bell
from tests.durability.bells import living_bell
from tests.processes import MonitorProcess
from tests.small_post import Desk

GONE_S = 10.0


def state(desk: Desk) -> str:
    return str(desk.api.get("/api/v1/devices/BELL-1").json()["state"])


def test_it_loses_nothing_and_blames_nobody_while_the_broker_is_gone(
    mosquitto: Broker, monitor_process: Callable[..., MonitorProcess]
) -> None:
    monitor = monitor_process(mosquitto, supervision_bell_interval_s=1, supervision_bell_deadline_s=4)
    with living_bell(mosquitto), mosquitto.connect(GATEWAY_ACCOUNT) as gateway:
        desk = Desk(mosquitto, monitor, gateway)
        desk.register(a_bell(id="BELL-1"), a_zigbee_bell())
        desk.wait_for(lambda: state(desk) == "ONLINE" or None, "the bell is online")
        desk.press()
        desk.wait_for_alarm(presses=1)
        mosquitto.stop()
        desk.wait_for(lambda: monitor.status("/readyz") == 503 or None, "not ready without a broker")
        time.sleep(GONE_S)
        assert state(desk) == "UNKNOWN", "nobody knows how it is, and nobody calls it offline"
        mosquitto.start()
    with living_bell(mosquitto), mosquitto.connect(GATEWAY_ACCOUNT) as gateway:
        desk.gateway = gateway
        desk.press()
        desk.wait_for_alarm(presses=2)
        desk.wait_for(lambda: monitor.status("/readyz") == 200 or None, "ready again")
        desk.wait_for(lambda: state(desk) == "ONLINE" or None, "the bell is back")
        assert [alarm["kind"] for alarm in desk.alarms()] == ["monitor_fault", "hold_up"]
        desk.wait_for_alarm(kind="monitor_fault", state="NORMAL", detail="link")
        story = desk.wait_for(lambda: story_of_blindness(desk), "it is written down that nobody could hear")
        assert story["spent"]["blind_s"] > 0
        assert story["spans"][0]["state"] == "ONLINE"


def story_of_blindness(desk: Desk) -> dict[str, Any] | None:
    story: dict[str, Any] = desk.api.get("/api/v1/devices/BELL-1/history").raise_for_status().json()
    return story if story["blind"] and story["spans"] else None
