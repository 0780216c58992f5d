"""Handling an incident over HTTP: what is refused and why, who sees what, and what stands beside it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from monitor.inventory.edits import core
from monitor.inventory.people_tables import Contact, Person, PersonRole
from monitor.journal.accounts import Role
from monitor.journal.report_tables import TipRow
from monitor.web.ports import DeviceLife
from tests.monitor.web.post import Post

INCIDENTS = "/api/v1/incidents"
PLACE = {"latitude": 11.78, "longitude": 108.24}


@pytest.fixture
def incident(post: Post, officer: TestClient) -> dict[str, Any]:
    post.add_device("bell-01", group_id="DV-01", is_silent_at_site=True, **PLACE)
    post.call("bell-01")
    return newest(officer)


def newest(officer: TestClient) -> dict[str, Any]:
    listed = officer.get(INCIDENTS).json()["items"][0]
    found: dict[str, Any] = officer.get(f"{INCIDENTS}/{listed['id']}").json()
    return found


def acknowledged(officer: TestClient, incident: dict[str, Any]) -> dict[str, Any]:
    for alarm in incident["alarms"]:
        officer.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": alarm["version"]})
    return newest(officer)


def send(officer: TestClient, incident: dict[str, Any], what: str, **body: Any) -> Any:
    return officer.post(f"{INCIDENTS}/{incident['id']}/{what}", json={"version": incident["version"], **body})


def finish_plan(officer: TestClient, incident: dict[str, Any]) -> None:
    for step in incident["plan"]:
        answer = officer.post(f"{INCIDENTS}/{incident['id']}/plan", json={"step": step["id"]})
        assert answer.status_code == 200, answer.text


def test_it_takes_an_incident_from_the_press_to_the_end(officer: TestClient, incident: dict[str, Any]) -> None:
    for step in ("VERIFYING", "DISPATCHED", "EN_ROUTE", "ON_SCENE"):
        answer = send(officer, acknowledged(officer, newest(officer)), "steps", step=step)
        assert (answer.status_code, answer.json()["stage"]) == (200, step), answer.text
    finish_plan(officer, incident)
    closed = send(officer, newest(officer), "close", disposition="genuine_crime", note="đã bắt quả tang")
    assert (closed.status_code, closed.json()["stage"]) == (200, "CLOSED")
    assert newest(officer)["lines"]["vi"] == "Báo động cướp: 1 vụ, tiếp nhận sau 0 giây, có mặt sau 0 giây"


def test_it_answers_an_old_version_with_the_newer_incident(officer: TestClient, incident: dict[str, Any]) -> None:
    seen = acknowledged(officer, incident)
    send(officer, seen, "steps", step="DISPATCHED")
    late = send(officer, seen, "steps", step="VERIFYING")
    told = late.json()
    assert (late.status_code, told["error"], told["incident"]["stage"]) == (409, "version_conflict", "DISPATCHED")


def test_it_says_which_steps_of_the_plan_stand_in_the_way(officer: TestClient, incident: dict[str, Any]) -> None:
    refused = send(officer, acknowledged(officer, incident), "close", disposition="accidental", note="bấm nhầm")
    assert refused.status_code == 409
    assert (refused.json()["error"], "trực chỉ huy" in refused.json()["message"]) == ("plan_not_done", True)


def test_it_lets_no_duty_officer_call_it_malicious(officer: TestClient, incident: dict[str, Any]) -> None:
    finish_plan(officer, incident)
    seen = acknowledged(officer, incident)
    refused = send(officer, seen, "close", disposition="malicious", note="trêu", evidence="BB-1")
    assert (refused.status_code, refused.json()["error"]) == (409, "commander_only")


def test_it_lets_a_commander_call_it_malicious(post: Post, officer: TestClient, incident: dict[str, Any]) -> None:
    finish_plan(officer, incident)
    seen = acknowledged(officer, incident)
    officer.headers["Authorization"] = f"Bearer {post.token(Role.COMMANDER)}"
    closed = send(officer, seen, "close", disposition="malicious", note="trêu", evidence="BB-1")
    assert (closed.status_code, closed.json()["evidence"]) == (200, "BB-1")


def test_it_tells_a_line_for_everything_that_was_done(officer: TestClient, incident: dict[str, Any]) -> None:
    officer.post(f"{INCIDENTS}/{incident['id']}/calls", json={"whom": "CSKV B1", "result": "no_answer"})
    officer.post(f"{INCIDENTS}/{incident['id']}/notes", json={"text": "hai người, xe máy"})
    told = [(line["kind"], line["actor"], line["text"]) for line in newest(officer)["timeline"]]
    assert told == [
        ("opened", "device", None),
        ("call", "duty_officer", None),
        ("note", "duty_officer", "hai người, xe máy"),
    ]


def test_it_shows_the_nearest_eyes_and_the_nearest_that_works(post: Post, officer: TestClient, incident: Any) -> None:
    now = post.clock.now()
    for number in range(8):
        eye = f"CAM-{number}"
        post.add_device(eye, device_class="camera", latitude=11.78 + (number + 1) / 1000, longitude=108.24)
        post.lives[eye] = DeviceLife("ONLINE" if number == 7 else "OFFLINE", now, now, None)
    around = newest(officer)["eyes"]
    assert ([eye["id"] for eye in around["nearest"]], around["down"]) == ([f"CAM-{n}" for n in range(7)], 7)
    assert (around["working"]["id"], round(around["working"]["distance_m"]), around["working"]["bearing_deg"]) == (
        "CAM-7",
        890,
        0.0,
    )


def test_it_draws_the_place_with_what_works_there(post: Post, officer: TestClient, incident: dict[str, Any]) -> None:
    now = post.clock.now()
    path = f"/incidents/{incident['id']}"
    assert "Chưa có sơ đồ" in officer.get(path).text
    for eye, state in (("CAM-1", "ONLINE"), ("CAM-2", "OFFLINE")):
        post.add_device(eye, device_class="camera", latitude=11.781, longitude=108.24, bearing_deg=180)
        post.lives[eye] = DeviceLife(state, now, now, None)
    page = officer.get(path).text
    assert [page.count(f'data-working="{word}"') for word in ("true", "false", "unknown")] == [1, 1, 0]
    assert page.count('class="cone"') == 2
    assert "Chưa có ảnh nơi đặt nút" in page


def test_it_proposes_no_call_to_a_place_where_the_bell_is_silent(
    post: Post, officer: TestClient, incident: dict[str, Any]
) -> None:
    with post.store.transaction() as tx:
        for person, role, scope in (("P-06", "commander", ""), ("P-04", "area_officer", "DV-01")):
            tx.execute(insert(core(Person)).values(id=person, name=f"vai {role}"))
            tx.execute(insert(core(PersonRole)).values(person_id=person, role=role, scope_id=scope))
            phone = {"holder": "person", "holder_id": person, "kind": "phone", "value": "0912345678"}
            tx.execute(insert(core(Contact)).values(id=f"person:{person}/1", rank=1, **phone))
    callees = newest(officer)["call_list"]
    assert [(each["role"], each["contacts"][0]["value"]) for each in callees] == [
        ("area_officer", "09•• ••• 678"),
        ("commander", "09•• ••• 678"),
    ]


def test_it_merges_and_takes_the_merger_back(post: Post, officer: TestClient, incident: dict[str, Any]) -> None:
    post.add_device("bell-02")
    post.call("bell-02")
    second = newest(officer)
    root = send(officer, second, "merge", into=incident["id"]).json()
    assert (root["id"], len(root["alarms"])) == (incident["id"], 2)
    (gone,) = root["merged"]
    assert send(officer, gone, "unmerge").json()["stage"] == "NEW"


@pytest.mark.parametrize("what", ["steps", "take-back", "verification", "close", "merge", "unmerge"])
def test_it_knows_no_incident_that_is_not_there(officer: TestClient, what: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "steps": {"step": "ON_SCENE"},
        "verification": {"level": 1},
        "close": {"disposition": "accidental", "note": "x"},
        "merge": {"into": 1},
    }
    answer = officer.post(f"{INCIDENTS}/7/{what}", json={"version": 1, **bodies.get(what, {})})
    assert answer.status_code == 404, answer.text


def test_it_shows_a_reader_and_lets_him_do_nothing(post: Post, officer: TestClient, incident: dict[str, Any]) -> None:
    officer.headers["Authorization"] = f"Bearer {post.token(Role.READER)}"
    assert officer.get(f"{INCIDENTS}/{incident['id']}").status_code == 200
    assert send(officer, incident, "steps", step="ON_SCENE").status_code == 403


def test_it_tells_only_officers_what_a_tip_said(post: Post, officer: TestClient, incident: dict[str, Any]) -> None:
    told = {"told_at": post.clock.now(), "source": "phone", "text": "xe biển số 49", "area_id": "DV-01"}
    with post.store.transaction() as tx:
        tx.execute(insert(core(TipRow)).values(**told, logged_at=post.clock.now(), logged_by="truc-ban"))
    assert officer.post(f"{INCIDENTS}/{incident['id']}/tips", json={"tip": 1}).status_code == 200
    assert newest(officer)["timeline"][-1]["text"] == "xe biển số 49"
    officer.headers["Authorization"] = f"Bearer {post.token(Role.GROUP_BOARD)}"
    line = newest(officer)["timeline"][-1]
    assert (line["kind"], line["text"]) == ("tip", None)
    assert "xe biển" not in officer.get(f"/incidents/{incident['id']}").text
