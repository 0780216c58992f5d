from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from tests.monitor.web.post import Post


def version(client: TestClient, device_id: str) -> str:
    return str(client.get(f"/api/v1/devices/{device_id}").json()["version"])


def change(client: TestClient, *device_ids: str, is_trial: bool = False, **changes: Any) -> Any:
    devices = [{"id": each, "version": version(client, each), **changes} for each in device_ids]
    return client.post("/api/v1/devices/changes", json={"devices": devices, "is_trial": is_trial})


@pytest.fixture
def two(post: Post, operator: TestClient) -> TestClient:
    post.add_device("cam-1", device_class="camera", funding="household")
    post.add_device("cam-2", device_class="camera", funding="community")
    return operator


def test_it_changes_many_devices_at_once(two: TestClient) -> None:
    answer = change(two, "cam-1", "cam-2", funding="community").json()
    assert answer["unchanged"] == 1
    [difference] = answer["devices"]
    assert difference["cells"] == {"funding": {"old": "household", "new": "community"}}
    assert difference["version"] == version(two, "cam-1")


def test_it_only_says_what_a_trial_would_change(two: TestClient) -> None:
    answer = change(two, "cam-1", is_trial=True, funding="community").json()
    assert answer["devices"][0]["cells"] == {"funding": {"old": "household", "new": "community"}}
    assert two.get("/api/v1/devices/cam-1").json()["funding"] == "household"


def test_it_changes_all_or_none(two: TestClient) -> None:
    seen = {each: version(two, each) for each in ("cam-1", "cam-2")}
    change(two, "cam-2", funding="business")
    devices = [{"id": each, "version": seen[each], "retention_days": 30} for each in seen]
    answer = two.post("/api/v1/devices/changes", json={"devices": devices})
    assert (answer.status_code, answer.json()["error"]) == (409, "version_conflict")
    assert two.get("/api/v1/devices/cam-1").json()["retention_days"] is None


def test_it_is_undone_by_sending_the_old_values(two: TestClient) -> None:
    before = version(two, "cam-1")
    [difference] = change(two, "cam-1", funding="community").json()["devices"]
    old = {name: cell["old"] for name, cell in difference["cells"].items()}
    two.post("/api/v1/devices/changes", json={"devices": [{"id": "cam-1", "version": difference["version"], **old}]})
    assert version(two, "cam-1") == before


def test_it_refuses_a_device_named_twice(two: TestClient) -> None:
    assert change(two, "cam-1", "cam-1", funding="community").status_code == 409


def test_it_is_for_those_who_register(post: Post, stranger: TestClient) -> None:
    post.add_device("cam-1", device_class="camera")
    stranger.headers["Authorization"] = f"Bearer {post.token(Role.READER)}"
    assert change(stranger, "cam-1", funding="community").status_code == 403
