"""Sirens on the real broker, in our own format and in Zigbee2MQTT's: command, answer, sound, silence."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from simulator.link import BrokerAddress, MqttLink, Passwords
from simulator.siren import Faults, NativeSiren, ZigbeeSiren
from simulator.timetable import Timetable
from simulator.world import World
from tests.brokers import GATEWAY_ACCOUNT, Broker, password_of
from tests.processes import MonitorProcess

ADDRESS = "Còi/Nhà văn hóa"
PATIENCE_S = 20.0


@pytest.fixture
def world() -> Iterator[World]:
    timetable = Timetable(time.monotonic)
    thread = threading.Thread(target=timetable.run)
    thread.start()
    yield World(timetable, lambda: int(time.time() * 1000), random.Random(7), lambda _: None)
    timetable.stop()
    thread.join()


@pytest.fixture
def plug_in(mosquitto: Broker, world: World) -> Iterator[Callable[[Any], Any]]:
    accounts = {account: password_of(account) for account in ("SIREN-1", GATEWAY_ACCOUNT)}
    passwords = Passwords(BrokerAddress.from_url(mosquitto.url), accounts)
    with ExitStack() as stack:

        def plug(siren: Any) -> Any:
            link = MqttLink(siren.line(), passwords, world.timetable.soon)
            siren.connect(link)
            stack.callback(link.join)
            stack.callback(link.close)
            return siren

        yield plug


@pytest.fixture
def monitor(mosquitto: Broker, monitor_process: Callable[..., MonitorProcess]) -> MonitorProcess:
    monitor = monitor_process(mosquitto)
    for device_id, adapter, address in (("SIREN-1", "native", "SIREN-1"), ("SIREN-2", "zigbee2mqtt", ADDRESS)):
        device = {"id": device_id, "class": "siren", "name": f"Còi {device_id}", "adapter": adapter, "address": address}
        assert monitor.api.post("/api/v1/devices", json=device).status_code == 201
    return monitor


def sound(monitor: MonitorProcess, device_id: str, for_s: int) -> int:
    answer = monitor.api.post("/api/v1/siren-calls", json={"device_ids": [device_id], "for_s": for_s, "reason": "Cướp"})
    assert (answer.status_code, answer.json()["is_wide"]) == (201, False), answer.text
    return int(answer.json()["id"])


def until(monitor: MonitorProcess, call_id: int, state: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        calls = monitor.api.get("/api/v1/siren-calls").json()["items"]
        ((order,),) = (call["orders"] for call in calls if call["id"] == call_id)
        if order["state"] == state:
            return dict(order)
        time.sleep(0.05)
    raise AssertionError(f"it is {order}")


def test_it_sounds_and_silences_sirens_in_both_formats(monitor, plug_in, world):
    ours = plug_in(NativeSiren("anninh/v1", "SIREN-1", world, Faults(is_stuck=True)))
    zigbee = plug_in(ZigbeeSiren("zigbee2mqtt", ADDRESS, world, Faults(is_stuck=True)))
    calls = [sound(monitor, device_id, 2) for device_id in ("SIREN-1", "SIREN-2")]
    for call_id in calls:
        order = until(monitor, call_id, "SOUNDING")
        assert order["acknowledged_at"] <= order["sounding_at"]
    for call_id in calls:
        order = until(monitor, call_id, "OFF")  # it would have sounded for ever
        assert order["off_at"] >= order["off_due_at"]
    known = monitor.api.get("/api/v1/sirens").json()["items"]
    assert [each["is_test_overdue"] for each in known] == [False, False]
    assert [each["do"] for each in ours.seen.orders] == ["sound", "stop"]
    assert [each["mode"] for each in zigbee.seen.orders] == ["emergency", "stop"]
    assert 0 < zigbee.seen.orders[0]["duration"] <= 2
    assert [(each.seen.begun, each.seen.ended) for each in (ours, zigbee)] == [(1, 1), (1, 1)]


def test_it_tells_again_whose_answer_was_lost_and_the_siren_does_not_begin_anew(monitor, plug_in, world):
    siren = plug_in(NativeSiren("anninh/v1", "SIREN-1", world, Faults(lost_answers=2)))
    call_id = sound(monitor, "SIREN-1", 30)
    until(monitor, call_id, "SOUNDING")
    assert len(siren.seen.orders) >= 2
    assert len({each["order"] for each in siren.seen.orders}) == 1
    assert siren.seen.begun == 1
    assert monitor.api.post(f"/api/v1/siren-calls/{call_id}/stop").status_code == 200
    assert until(monitor, call_id, "OFF")["off_at"]
    assert siren.seen.ended == 1


def test_it_tells_a_siren_without_names_again_for_what_is_left_of_its_time(monitor, plug_in, world):
    siren = plug_in(ZigbeeSiren("zigbee2mqtt", ADDRESS, world, Faults(lost_answers=2)))
    call_id = sound(monitor, "SIREN-2", 30)
    until(monitor, call_id, "SOUNDING")
    durations = [each["duration"] for each in siren.seen.orders]
    assert len(durations) == 3
    assert durations == sorted(durations, reverse=True), "no order sounds it for longer than was asked"
    assert monitor.api.post(f"/api/v1/siren-calls/{call_id}/stop").status_code == 200
    until(monitor, call_id, "OFF")


def test_it_silences_at_its_start_what_a_killed_monitor_left_sounding(monitor, plug_in, world):
    siren = plug_in(NativeSiren("anninh/v1", "SIREN-1", world, Faults(is_stuck=True)))
    call_id = sound(monitor, "SIREN-1", 2)
    until(monitor, call_id, "SOUNDING")
    monitor.kill()
    monitor.start()
    until(monitor, call_id, "OFF")
    assert siren.seen.ended == 1
