"""Drills over HTTP: begun and ended by those who may, marked in every answer, and read as a sheet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update
from starlette.testclient import TestClient

from device_adapters.core.events import AlarmKind
from monitor.inventory.edits import core
from monitor.journal import drills
from monitor.journal.accounts import Role
from monitor.journal.tables import ReceiptRow
from monitor.machines.alarm import Given
from monitor.pipeline.alarm_log import Signal, raise_alarm
from monitor.pipeline.incident_log import note_call
from tests.monitor.web.post import Post

STORY = """
[scenario]
id = "cuop"
title_vi = "Cướp quỹ tín dụng"
[[device]]
id = "bell-01"
class = "bell"
[[step]]
at = "PT10M"
do = "press"
device = "bell-01"
[[step]]
at = "PT10M20S"
do = "ack"
[[step]]
at = "PT10M50S"
do = "dispatch"
[[step]]
at = "PT20M"
do = "resolve"
classification = "true_alarm"
[[step]]
at = "PT21M"
do = "garbage"
device = "bell-01"
"""


@pytest.fixture
def commander(post: Post, stranger: TestClient) -> TestClient:
    post.add_device("bell-01", place="Quỹ tín dụng")
    stranger.headers["Authorization"] = f"Bearer {post.token(Role.COMMANDER)}"
    return stranger


def start(client: TestClient, scenario: str = STORY, **more: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/drills", json={"scenario": scenario, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def play(post: Post) -> int:
    """As the watch does; the alarm's number."""
    now = post.clock.now()
    signal = Signal(
        source="drill:1:bell-01", device_id="bell-01", kind=AlarmKind.HOLD_UP, priority=1, is_latching=True,
        raised_at=now, received_at=now, drill_id=1,
    )  # fmt: skip
    with post.store.transaction() as tx:
        change = raise_alarm(tx, signal)
        note_call(tx, change, now)
        drills.note_played(tx, 1, 1)
    return change.alarm_id


def shown(post: Post, alarm_id: int) -> None:
    row = {"alarm_id": alarm_id, "version": 1, "screen_id": "desk", "kind": "shown", "user_name": "a"}
    with post.store.transaction() as tx:
        tx.execute(insert(core(ReceiptRow)).values(**row, at=post.clock.now()))


def test_it_begins_with_what_the_file_presses(post: Post, commander: TestClient) -> None:
    told = start(commander)
    assert (told["title"], told["presses"], told["played"], told["left_out"]) == ("Cướp quỹ tín dụng", 1, 0, 1)
    assert (told["started_by"], told["ending"], told["cases"]) == ("commander", None, [])


@pytest.mark.parametrize(
    ("scenario", "error"),
    [
        ("x = 1", "malformed"),
        (STORY.replace("bell-01", "bell-99"), "unknown_device"),
        ('[scenario]\nid = "a"\ntitle_vi = "b"\n', "no_press"),
    ],
)
def test_it_refuses_a_file_that_cannot_be_played(post: Post, commander: TestClient, scenario: str, error: str) -> None:
    answer = commander.post("/api/v1/drills", json={"scenario": scenario})
    assert (answer.status_code, answer.json()["error"]) == (409, error)


def test_it_marks_its_alarm_and_its_incident(post: Post, commander: TestClient) -> None:
    start(commander)
    play(post)
    (alarm,) = commander.get("/api/v1/alarms").json()["items"]
    (incident,) = commander.get("/api/v1/incidents").json()["items"]
    assert (alarm["drill_id"], incident["drill_id"], incident["code"][:3]) == (1, 1, "DT-")
    assert [each["drill_id"] for each in commander.get("/api/v1/snapshot").json()["alarms"]] == [1]


@pytest.mark.parametrize(
    "path", ["/devices/bell-01", "/incidents", "/incidents/1", "/patrol", "/patrol/1", "/drills", "/drills/1"]
)
def test_it_says_so_on_every_page(post: Post, commander: TestClient, path: str) -> None:
    start(commander)
    play(post)
    main = commander.get(path).text.partition("<main")[2]
    assert "DIỄN TẬP" in main
    assert "shape-dt" in main


def test_what_is_real_says_nothing_of_a_drill(post: Post, commander: TestClient) -> None:
    post.call()
    for path in ("/incidents", "/incidents/1", "/patrol/1"):
        assert "DIỄN TẬP" not in commander.get(path).text.partition("<main")[2]


def test_its_sheet_holds_what_was_done_against_the_goals(post: Post, commander: TestClient) -> None:
    start(commander)
    alarm_id = play(post)
    post.clock.forward(1)
    shown(post, alarm_id)
    post.clock.forward(39)
    post.act(alarm_id, 1, "officer", Given.ACKNOWLEDGE)
    told = commander.get("/api/v1/drills/1").json()
    (case,) = told["cases"]
    marks = {mark["goal"]: (mark["limit_s"], mark["took_s"], mark["is_met"]) for mark in case["marks"]}
    assert marks == {
        "shown": (2, 1, True),
        "acknowledged": (30, 40, False),
        "dispatched": (50, None, False),
        "disposition": (None, None, False),
    }
    assert (told["met"], told["of"], case["place"]) == (1, 4, "Quỹ tín dụng")
    page = commander.get("/drills/1").text
    assert "1 / 4" in page
    assert "18:00 14/03/2026" in page


def test_its_sheet_counts_what_was_real_meanwhile(post: Post, commander: TestClient) -> None:
    start(commander)
    play(post)
    post.clock.forward(5)
    post.press("bell-01")
    assert commander.get("/api/v1/drills/1").json()["real_calls"] == 1


def test_it_makes_no_flood(post: Post, commander: TestClient) -> None:
    start(commander)
    play(post)
    assert commander.get("/api/v1/flood").json()["alarms"] == 0


def test_any_officer_ends_it(post: Post, officer: TestClient) -> None:
    post.add_device("bell-01")
    officer.headers["Authorization"] = f"Bearer {post.token(Role.ADMINISTRATOR)}"
    start(officer)
    officer.headers["Authorization"] = f"Bearer {post.token(Role.COMMANDER)}"
    told = officer.post("/api/v1/drills/1/end").json()
    assert (told["ending"], told["ended_by"]) == ("ended", "commander")
    assert officer.post("/api/v1/drills/1/end").json() == told


def test_officers_of_an_area_end_what_is_drilled_inside_it(post: Post, commander: TestClient) -> None:
    post.add_device("bell-02", group_id="DV-02")
    start(commander, STORY.replace("bell-01", "bell-02"))
    inside = {"Authorization": f"Bearer {post.token(Role.DUTY_OFFICER, scope='DV-02')}"}
    outside = {"Authorization": f"Bearer {post.token(Role.ADMINISTRATOR, scope='DV-01')}"}
    assert [len(commander.get("/api/v1/drills", headers=each).json()["items"]) for each in (inside, outside)] == [1, 0]
    for path in ("/drills/1", "/api/v1/drills/1"):
        assert [commander.get(path, headers=each).status_code for each in (inside, outside)] == [200, 404]
    assert 'id="start"' not in commander.get("/drills", headers=inside).text
    assert commander.post("/api/v1/drills/1/end", headers=outside).status_code == 404
    assert commander.post("/api/v1/drills/1/end", headers=inside).json()["ended_by"] == "duty_officer"


def test_it_shows_an_incident_that_its_end_closed(post: Post, commander: TestClient) -> None:
    start(commander)
    play(post)
    with post.store.transaction() as tx:
        closed = {"stage": "CLOSED", "closed_at": post.clock.now() + timedelta(seconds=1), "closed_by": "monitor"}
        tx.execute(update(drills.INCIDENT).values(**closed))
    assert "Diễn tập kết thúc" in commander.get("/incidents/1").text
    assert commander.get("/incidents").status_code == 200


def test_there_is_none_but_those_there_are(post: Post, commander: TestClient) -> None:
    assert commander.get("/api/v1/drills/9").status_code == 404
