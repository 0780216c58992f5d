"""What is heard and not registered is listed until it is registered; what a device counted and nobody heard is told."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.testclient import TestClient

from device_adapters.core.contract import Known, Message
from device_adapters.ha_discovery import ADAPTER
from monitor.journal.events import add_quarantine, recalled, remember
from monitor.journal.gaps import LOST, RESTART, keep_gap
from monitor.pipeline.recording import UNKNOWN_DEVICE
from tests.monitor.web.post import Post


def speaks(post: Post, adapter: str, address: str, payload: bytes, reason: str = UNKNOWN_DEVICE) -> None:
    row = {
        "received_at": post.clock.now(),
        "adapter": adapter,
        "source": f"{adapter}:{address}",
        "topic": f"x/{address}",
    }
    with post.store.transaction() as tx:
        add_quarantine(tx, row | {"payload": payload, "reason": reason})


def test_it_lists_who_speaks_and_is_not_registered(post: Post, operator: TestClient) -> None:
    speaks(post, "zigbee2mqtt", "nut-la", b'{"action":"single"}')
    speaks(post, "zigbee2mqtt", "nut-la", b'{"battery":80}\n')
    speaks(post, "zigbee2mqtt", "hong", b"\xff", "not JSON")
    (found,) = operator.get("/api/v1/strangers").json()["items"]
    assert (found["adapter"], found["address"], found["messages"]) == ("zigbee2mqtt", "nut-la", 2)
    assert found["says"] == '{"battery":80}·'
    page = operator.get("/strangers").text
    assert "/register?kind=bell&amp;adapter=zigbee2mqtt&amp;address=nut-la" in page
    assert "SetOption73 1" in page
    bell = {"class": "bell", "name": "Nút", "adapter": "zigbee2mqtt", "address": "nut-la", "id": "NUT-1"}
    assert operator.post("/api/v1/devices", json=bell).status_code == 201
    assert operator.get("/api/v1/strangers").json()["items"] == []


def test_it_registers_an_address_as_it_is_spoken_however_it_is_printed(operator: TestClient) -> None:
    bell = {"class": "bell", "name": "Nút", "adapter": "chirpstack", "address": "24-E1-24-53-5B-31-60-56", "id": "N-1"}
    assert operator.post("/api/v1/devices", json=bell).status_code == 201
    device = operator.get("/api/v1/devices/N-1").json()
    assert device["address"] == "24e124535b316056"
    assert operator.post("/api/v1/devices", json=bell | {"address": "24E124535B316056", "id": "N-2"}).status_code == 409
    changed = {"version": device["version"], "address": "24E124535B316057"}
    assert operator.patch("/api/v1/devices/N-1", json=changed).json()["address"] == "24e124535b316057"


def test_it_fills_in_what_a_device_said_of_itself(post: Post, operator: TestClient) -> None:
    config = {"~": "c7", "stat_t": "~/nut", "dev_cla": "safety", "uniq_id": "u7"}
    config["dev"] = {"ids": "c7", "name": "Chuông tiệm vàng", "mf": "DIY", "mdl": "bell-2"}  # type: ignore[assignment]
    hears(post, "homeassistant/binary_sensor/c7/nut/config", config)
    hears(post, "homeassistant/sensor/c7/pin/config", config | {"dev_cla": "battery", "stat_t": "~/pin"})
    speaks(post, "ha_discovery", "c7/nut", b"ON")
    speaks(post, "ha_discovery", "khac", b"ON")
    other, found = operator.get("/api/v1/strangers").json()["items"]
    said = {key: found[key] for key in ("name", "maker", "model", "kind")}
    assert said == {"name": "Chuông tiệm vàng", "maker": "DIY", "model": "bell-2", "kind": "bell"}
    assert (other["name"], other["kind"]) == ("", "")
    page = operator.get("/strangers").text
    filled = "name=Chu%C3%B4ng%20ti%E1%BB%87m%20v%C3%A0ng&amp;maker=DIY&amp;model=bell-2"
    assert f"/register?kind=bell&amp;adapter=ha_discovery&amp;address=c7/nut&amp;{filled}" in page


def test_it_shows_a_template_that_nobody_can_read_until_it_is_mended(post: Post, operator: TestClient) -> None:
    topic, config = "homeassistant/binary_sensor/c7/nut/config", {"stat_t": "c7/nut", "dev": {"ids": "c7"}}
    hears(post, topic, config | {"val_tpl": "{{ value_json.n * 2 > 3 }}"})
    hears(post, "homeassistant/sensor/c7/pin/config", config | {"stat_t": "c7/pin"})
    speaks(post, "ha_discovery", "c7", b"{}")
    assert "nut: {{ value_json.n * 2 &gt; 3 }}" in operator.get("/strangers").text
    hears(post, topic, config | {"val_tpl": "{{ value_json.n }}"})
    assert operator.get("/api/v1/strangers").json()["items"][0]["unread"] == ""


def hears(post: Post, topic: str, config: Mapping[str, object]) -> None:
    """What the adapter remembers of it is stored as with any batch."""
    with post.store.transaction() as tx:
        known = Known(device=lambda _: None, recall=lambda key: recalled(tx, "ha_discovery", key))
        message = Message(topic, json.dumps(config).encode(), post.clock.now())
        for key, value in ADAPTER.decode(message, "homeassistant", known).remember.items():
            remember(tx, "ha_discovery", key, value)


def test_it_tells_officers_without_the_whole_post_nothing_of_strangers(post: Post, reader: TestClient) -> None:
    speaks(post, "zigbee2mqtt", "nut-la", b"{}")
    assert reader.get("/api/v1/strangers").status_code == 403


def test_it_tells_what_a_device_counted_and_nobody_heard(post: Post, operator: TestClient) -> None:
    hole = {"source": "native:bell-01", "device_id": "bell-01", "run": "c1c8f0d2", "noticed_at": post.clock.now()}
    bell = {"class": "bell", "name": "Nút", "address": "bell-01", "id": "bell-01"}
    operator.post("/api/v1/devices", json=bell)
    with post.store.transaction() as tx:
        keep_gap(tx, hole | {"kind": LOST, "first_seq": 7, "last_seq": 8, "lost": 2})
        keep_gap(tx, hole | {"kind": LOST, "first_seq": 11, "last_seq": 11, "lost": 1})
        keep_gap(tx, hole | {"kind": RESTART, "first_seq": 1, "last_seq": 1, "lost": 0})
    told = operator.get("/api/v1/devices/bell-01/gaps").json()
    assert (told["lost"], told["restarts"], len(told["items"])) == (3, 1, 2)
    assert "Nghi mất tin: 3 tin" in operator.get("/devices/bell-01").text
