from __future__ import annotations

import json
from typing import Any

from starlette.testclient import TestClient

from monitor.web.ports import DeviceLife
from tests.monitor.web.post import Post


def snapshot(client: TestClient) -> Any:
    return client.get("/api/v1/snapshot").json()


def test_it_holds_every_device_as_columns(post: Post, officer: TestClient) -> None:
    post.add_device("bell-01", name="Nút quầy 1", group_id="to-1", group_name="Tổ 1")
    post.add_device("cam-01", device_class="camera", is_high_mast=True)
    devices = snapshot(officer)["devices"]
    assert devices["id"] == ["bell-01", "cam-01"]
    assert devices["class"] == ["bell", "camera"]
    assert devices["is_high_mast"] == [False, True]
    assert devices["since_at"] == [1773486000000] * 2
    assert devices["last_seen_at"] == [None, None]
    assert {len(column) for column in devices.values()} == {2}


def test_it_shows_the_life_in_memory(post: Post, officer: TestClient) -> None:
    post.add_device("bell-01")
    post.lives["bell-01"] = DeviceLife("ONLINE", post.clock.now(), post.clock.now(), 50.0)
    devices = snapshot(officer)["devices"]
    assert (devices["state"], devices["last_seen_at"], devices["battery_pct"]) == (["ONLINE"], [1773486000000], [50.0])


def test_it_names_the_groups(post: Post, officer: TestClient) -> None:
    for number in ("1", "2", "2"):
        count = len(snapshot(officer)["devices"]["id"])
        post.add_device(f"cam-{count}", group_id=f"to-{number}", group_name=f"Tổ {number}")
    assert snapshot(officer)["groups"] == {"id": ["to-1", "to-2"], "name": ["Tổ 1", "Tổ 2"]}


def test_it_holds_open_alarms_and_the_last_closed(post: Post, officer: TestClient) -> None:
    for number in range(12):
        alarm = post.press(f"bell-{number}")
        officer.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": 1})
        officer.post(f"/api/v1/alarms/{alarm['id']}/close", json={"version": 2})
    post.press("bell-12")
    shown = snapshot(officer)
    assert [alarm["id"] for alarm in shown["alarms"]] == [13]
    assert [alarm["id"] for alarm in shown["recent"]] == list(range(12, 2, -1))


def test_it_names_its_place_in_the_feed(post: Post, officer: TestClient) -> None:
    post.press()
    assert snapshot(officer)["seq"] == post.latest_seq() == 1


def test_it_says_who_looks_and_where(post: Post, officer: TestClient) -> None:
    shown = snapshot(officer)
    assert shown["user"] == {"name": "duty_officer", "role": "duty_officer"}
    assert (shown["post_name"], shown["health"]) == ("Công an phường", post.health())


def test_it_is_compressed_for_who_can_read_that(officer: TestClient) -> None:
    packed = officer.get("/api/v1/snapshot", headers={"Accept-Encoding": "gzip"})
    plain = officer.get("/api/v1/snapshot", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert json.loads(packed.content) == json.loads(plain.content)
