from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from tests.monitor.web.post import Post

NEW = {"name": "ca-dem", "role": "duty_officer", "password": "long enough"}


@pytest.fixture
def administrator(post: Post, stranger: TestClient) -> TestClient:
    stranger.headers["Authorization"] = f"Bearer {post.token(Role.ADMINISTRATOR)}"
    return stranger


def test_it_adds_an_account_and_writes_it_down(administrator: TestClient) -> None:
    assert administrator.post("/api/v1/users", json=NEW).status_code == 204
    assert administrator.post("/api/v1/users", json=NEW).status_code == 409
    known = {each["name"]: each for each in administrator.get("/api/v1/users").json()["items"]}
    assert (known["ca-dem"]["role"], known["ca-dem"]["sessions"]) == ("duty_officer", 0)
    line = administrator.get("/api/v1/audit", params={"entity": "user_account"}).json()["items"][0]
    assert (line["change"], line["entity_id"], line["after"]["role"]) == ("added", "ca-dem", "duty_officer")
    assert "long enough" not in str(line)


def test_it_lets_the_last_administrator_stay(administrator: TestClient) -> None:
    name = next(
        each["name"]
        for each in administrator.get("/api/v1/users").json()["items"]
        if each["role"] == Role.ADMINISTRATOR
    )
    assert administrator.post(f"/api/v1/users/{name}/close").status_code == 409
    assert administrator.post(f"/api/v1/users/{name}/role", json={"role": "reader"}).status_code == 409


def test_it_shuts_an_account_out(post: Post, administrator: TestClient) -> None:
    administrator.post("/api/v1/users", json=NEW)
    assert administrator.post("/api/v1/users/ca-dem/password", json={"password": "another one"}).status_code == 204
    assert administrator.post("/api/v1/users/ca-dem/revoke").status_code == 204
    assert administrator.post("/api/v1/users/ca-dem/close").status_code == 204
    assert administrator.post("/api/v1/users/ca-dem/close").status_code == 404


def test_it_works_the_chain_of_the_journal_out_anew(administrator: TestClient) -> None:
    administrator.post("/api/v1/users", json=NEW)
    told = administrator.get("/api/v1/audit/chain").json()
    assert told["broken_at"] is None
    assert told["rows"] > 0
