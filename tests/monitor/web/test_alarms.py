from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.monitor.web.post import Post


def test_it_lists_alarms_newest_first(post: Post, officer: TestClient) -> None:
    first, second = post.press("bell-01"), post.press("bell-02")
    answer = officer.get("/api/v1/alarms").json()
    assert [alarm["id"] for alarm in answer["items"]] == [second["id"], first["id"]]
    assert answer["next"] is None


def test_it_pages_through_every_alarm_once(post: Post, officer: TestClient) -> None:
    pressed = [post.press(f"bell-{number}")["id"] for number in range(5)]
    seen: list[int] = []
    cursor = None
    while cursor is not None or not seen:
        page = officer.get("/api/v1/alarms", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [alarm["id"] for alarm in page["items"]]
        cursor = page["next"]
    assert seen == pressed[::-1]


def test_it_filters_by_state_and_device(post: Post, officer: TestClient) -> None:
    rung, seen = post.press("bell-01"), post.press("bell-02")
    officer.post(f"/api/v1/alarms/{seen['id']}/acknowledge", json={"version": seen["version"]})
    by_state = officer.get("/api/v1/alarms?state=UNACKNOWLEDGED").json()["items"]
    by_device = officer.get("/api/v1/alarms?device=bell-02").json()["items"]
    assert [alarm["id"] for alarm in by_state] == [rung["id"]]
    assert [alarm["id"] for alarm in by_device] == [seen["id"]]


def test_it_filters_by_several_states(post: Post, officer: TestClient) -> None:
    post.press("bell-01")
    found = officer.get("/api/v1/alarms?state=NORMAL&state=UNACKNOWLEDGED").json()["items"]
    assert len(found) == 1


def test_it_filters_by_time_received(post: Post, officer: TestClient) -> None:
    post.press("bell-01")
    post.clock.forward(60)
    later = post.press("bell-02")
    found = officer.get("/api/v1/alarms", params={"since": later["received_at"]}).json()["items"]
    assert [alarm["id"] for alarm in found] == [later["id"]]


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_it_refuses_a_time_beyond_the_calendar(officer: TestClient, since: str) -> None:
    answer = officer.get("/api/v1/alarms", params={"since": since})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "since")


def test_it_shows_the_place_of_the_device(post: Post, officer: TestClient) -> None:
    post.add_device("bell-01", name="Nút quầy 1", place="Quỹ tín dụng", is_silent_at_site=True)
    alarm = post.press("bell-01")
    shown = officer.get(f"/api/v1/alarms/{alarm['id']}").json()
    assert (shown["device_name"], shown["place"], shown["is_silent_at_site"]) == ("Nút quầy 1", "Quỹ tín dụng", True)


def test_it_shows_an_alarm_whose_device_nobody_registered(post: Post, officer: TestClient) -> None:
    post.press("stranger")
    alarm = officer.get("/api/v1/alarms").json()["items"][0]
    assert alarm["device_name"] is None
    assert alarm["source"] == "native:stranger"


def test_it_writes_times_in_utc_with_milliseconds(post: Post, officer: TestClient) -> None:
    post.press()
    assert officer.get("/api/v1/alarms").json()["items"][0]["raised_at"] == "2026-03-14T11:00:00.000Z"


def test_it_tells_the_whole_story_of_an_alarm(post: Post, officer: TestClient) -> None:
    alarm = post.press()
    officer.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": 1})
    story = officer.get(f"/api/v1/alarms/{alarm['id']}").json()["transitions"]
    assert [(step["from_state"], step["to_state"], step["actor"]) for step in story] == [
        ("NORMAL", "UNACKNOWLEDGED", "device"),
        ("UNACKNOWLEDGED", "ACKNOWLEDGED", "duty_officer"),
    ]


def test_it_answers_404_for_an_alarm_that_is_not(officer: TestClient) -> None:
    answer = officer.get("/api/v1/alarms/99")
    assert answer.status_code == 404
    assert answer.json() == {"error": "not_found", "message": "there is no alarm 99"}


def test_it_acknowledges_the_version_seen(post: Post, officer: TestClient) -> None:
    alarm = post.press()
    answer = officer.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": alarm["version"]})
    assert answer.status_code == 200
    assert answer.json()["state"] == "ACKNOWLEDGED"
    assert answer.json()["acknowledged_by"] == "duty_officer"


def test_it_answers_an_old_version_with_the_newer_alarm(post: Post, officer: TestClient) -> None:
    alarm = post.press()
    newer = post.press()
    answer = officer.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": alarm["version"]})
    assert answer.status_code == 409
    assert answer.json()["error"] == "version_conflict"
    assert answer.json()["version"] == newer["version"]
    assert answer.json()["state"] == "UNACKNOWLEDGED"


def test_it_does_not_acknowledge_an_alarm_that_is_not(officer: TestClient) -> None:
    assert officer.post("/api/v1/alarms/99/acknowledge", json={"version": 1}).status_code == 404


def test_it_closes_what_an_officer_declares_over(post: Post, officer: TestClient) -> None:
    alarm = post.press()
    seen = officer.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": 1}).json()
    closed = officer.post(f"/api/v1/alarms/{alarm['id']}/close", json={"version": seen["version"]}).json()
    assert closed["state"] == "NORMAL"


def test_it_answers_a_close_of_an_old_version_with_the_newer_alarm(post: Post, officer: TestClient) -> None:
    alarm = post.press()
    officer.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": 1})
    post.press()
    answer = officer.post(f"/api/v1/alarms/{alarm['id']}/close", json={"version": 2})
    assert (answer.status_code, answer.json()["version"]) == (409, 3)


def test_it_stores_the_receipt_of_a_screen(post: Post, officer: TestClient) -> None:
    alarm = post.press()
    receipt = {"screen_id": "desk-1", "version": 1, "kind": "sounded", "delay_ms": 84.5}
    assert officer.post(f"/api/v1/alarms/{alarm['id']}/receipts", json=receipt).status_code == 204
    stored = officer.get(f"/api/v1/alarms/{alarm['id']}").json()["receipts"][0]
    assert (stored["screen_id"], stored["kind"], stored["delay_ms"], stored["user_name"]) == (
        "desk-1", "sounded", 84.5, "duty_officer",
    )  # fmt: skip


def test_it_takes_only_known_receipts(post: Post, officer: TestClient) -> None:
    alarm = post.press()
    receipt = {"screen_id": "desk-1", "version": 1, "kind": "guessed"}
    assert officer.post(f"/api/v1/alarms/{alarm['id']}/receipts", json=receipt).status_code == 422


@pytest.mark.parametrize("version", [True, "1", 1.0, 0])
def test_it_takes_only_a_number_for_the_version_seen(post: Post, officer: TestClient, version: object) -> None:
    alarm = post.press()
    answer = officer.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": version})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "version")
