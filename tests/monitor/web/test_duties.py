"""Who was told of what, over HTTP: what waits for a person, what reached nobody, and how the channels are."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from monitor.journal.duties import add_duties
from tests.monitor.web.post import Post


@pytest.fixture
def door(post: Post, stranger: TestClient) -> TestClient:
    stranger.headers["Authorization"] = f"Bearer {post.token(Role.COMMANDER)}"
    return stranger


def put(post: Post, **given: Any) -> None:
    post.add_device()
    alarm, now = post.press(), post.clock.now()
    row = {
        "alarm_id": alarm["id"],
        "code": "BD-260314-0001",
        "kind": "hold_up",
        "priority": 1,
        "role": "commander",
        "recipient": "Chỉ huy",
        "channel": "copy",
        "address": "0912345678",
        "otherwise": [],
        "text": "BÁO ĐỘNG CƯỚP",
        "facts": {},
        "is_stopped_by_ack": True,
        **dict.fromkeys(("decided_at", "due_at", "next_at"), now),
    }
    with post.store.transaction() as tx:
        add_duties(tx, [row | given])


def test_it_lists_what_reached_nobody_without_its_number(post: Post, door: TestClient) -> None:
    put(post, state="DEAD", last_answer="error -211")
    answer = door.get("/api/v1/duties", params={"state": "dead"})
    (dead,) = answer.json()["items"]
    assert (dead["state"], dead["last_answer"], dead["code"]) == ("DEAD", "error -211", "BD-260314-0001")
    assert "0912345678" not in answer.text
    assert door.get("/api/v1/duties", params={"state": "by_hand"}).json()["items"] == []
    assert door.get("/api/v1/duties", params={"state": "lost"}).status_code == 422


def test_it_notes_who_passed_a_text_on(post: Post, door: TestClient) -> None:
    put(post, state="BY_HAND")
    done = door.post("/api/v1/duties/1/done").json()
    assert (done["state"], done["settled_by"]) == ("SENT", "commander")
    assert door.post("/api/v1/duties/1/done").status_code == 409
    assert door.post("/api/v1/duties/9/done").status_code == 404


def test_it_tries_again_what_was_dead(post: Post, door: TestClient) -> None:
    put(post, state="DEAD", attempts=15)
    again = door.post("/api/v1/duties/1/again").json()
    assert (again["state"], again["attempts"]) == ("WAITING", 0)
    assert door.post("/api/v1/duties/1/again").status_code == 409


def test_it_keeps_duties_from_who_answers_no_alarm(reader: TestClient) -> None:
    assert reader.get("/api/v1/duties").status_code == 403
    assert reader.get("/api/v1/channels").status_code == 403


def test_it_says_how_each_channel_is(post: Post, door: TestClient) -> None:
    put(post, state="BY_HAND")
    (copy,) = door.get("/api/v1/channels").json()["items"]
    assert (copy["name"], copy["kind"], copy["by_hand"], copy["dead"], copy["tested_at"]) == (
        "copy",
        "copy_text",
        1,
        0,
        None,
    )
    assert copy["quota"] is None
    assert door.post("/api/v1/channels/copy/test").json()["tested_at"] == "2026-03-14T11:00:00.000Z"
    assert door.post("/api/v1/channels/pigeon/test").status_code == 404


def test_it_exports_what_waits(post: Post, door: TestClient) -> None:
    put(post, state="DEAD")
    assert 'chuong_duties{channel="copy",state="DEAD"} 1.0' in door.get("/metrics").text
