from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.builders import a_bell, a_zigbee_bell
from tests.durability.raw_mqtt import Publication, RawClient
from tests.processes import ROOT, MonitorProcess
from tests.small_post import Desk

ROWS = [json.loads(line) for line in (ROOT / "tests/corpus/bad_inputs.jsonl").read_text().splitlines()]
MOST_REPEATS = 300  # of the two rows that are floods; the load itself is the bench's business


def publications(row: dict[str, Any]) -> Iterator[Publication]:
    topic = base64.b64decode(row["topic_b64"]) if "topic_b64" in row else row["topic"].encode()
    for number in range(min(row.get("repeat", 1), MOST_REPEATS)):
        yield Publication(
            topic=topic,
            payload=payload_of(row, number),
            qos=row.get("qos", 1),
            is_retained=row.get("retain", False),
            version=5 if row.get("ver") == 5 else 4,
            properties=base64.b64decode(row.get("props_b64", "")),
        )


def payload_of(row: dict[str, Any], number: int) -> bytes:
    given = base64.b64decode(row.get("payload_b64", ""))
    match row.get("gen", "").split(":"):
        case ["repeat", byte, count]:
            return bytes.fromhex(byte) * int(count)
        case ["json_note", count]:
            return json.dumps({"v": 1, "id": "long", "kind": "alarm", "note": "x" * int(count)}).encode()
        case ["fresh_id"]:
            return json.dumps(json.loads(given) | {"id": f"fresh-{number}"}).encode()
    return given


@pytest.fixture
def attacked(tmp_path: Path, monitor_process: Callable[..., MonitorProcess]) -> Iterator[Desk]:
    """A post whose bell ``bell-0001`` has gone mad, beside a bell that is well."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Broker(folder)
    broker.configure("bell-0001")
    broker.start()
    with broker.connect(GATEWAY_ACCOUNT) as gateway:
        desk = Desk(broker, monitor_process(broker), gateway)
        desk.register(a_bell(id="bell-0001"), a_zigbee_bell())
        yield desk
    broker.stop()


def explained(desk: Desk) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor = None
    while True:
        answer = desk.api.get("/api/v1/quarantine", params={"limit": 500} | ({"cursor": cursor} if cursor else {}))
        page = answer.raise_for_status().json()
        rows += page["items"]
        if (cursor := page["next"]) is None:
            return rows


def test_it_stays_ready_and_explains_every_bad_input(attacked: Desk) -> None:
    device = RawClient(attacked.broker, "bell-0001")
    middle = len(ROWS) // 2
    for number, row in enumerate(ROWS):
        for publication in publications(row):
            device.publish(publication)
        if number == middle:
            attacked.press()
        assert attacked.monitor.status("/readyz") == 200, row["id"]
    device.close()

    attacked.wait_for_alarm(device_id="BELL-QTD-1", state="UNACKNOWLEDGED")
    refused = [row for row in ROWS if row["expect"] in ("alarm_degraded", "quarantine") and is_let_through(row)]
    expected = [(row["topic"], payload_of(row, 0)) for row in refused]
    deadline = time.monotonic() + 20
    while missing := without(expected, explained(attacked)):
        assert time.monotonic() < deadline, missing
        time.sleep(0.2)
    assert all(row["reason"] for row in explained(attacked))


def is_let_through(row: dict[str, Any]) -> bool:
    """The shipped broker lets a device write to the channels it has, and to no other."""
    return row["topic"].split("/")[4] in ("status", "heartbeat", "alarm", "event")


def test_it_explains_a_channel_nobody_knows_where_the_broker_lets_it_through(
    anonymous_broker: Broker, monitor_process: Callable[..., MonitorProcess]
) -> None:
    with anonymous_broker.connect("bell-0001") as bell:
        desk = Desk(anonymous_broker, monitor_process(anonymous_broker), bell)
        desk.register(a_bell(id="bell-0001"))
        bell.publish("anninh/v1/bell/bell-0001/firmware", b"x")
        (row,) = desk.wait_for(lambda: explained(desk) or None, "the unknown channel")
    assert (row["topic"], bool(row["reason"])) == ("anninh/v1/bell/bell-0001/firmware", True)


def without(expected: list[tuple[str, bytes]], rows: list[dict[str, Any]]) -> list[tuple[str, bytes]]:
    """What was expected and is not there, each row of the quarantine counting once."""
    left = [(row["topic"], base64.b64decode(row["payload_b64"])) for row in rows]
    missing = []
    for pair in expected:
        if pair in left:
            left.remove(pair)
        else:
            missing.append(pair)
    return missing
