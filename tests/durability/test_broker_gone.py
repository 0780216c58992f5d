from __future__ import annotations

import time

from tests.brokers import GATEWAY_ACCOUNT, Wire
from tests.small_post import Desk

GONE_S = 10.0


def beat(bell: Wire) -> None:
    bell.publish("anninh/v1/bell/BELL-1/heartbeat", b'{"v":1}')


def state(desk: Desk) -> str:
    return str(desk.api.get("/api/v1/devices/BELL-1").json()["state"])


def test_it_loses_nothing_and_blames_nobody_while_the_broker_is_gone(desk: Desk) -> None:
    with desk.broker.connect("BELL-1") as bell:
        beat(bell)
        desk.wait_for(lambda: state(desk) == "ONLINE" or None, "the bell is online")
    desk.press()
    desk.wait_for_alarm(presses=1)
    desk.broker.stop()
    desk.wait_for(lambda: desk.monitor.status("/readyz") == 503 or None, "not ready without a broker")
    time.sleep(GONE_S)
    desk.broker.start()
    with desk.broker.connect(GATEWAY_ACCOUNT) as gateway:
        desk.gateway = gateway
        desk.press()
        desk.wait_for_alarm(presses=2)
    desk.wait_for(lambda: desk.monitor.status("/readyz") == 200 or None, "ready again")
    assert state(desk) == "ONLINE"
    assert [alarm["kind"] for alarm in desk.alarms()] == ["hold_up"]
