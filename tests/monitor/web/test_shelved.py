"""What is put aside over HTTP: who may do what, and what the list says of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from device_adapters.core.events import AlarmKind
from monitor.journal.accounts import Role
from tests.monitor.web.post import Post

REASON = "Thợ đang thay vỏ hộp"


@pytest.fixture
def tampered(post: Post) -> Post:
    post.add_device("bell-01", name="Nút quầy 1", place="Ngân hàng")
    post.press("bell-01", AlarmKind.TAMPER)
    return post


def shelve(client: TestClient, alarm_id: int = 1, version: int = 1, minutes: int = 60) -> int:
    given = {"version": version, "minutes": minutes, "reason": REASON}
    return client.post(f"/api/v1/alarms/{alarm_id}/shelve", json=given).status_code


def test_an_officer_shelves_an_alarm_and_takes_it_off_again(tampered: Post, officer: TestClient) -> None:
    assert shelve(officer) == 200
    (shelf,) = officer.get("/api/v1/shelved").json()["shelves"]
    assert (shelf["reason"], shelf["place"], shelf["kind"]) == (REASON, "Ngân hàng", "tamper")
    assert (shelf["is_condition_present"], shelf["is_forgotten"], shelf["times"]) == (True, False, 1)
    assert officer.post(f"/api/v1/shelves/{shelf['id']}/end").status_code == 204
    told = officer.get("/api/v1/shelved").json()
    assert (told["shelves"], told["ended"][0]["ending"]) == ([], "taken_off")
    assert officer.get("/api/v1/alarms/1").json()["state"] == "UNACKNOWLEDGED"
    assert officer.post(f"/api/v1/shelves/{shelf['id']}/end").json()["error"] == "over"


def test_it_says_why_a_call_for_help_is_never_shelved(post: Post, officer: TestClient) -> None:
    post.press("bell-01")
    answer = officer.post("/api/v1/alarms/1/shelve", json={"version": 1, "minutes": 5, "reason": REASON})
    assert (answer.status_code, answer.json()["error"]) == (409, "never_shelved")
    assert "a call for help can never be shelved" in answer.json()["message"]


def test_an_old_version_is_answered_with_the_newer_alarm(tampered: Post, officer: TestClient) -> None:
    tampered.press("bell-01", AlarmKind.TAMPER)
    answer = officer.post("/api/v1/alarms/1/shelve", json={"version": 1, "minutes": 5, "reason": REASON})
    assert (answer.status_code, answer.json()["version"]) == (409, 2)
    assert shelve(officer, version=2, minutes=481) == 409


def test_only_a_commander_takes_a_device_out_of_service(tampered: Post, officer: TestClient) -> None:
    out = "/api/v1/devices/bell-01/out-of-service"
    assert officer.post(out, json={"reason": REASON}).status_code == 403
    officer.headers["Authorization"] = f"Bearer {tampered.token(Role.COMMANDER)}"
    assert officer.post(out, json={"reason": REASON}).status_code == 204
    (device,) = officer.get("/api/v1/shelved").json()["out_of_service"]
    assert (device["device_id"], device["reason"]) == ("bell-01", REASON)
    assert [row["is_out_of_service"] for row in officer.get("/api/v1/inventory").json()["items"]] == [True]
    tampered.press("bell-01")
    press = officer.get("/api/v1/alarms").json()["items"][0]
    assert (press["state"], press["out_of_service"]["reason"]) == ("UNACKNOWLEDGED", REASON)
    assert officer.post("/api/v1/devices/bell-01/in-service").status_code == 204
    assert officer.get("/api/v1/shelved").json()["out_of_service"] == []
    assert [row["is_out_of_service"] for row in officer.get("/api/v1/inventory").json()["items"]] == [False]


def test_it_lists_what_stands_for_more_than_a_day(tampered: Post, officer: TestClient) -> None:
    assert officer.get("/api/v1/shelved").json()["stale"] == []
    tampered.clock.forward(timedelta(hours=25).total_seconds())
    assert [each["kind"] for each in officer.get("/api/v1/shelved").json()["stale"]] == ["tamper"]


def test_it_tells_of_a_flood(post: Post, officer: TestClient) -> None:
    for number in range(10):
        post.press(f"bell-{number:02}", AlarmKind.TAMPER)
    assert officer.get("/api/v1/flood").json() == {"since_at": None, "alarms": 10, "within_min": 10.0}
    post.press("bell-99", AlarmKind.TAMPER)
    assert officer.get("/api/v1/flood").json()["since_at"]
