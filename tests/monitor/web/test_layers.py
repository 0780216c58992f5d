"""Plans of rings over HTTP: tried, taken in, warned, ordered, answered, cancelled; and their page."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.inventory import seeding
from monitor.inventory.areas import read_tree
from monitor.journal.accounts import Role
from tests.monitor.inventory.commune import load, load_areas, table
from tests.monitor.web.post import Post

PLAN, BEFORE = "3LOP-ANKHE-2024", "2025-06-30"
LAYERS = "/api/v1/layers"


@pytest.fixture
def town(post: Post) -> Post:
    load_areas(post.store)
    return post


def counts(answer: dict[str, Any]) -> list[int]:
    (plan,) = answer["plans"]
    return [sum(unit["layer"] == layer for unit in plan["units"]) for layer in (3, 2, 1)]


def taken(client: TestClient, *, is_dry_run: bool) -> Any:
    body = {"content": table("three_layer_an_khe.csv").decode(), "is_dry_run": is_dry_run}
    return client.post(f"{LAYERS}/plans", json=body)


def test_it_tries_a_plan_before_it_takes_it_in(town: Post, operator: TestClient) -> None:
    """R0.1: 7 units of layer 1, 8 of layer 2, 3 of layer 3, of several owners."""
    tried = taken(operator, is_dry_run=True)
    assert (tried.status_code, counts(tried.json())) == (200, [3, 8, 7]), tried.text
    assert operator.get(LAYERS).json()["plans"] == []
    assert counts(taken(operator, is_dry_run=False).json()) == [3, 8, 7]
    assert counts(operator.get(LAYERS, params={"as_of": BEFORE}).json()) == [3, 8, 7]
    wrong = operator.post(f"{LAYERS}/plans", json={"content": "ward_code,name\n1,x\n"})
    assert wrong.status_code == 409


def test_it_lists_what_must_be_layered_anew(town: Post, reader: TestClient) -> None:
    """R0.5, as the day of the new units shows it."""
    load(town.store, seeding.load_layers, "three_layer_an_khe.csv")
    (plan,) = reader.get(LAYERS, params={"as_of": "2025-07-01"}).json()["plans"]
    assert "P. An Bình: lớp 1 và lớp 2 – cần phân lớp lại" in plan["restructured"]["vi"]
    page = reader.get("/layers", params={"as_of": "2025-07-01"}).text
    assert "P. An Bình: lớp 1 và lớp 2 – cần phân lớp lại" in page


@pytest.fixture
def pilot(town: Post) -> Post:
    """In the spring before the restructuring."""
    load(town.store, seeding.load_layers, "three_layer_an_khe.csv")
    town.clock.forward(-720 * 86_400)
    return town


def test_it_orders_answers_and_cancels(pilot: Post, officer: TestClient) -> None:
    with pilot.store.read() as connection:
        day = pilot.clock.now().date()
        units = {area.name: area.id for area in read_tree(connection) if area.is_valid(day)}
    pilot.add_device("bell-01", area_id=units["Phường Tây Sơn"])
    pilot.call("bell-01")
    at = "/api/v1/incidents/1"
    refused = officer.post(f"{at}/layers/order", json={"layer": 3})
    assert (refused.status_code, refused.json()["error"]) == (409, "not_verified")
    alarm = officer.get(at).json()["alarms"][0]
    officer.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": alarm["version"]})
    version = officer.get(at).json()["version"]
    officer.post(f"{at}/verification", json={"version": version, "level": 4})
    (warning,) = officer.post(f"{at}/layers/order", json={"layer": 3}).json()["items"]
    post_id = next(each["id"] for each in warning["rings"][0]["posts"] if each["name"] == "Phường An Phú")
    own = {"Authorization": f"Bearer {pilot.token(Role.COMMANDER, units['Phường An Phú'])}"}
    (seen,) = officer.get(LAYERS, headers=own).json()["warnings"]
    assert [each["name"] for each in seen["rings"][0]["posts"]] == ["Phường An Phú"]
    assert officer.get(at, headers=own).status_code == 404
    assert officer.post(f"/api/v1/layer-posts/{post_id}/acknowledge", headers=own).status_code == 204
    assert officer.post(f"{at}/layers/cancel", headers=own).status_code == 404
    (over,) = officer.post(f"{at}/layers/cancel").json()["items"]
    assert over["cancelled_at"]
    assert over["rings"][0]["answered"] == 1
    assert officer.get("/incidents/1").status_code == 200
