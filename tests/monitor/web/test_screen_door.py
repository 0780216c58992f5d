"""A screen that nobody sits at comes in by a token, and may do nothing but show."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from tests.monitor.web.post import Post

OURS = {"Sec-Fetch-Site": "same-origin"}


def come_in(screen: TestClient, token: str) -> tuple[int, str]:
    answer = screen.post("/login/screen", headers=OURS | {"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json()["error"] if answer.content else ""


def test_it_lets_a_screen_in_by_the_token_of_who_only_reads(post: Post, stranger: TestClient) -> None:
    assert come_in(stranger, post.token(Role.READER)) == (204, "")
    assert stranger.get("/wall").status_code == 200
    assert stranger.post("/api/v1/alarms/1/acknowledge", json={"version": 1}, headers=OURS).status_code == 403


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.DUTY_OFFICER])
def test_it_opens_no_desk_by_a_token(post: Post, stranger: TestClient, role: Role) -> None:
    assert come_in(stranger, post.token(role)) == (409, "no_screen_token")
    assert stranger.get("/wall").status_code == 303


def test_it_lets_nobody_in_by_a_token_that_is_none(stranger: TestClient) -> None:
    assert come_in(stranger, "not a token") == (401, "unauthorized")
