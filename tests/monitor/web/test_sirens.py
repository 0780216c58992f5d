"""Sirens over HTTP: who may sound them, for how long, and how many alone."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from monitor.machines.siren import AGAIN_S, MOST_TRIES
from monitor.notify.siren_sender import SirenSender
from tests.monitor.notify.conftest import StoreDesk
from tests.monitor.web.post import Post

BASES = {"native": "anninh/v1", "zigbee2mqtt": "zigbee2mqtt"}


@pytest.fixture
def four(post: Post) -> list[str]:
    ids = [f"SIREN-{number}" for number in (1, 2, 3, 4)]
    for device_id in ids:
        post.add_device(device_id, device_class="siren", group_name="Tổ 3")
    return ids


def ask(door: TestClient, ids: list[str], **given: Any) -> Any:
    return door.post("/api/v1/siren-calls", json={"device_ids": ids, "for_s": 30, "reason": "Cướp", **given})


def states(answer: Any) -> set[str]:
    return {order["state"] for order in answer.json()["orders"]}


def test_it_takes_a_second_officer_to_sound_a_wide_area(post: Post, officer: TestClient, four: list[str]) -> None:
    call = ask(officer, four)
    assert (call.status_code, call.json()["is_wide"], states(call)) == (201, True, {"HELD"})
    again = officer.post("/api/v1/siren-calls/1/second")
    assert (again.status_code, again.json()["error"]) == (409, "two_persons")
    assert "two officers" in again.json()["message"]
    other = {"Authorization": f"Bearer {post.token(Role.COMMANDER)}"}
    agreed = officer.post("/api/v1/siren-calls/1/second", headers=other)
    assert (agreed.json()["second_by"], states(agreed)) == ("commander", {"COMMANDED"})
    stopped = officer.post("/api/v1/siren-calls/1/stop")
    assert (stopped.json()["stopped_by"], states(stopped)) == ("duty_officer", {"STOPPING"})


def test_it_counts_small_calls_of_one_officer_together(officer: TestClient, four: list[str]) -> None:
    assert states(ask(officer, four[:2])) == {"COMMANDED"}
    assert ask(officer, four[2:3]).json()["is_wide"] is False
    assert ask(officer, four[3:]).json()["is_wide"] is True


def test_it_stands_in_the_timeline_of_the_incident_it_was_made_from(
    post: Post, officer: TestClient, four: list[str]
) -> None:
    post.add_device()
    post.call()
    ask(officer, four, incident_id=1)
    other = {"Authorization": f"Bearer {post.token(Role.COMMANDER)}"}
    officer.post("/api/v1/siren-calls/1/second", headers=other)
    officer.post("/api/v1/siren-calls/1/stop")
    lines = [line for line in officer.get("/api/v1/incidents/1").json()["timeline"] if "siren" in line["kind"]]
    told = [(line["kind"], line["actor"], line["data"]["sirens"], line["text"]) for line in lines]
    assert told == [
        ("siren_asked", "duty_officer", 4, "Cướp"),
        ("siren_sounded", "commander", 4, "Cướp"),
        ("siren_stopped", "duty_officer", 4, "Cướp"),
    ]
    assert "Cho còi kêu" in officer.get("/incidents/1").text


def test_it_waits_for_a_second_officer_only_so_long(post: Post, officer: TestClient, four: list[str]) -> None:
    ask(officer, four)
    post.clock.forward(post.settings.siren_second_within_s + 1)
    other = {"Authorization": f"Bearer {post.token(Role.COMMANDER)}"}
    assert officer.post("/api/v1/siren-calls/1/second", headers=other).json()["error"] == "over"
    SirenSender(BASES, StoreDesk(post.store), lambda *_: None, post.clock).look()
    (call,) = officer.get("/api/v1/siren-calls").json()["items"]
    assert {order["state"] for order in call["orders"]} == {"LAPSED"}


def test_it_refuses_what_is_too_long_or_cannot_sound(post: Post, officer: TestClient, four: list[str]) -> None:
    assert ask(officer, four[:1], for_s=181).json()["error"] == "too_long"
    post.add_device()
    assert ask(officer, ["bell-01"]).status_code == 404
    assert ask(officer, four[:1], reason="").status_code == 422
    assert ask(officer, four[:1], area_id="DV").status_code == 422
    ask(officer, four[:1])
    assert ask(officer, four[:1]).json()["error"] == "nothing_to_sound"


def test_it_says_what_no_siren_has_answered(post: Post, officer: TestClient, four: list[str]) -> None:
    sent: list[tuple[str, bytes]] = []
    sender = SirenSender(BASES, StoreDesk(post.store), lambda *each: sent.append(each), post.clock)
    ask(officer, four[:1])
    for _ in range(MOST_TRIES + 1):
        sender.look()
        post.clock.forward(AGAIN_S)
    (siren, *_) = officer.get("/api/v1/sirens").json()["items"]
    assert (siren["order"]["state"], siren["last_sounded_at"], siren["is_test_overdue"]) == ("UNANSWERED", None, True)
    assert len(sent) == MOST_TRIES
    assert {topic for topic, _ in sent} == {"anninh/v1/siren/SIREN-1/command"}
    assert officer.post("/api/v1/sirens/SIREN-1/stop").status_code == 204
    sender.look()
    assert b'"do":"stop"' in sent[-1][1]
