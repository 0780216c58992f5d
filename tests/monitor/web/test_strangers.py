"""What is heard and not registered is listed until it is registered; what a device counted and nobody heard is told."""

from __future__ import annotations

from starlette.testclient import TestClient

from monitor.journal.events import add_quarantine
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
