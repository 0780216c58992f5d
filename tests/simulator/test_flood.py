from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from simulator.flood import Flood, FloodPlan
from simulator.flood_packets import packets, publish, topic_and_number
from simulator.link import BrokerAddress
from tests.brokers import Broker, password_of

CAMERAS = {"BELL-2": password_of("BELL-2"), "PROBE-1": password_of("PROBE-1")}


def plan(broker: Broker, **more: object) -> FloodPlan:
    given = {"cameras": CAMERAS, "bells": {"BELL-1": password_of("BELL-1")}, "heartbeats": 500, "longest_s": 20.0}
    return FloodPlan(address=BrokerAddress.from_url(broker.url), **(given | more))  # type: ignore[arg-type]


def test_it_says_what_the_broker_has_promised(mosquitto: Broker) -> None:
    with mosquitto.connect("monitor-state") as monitor:
        monitor.subscribe("anninh/v1/#")
        report = Flood(plan(mosquitto)).run()
        topics = {monitor.next()[0] for _ in range(500)}
    assert (report.sent, report.promised) == (500, 500)
    assert topics == {f"anninh/v1/camera/{account}/heartbeat" for account in CAMERAS}


def test_it_leaves_no_camera_silent_that_would_be_dropped_for_it(mosquitto: Broker) -> None:
    with mosquitto.connect("monitor-state") as monitor:
        monitor.subscribe("anninh/v1/#")
        Flood(plan(mosquitto, heartbeats=40, per_s=400.0)).run()
        heard = Counter(monitor.next()[0] for _ in range(40))
    assert min(heard[f"anninh/v1/camera/{account}/heartbeat"] for account in CAMERAS) > 10


def test_it_waits_for_the_receipt_of_each_press(mosquitto: Broker) -> None:
    with mosquitto.connect("monitor-alarm") as monitor, ThreadPoolExecutor() as pool:
        monitor.subscribe("anninh/v1/+/+/alarm/#")
        flood = pool.submit(Flood(plan(mosquitto, presses=3)).run)
        for _ in range(3):
            topic, payload = monitor.next()
            receipt = {"v": 1, "id": json.loads(payload)["id"]}
            monitor.publish(topic.replace("/alarm", "/ack"), json.dumps(receipt))
        assert len(flood.result().receipt_ms) == 3


def test_it_says_who_is_not_let_in(mosquitto: Broker) -> None:
    with pytest.raises(ConnectionError, match="BELL-1"):
        Flood(plan(mosquitto, bells={"BELL-1": "wrong"})).run()


def test_it_reads_packets_as_they_come_in_pieces() -> None:
    whole, buffer, seen = publish(7, "a/b", b"x" * 300), bytearray(), []
    for start in range(0, len(whole), 50):
        buffer += whole[start : start + 50]
        seen += list(packets(buffer))
    assert [(kind, topic_and_number(body)) for kind, body in seen] == [(3, ("a/b", b"\x00\x07"))]
