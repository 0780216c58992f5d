"""What a restructuring left open is listed until a person decides it, and no earlier day is told anew."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.journal.accounts import Role, issue_token
from tests.monitor.inventory.commune import CUT
from tests.monitor.web.post import Post
from tests.monitor.web.restructured import restructure

QUESTIONS = "/api/v1/areas/questions"


@pytest.fixture
def split(post: Post, operator: TestClient) -> TestClient:
    """A commune and a group that were each split in two, and a commune made of two rings of a plan."""
    restructure(post.store)
    return operator


def asked(client: TestClient) -> dict[str, dict[str, Any]]:
    return {each["key"]: each for each in client.get(QUESTIONS).raise_for_status().json()["items"]}


def answer(client: TestClient, key: str, value: str) -> int:
    return int(client.post(QUESTIONS, json={"key": key, "value": value}).status_code)


def test_it_lists_an_area_between_two_heirs(split: TestClient) -> None:
    question = asked(split)[f"parent:{CUT}:MIDDLE"]
    assert [choice["name"] for choice in question["choices"]] == ["Xã Bắc", "Xã Nam"]


def test_it_puts_the_area_where_a_person_says(split: TestClient) -> None:
    assert answer(split, f"parent:{CUT}:MIDDLE", "SOUTH") == 204
    assert f"parent:{CUT}:MIDDLE" not in asked(split)
    now = split.get("/api/v1/areas/MIDDLE").json()
    then = split.get("/api/v1/areas/MIDDLE", params={"as_of": "2023-12-31"}).json()
    assert [now["path"][-1]["id"], then["path"][-1]["id"]] == ["SOUTH", "OLD"]


def test_it_asks_for_a_closed_group_only_while_devices_stand_in_it(split: TestClient, post: Post) -> None:
    key = f"devices:{CUT}:G-OLD"
    assert key not in asked(split)
    post.add_device("bell-01", group_id="G-OLD")
    assert asked(split)[key]["detail"] == "1"
    assert answer(split, key, "G-B") == 204
    assert split.get("/api/v1/devices/bell-01").json()["group_id"] == "G-B"
    assert key not in asked(split)


def test_it_asks_for_the_ring_of_a_unit_of_mixed_rings(split: TestClient) -> None:
    key = "layer:rings:SOUTH"
    assert [choice["value"] for choice in asked(split)[key]["choices"]] == ["1", "2"]
    assert answer(split, key, "1") == 204
    assert key not in asked(split)


@pytest.mark.parametrize("value", ["OLD", "nowhere"])
def test_it_takes_none_but_its_choices(split: TestClient, value: str) -> None:
    assert answer(split, f"parent:{CUT}:MIDDLE", value) == 404


def test_it_is_not_told_to_who_sees_half_of_it(split: TestClient, post: Post) -> None:
    """Who is bound to one of the heirs may neither see nor take what the other may be given."""
    post.add_user("neighbour", Role.OPERATOR, "NORTH")
    with post.store.transaction() as tx:
        token = issue_token(tx, "neighbour", post.clock.now())
    split.headers["Authorization"] = f"Bearer {token}"
    assert f"parent:{CUT}:MIDDLE" not in asked(split)
    assert answer(split, f"parent:{CUT}:MIDDLE", "NORTH") == 404


def test_it_shows_them_above_the_groups(split: TestClient) -> None:
    page = split.get("/groups").text
    assert "Thôn Giữa thuộc đơn vị nào từ 01/07/2025?" in page
    assert "Lớp 2" in page


def test_it_lets_only_registrars_decide(officer: TestClient, post: Post) -> None:
    assert answer(officer, "parent:2025-07-01:MIDDLE", "SOUTH") == 403
