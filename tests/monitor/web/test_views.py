from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from tests.monitor.web.post import Post


def save(client: TestClient, name: str = "Quá hạn thử", **more: Any) -> dict[str, Any]:
    given = {"name": name, "question": "test=overdue", **more}
    saved: dict[str, Any] = client.post("/api/v1/views", json=given).raise_for_status().json()
    return saved


def names(client: TestClient) -> list[str]:
    return [view["name"] for view in client.get("/api/v1/views").json()["items"]]


def become(client: TestClient, post: Post, role: Role) -> TestClient:
    client.headers["Authorization"] = f"Bearer {post.token(role)}"
    return client


def test_it_keeps_a_question_under_a_name(officer: TestClient) -> None:
    save(officer)
    assert save(officer, question="kind=bell")["question"] == "kind=bell"
    assert names(officer) == ["Quá hạn thử"]


def test_it_keeps_a_hundred_views_of_a_user_and_says_so(officer: TestClient) -> None:
    for number in range(100):
        save(officer, f"Cách xem {number}")
    refused = officer.post("/api/v1/views", json={"name": "Một cách nữa", "question": ""})
    assert (refused.status_code, refused.json()["error"]) == (409, "too_many_views")
    assert save(officer, "Cách xem 7", question="kind=bell")["question"] == "kind=bell"


def test_it_shows_others_only_what_is_shared(post: Post, officer: TestClient) -> None:
    save(officer, "Của riêng")
    save(officer, "Của chung", is_shared=True)
    assert names(become(officer, post, Role.READER)) == ["Của chung"]


def test_it_is_forgotten_by_its_owner_only(post: Post, officer: TestClient) -> None:
    view_id = save(officer, is_shared=True)["id"]
    duty_officer = officer.headers["Authorization"]
    assert become(officer, post, Role.READER).delete(f"/api/v1/views/{view_id}").status_code == 404
    officer.headers["Authorization"] = duty_officer
    assert officer.delete(f"/api/v1/views/{view_id}").status_code == 204
    assert names(officer) == []
