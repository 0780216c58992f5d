"""The calendar of bell tests over HTTP, with the 21 buttons of the demo commune."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update
from starlette.testclient import TestClient

from monitor.inventory.device_index import index_missing
from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.journal.accounts import Role
from monitor.journal.device_states import STATE
from monitor.pipeline.trial_log import TRIAL
from tests.monitor.inventory.commune import load_commune
from tests.monitor.web.post import Post

CALENDAR, SESSIONS = "/api/v1/bell-tests", "/api/v1/bell-tests/sessions"
AGREED = {"device_ids": ["BELL-DV-001", "BELL-DV-002"], "code_word": "Hoa sen", "minutes": 10}


@pytest.fixture
def commune(post: Post) -> Post:
    """Every button was tested within the month, but two: four days too late one, three the other."""
    load_commune(post.store)
    now = post.clock.now()
    days = {f"BELL-DV-{number:03}": number for number in range(1, 22)} | {"BELL-DV-014": 34, "BELL-DV-020": 33.5}
    with post.store.transaction() as tx:
        tx.execute(update(core(Device)).values(registered_at=now - timedelta(days=400)))
        for device_id, ago in days.items():
            tested_at = now - timedelta(days=ago)
            state = {"device_id": device_id, "state": "ONLINE", "since_at": tested_at, "last_test_at": tested_at}
            tx.execute(insert(STATE).values(**state))
            test = {"device_id": device_id, "result": "passed", "is_over": True, "presses": 1, "version": 0}
            tx.execute(insert(TRIAL).values(**test, at=tested_at, shown_s=0.4, sounded_s=3.0))
        index_missing(tx)
    return post


def calendar(client: TestClient, **query: Any) -> dict[str, Any]:
    answer = client.get(CALENDAR, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def open_session(client: TestClient, **more: Any) -> dict[str, Any]:
    answer = client.post(SESSIONS, json=AGREED | more)
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_it_lists_every_button_the_overdue_ones_first(commune: Post, officer: TestClient) -> None:
    told = calendar(officer)
    summary = told["summary"]
    assert (summary["buttons"], summary["overdue"], summary["tested"] + summary["due_soon"]) == (21, 2, 19)
    late = [(each["device_id"], each["days_overdue"], each["status"]) for each in told["items"][:3]]
    assert late == [("BELL-DV-014", 4, "overdue"), ("BELL-DV-020", 3, "overdue"), ("BELL-DV-021", 0, "tested")]
    assert told["items"][0]["tests"][0]["sounded_s"] == 3.0


def test_it_counts_overdue_ones_as_the_device_list_does(commune: Post, officer: TestClient) -> None:
    found = officer.get("/api/v1/inventory", params={"test": "overdue"}).json()
    assert [each["id"] for each in found["items"]] == ["BELL-DV-014", "BELL-DV-020"]


def test_it_gives_a_page_at_a_time(commune: Post, officer: TestClient) -> None:
    first = calendar(officer, limit=20)
    rest = calendar(officer, limit=20, cursor=first["next"])
    ids = [each["device_id"] for each in [*first["items"], *rest["items"]]]
    assert (len(ids), len(set(ids)), rest["next"]) == (21, 21, None)


def test_it_gives_only_what_is_asked_for(commune: Post, officer: TestClient) -> None:
    told = calendar(officer, status="overdue")
    assert (len(told["items"]), told["summary"]["buttons"]) == (2, 21)


def test_it_puts_buttons_on_test(commune: Post, officer: TestClient) -> None:
    session = open_session(officer)
    assert (session["code_word"], session["opened_by"], session["ended_at"]) == ("Hoa sen", "duty_officer", None)
    assert [(each["device_id"], each["result"]) for each in session["trials"]] == [
        ("BELL-DV-001", "waiting"),
        ("BELL-DV-002", "waiting"),
    ]
    running = {each["device_id"]: each["session_id"] for each in calendar(officer)["items"] if each["session_id"]}
    assert running == {"BELL-DV-001": session["id"], "BELL-DV-002": session["id"]}


@pytest.mark.parametrize("given", [{"minutes": 31}, {"minutes": 0}, {"code_word": " "}, {"device_ids": []}])
def test_it_opens_no_session_without_word_or_end(commune: Post, officer: TestClient, given: dict[str, Any]) -> None:
    assert officer.post(SESSIONS, json=AGREED | given).status_code == 422


def test_it_says_why_a_button_cannot_be_tested(commune: Post, officer: TestClient) -> None:
    open_session(officer)
    assert officer.post(SESSIONS, json=AGREED).json()["error"] == "on_test"
    commune.press("BELL-DV-003")
    assert officer.post(SESSIONS, json=AGREED | {"device_ids": ["BELL-DV-003"]}).json()["error"] == "ringing"
    assert officer.post(SESSIONS, json=AGREED | {"device_ids": ["CAM-DV-0001"]}).status_code == 409


def test_an_officer_ends_it_and_says_what_failed(commune: Post, officer: TestClient) -> None:
    path = f"{SESSIONS}/{open_session(officer)['id']}"
    failed = officer.post(f"{path}/failed", json={"device_id": "BELL-DV-001", "reason": "Còi không kêu"}).json()
    assert (failed["trials"][0]["result"], failed["trials"][0]["note"]) == ("failed", "Còi không kêu")
    ended = officer.post(f"{path}/end").json()
    assert (ended["ending"], ended["code_word"]) == ("ended", None)
    assert [each["result"] for each in ended["trials"]] == ["failed", "unpressed"]
    assert officer.post(f"{path}/end").json()["error"] == "over"
    assert calendar(officer)["summary"]["month"]["failed"] == 1


def test_only_officers_test_and_know_the_word(commune: Post, officer: TestClient) -> None:
    session_id = open_session(officer)["id"]
    officer.headers["Authorization"] = f"Bearer {commune.token(Role.READER)}"
    assert officer.get(f"{SESSIONS}/{session_id}").json()["code_word"] is None
    assert officer.get(SESSIONS).json()["items"][0]["code_word"] is None
    for path in (SESSIONS, f"{SESSIONS}/{session_id}/end", f"{SESSIONS}/{session_id}/failed"):
        assert officer.post(path, json={}).status_code == 403, path
