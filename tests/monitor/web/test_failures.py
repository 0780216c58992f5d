from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from monitor.errors import StoreUnavailable
from monitor.inventory.territory import Territory
from monitor.journal.accounts import Role
from monitor.web.api import create_app
from monitor.web.headers import CONTENT_SECURITY_POLICY
from tests.monitor.web.post import Post


def test_it_answers_what_does_not_exist_in_the_one_shape(officer: TestClient) -> None:
    answer = officer.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.json() == {"error": "not_found", "message": "there is nothing at this address"}


def test_it_answers_a_wrong_method_in_the_one_shape(officer: TestClient) -> None:
    answer = officer.delete("/api/v1/alarms")
    assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"


def test_it_shows_a_page_where_a_person_looks(officer: TestClient) -> None:
    answer = officer.get("/nothing", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_it_says_what_is_wrong_with_a_question(officer: TestClient) -> None:
    answer = officer.get("/api/v1/alarms?state=ASLEEP&limit=0&since=2026-03-14T11:00:00")
    fields = {problem["field"]: problem["message"] for problem in answer.json()["fields"]}
    assert answer.status_code == 422
    assert fields["limit"] == "input should be greater than or equal to 1"
    assert fields["since"] == "needs a time zone, as in 2026-11-22T07:31:22Z"
    assert fields["state.0"].startswith("input should be 'NORMAL'")


def test_it_says_that_a_body_is_not_json(operator: TestClient) -> None:
    answer = operator.post("/api/v1/devices", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert "is not valid JSON" in answer.json()["message"]


def test_it_takes_no_number_larger_than_the_store(officer: TestClient) -> None:
    assert officer.get(f"/api/v1/alarms/{2**63}").status_code == 422


class FullPost(Post):
    async def acknowledge(self, alarm_id: int, version: int, user: str, within: Territory) -> dict[str, object]:
        raise StoreUnavailable("database or disk is full")


class BrokenPost(Post):
    async def acknowledge(self, alarm_id: int, version: int, user: str, within: Territory) -> dict[str, object]:
        raise ZeroDivisionError


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_it_refuses_a_day_that_nothing_can_be_counted_from(post: Post, day: str) -> None:
    post.add_device()
    post.call()
    headers = {"Authorization": f"Bearer {post.token(Role.COMMANDER)}"}
    asked = (
        "roster?from=",
        "layers?as_of=",
        "tips/report?from=",
        "tips/report?to=",
        "coverage?as_of=",
        "availability?from=",
    )
    with TestClient(create_app(post, post.feed), raise_server_exceptions=False, headers=headers) as client:
        assert {path: client.get(f"/api/v1/{path}{day}").status_code for path in asked} == dict.fromkeys(asked, 422)
        merged = client.post("/api/v1/incidents/1/merge", json={"version": 1, "into": 2**70})
        assert merged.status_code == 422


def acknowledge(post: Post) -> tuple[int, dict[str, str], str]:
    """Status, headers and error code of an acknowledgement."""
    headers = {"Authorization": f"Bearer {post.token(Role.DUTY_OFFICER)}"}
    with TestClient(create_app(post, post.feed), raise_server_exceptions=False) as client:
        answer = client.post("/api/v1/alarms/1/acknowledge", json={"version": 1}, headers=headers)
    post.store.close()
    return answer.status_code, dict(answer.headers), answer.json()["error"]


def test_it_says_when_to_try_a_full_store_again(tmp_path: Path) -> None:
    status, headers, error = acknowledge(FullPost(tmp_path))
    assert (status, headers["retry-after"], error) == (503, "1", "store_unavailable")


def test_it_tells_nothing_of_what_broke(tmp_path: Path) -> None:
    status, headers, error = acknowledge(BrokenPost(tmp_path))
    assert (status, error) == (500, "internal")
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
