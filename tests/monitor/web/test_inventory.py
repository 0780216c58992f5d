from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from monitor.web.ports import DeviceLife
from tests.monitor.web.post import Post


def listed(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client.get("/api/v1/inventory", params=asked).raise_for_status().json()["items"]
    return items


def test_it_finds_devices_without_marks(post: Post, officer: TestClient) -> None:
    post.add_device("bell-01", name="Nút quầy Đường Hùng Vương")
    post.add_device("bell-02")
    assert [item["id"] for item in listed(officer, q="duong hung")] == ["bell-01"]


def test_it_gives_a_page_from_anywhere(post: Post, officer: TestClient) -> None:
    for number in range(7):
        post.add_device(f"bell-{number}")
    assert [item["id"] for item in listed(officer, offset=3, limit=2)] == ["bell-3", "bell-4"]


def test_it_shows_the_life_in_memory(post: Post, officer: TestClient) -> None:
    post.add_device("bell-01")
    post.lives["bell-01"] = DeviceLife("ONLINE", post.clock.now(), post.clock.now(), 50.0)
    [item] = listed(officer)
    assert (item["state"], item["last_seen_at"], item["battery_pct"]) == ("ONLINE", 1773486000000, 50.0)


def test_it_counts_what_there_is(post: Post, officer: TestClient) -> None:
    post.add_device("bell-01", group_id="to-1", group_name="Tổ 1")
    post.add_device("cam-01", device_class="camera")
    answer = officer.get("/api/v1/inventory/facets", params={"kind": "camera"}).json()
    assert answer["total"] == 1
    kinds = {each["value"]: each["count"] for each in answer["facets"]["kind"]}
    assert kinds == {"bell": 1, "camera": 1}


def test_it_counts_no_states_while_the_monitor_is_blind(post: Post, officer: TestClient) -> None:
    post.add_device("bell-01")
    post.is_blind = True
    facets = officer.get("/api/v1/inventory/facets").json()["facets"]
    assert {each["count"] for each in facets["state"]} == {None}
    assert {each["count"] for each in facets["kind"]} == {1}


def test_it_takes_several_values_of_a_facet(post: Post, officer: TestClient) -> None:
    for device_class in ("bell", "camera", "siren"):
        post.add_device(device_class, device_class=device_class)
    assert [item["id"] for item in listed(officer, kind=["bell", "siren"])] == ["bell", "siren"]


def test_it_refuses_an_order_nobody_knows(officer: TestClient) -> None:
    assert officer.get("/api/v1/inventory?sort=colour").status_code == 422
