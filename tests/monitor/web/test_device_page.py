"""The page of one device: what it tells to whom, and the way back from a step of its life."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.inventory.edits import Edit, put
from monitor.inventory.people_tables import Contact, Custodian
from monitor.web.device_page import EDITED
from monitor.web.device_schemas import DeviceChanges
from monitor.web.ports import DeviceLife
from tests.builders import a_bell, a_camera
from tests.monitor.web.post import Post

PAGE, DEVICE = "/devices/BELL-1", "/api/v1/devices/BELL-1"


@pytest.fixture
def bell(operator: TestClient) -> TestClient:
    """An operator's program, and a bell it has registered."""
    assert operator.post("/api/v1/devices", json=a_bell(serial="SN-77")).status_code == 201
    return operator


def step(client: TestClient, to: str) -> dict[str, Any]:
    seen = client.get(DEVICE).json()["version"]
    answer = client.patch(DEVICE, json={"version": seen, "lifecycle": to})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def undo(client: TestClient, version: str) -> Any:
    return client.post(f"{DEVICE}/lifecycle/undo", json={"version": version})


def test_it_shows_what_is_registered(bell: TestClient) -> None:
    page = bell.get(PAGE)
    assert page.status_code == 200
    assert "SN-77" in page.text
    assert "Chưa ghi:" in page.text


def test_it_shows_before_and_after_of_every_change(bell: TestClient) -> None:
    seen = bell.get(DEVICE).json()["version"]
    bell.patch(DEVICE, json={"version": seen, "serial": "SN-78", "funding": "household"})
    page = bell.get(PAGE).text
    assert "<del>SN-77</del> → <ins>SN-78</ins>" in page
    assert "<ins>Hộ gia đình</ins>" in page
    assert "operator · form" in page


def test_it_says_when_it_is_not_listened_for(bell: TestClient) -> None:
    """It is six in the evening by the clock of the tests."""
    seen = bell.get(DEVICE).json()["version"]
    answer = bell.patch(DEVICE, json={"version": seen, "supervision_hours": " t2-cn  07:00-17:30"})
    assert answer.json()["supervision_hours"] == "T2-CN 07:00-17:30"
    page = bell.get(PAGE).text
    assert "T2-CN 07:00-17:30" in page
    assert "giám sát lại từ 07:00 15/03" in page


def test_it_says_behind_whom_nothing_is_known_of_it(bell: TestClient, post: Post) -> None:
    gateway = {"id": "GW-1", "class": "gateway", "name": "Cổng Zigbee chợ"}
    assert bell.post("/api/v1/devices", json=gateway).status_code == 201
    seen = bell.get(DEVICE).json()["version"]
    assert bell.patch(DEVICE, json={"version": seen, "parent_id": "GW-1"}).status_code == 200
    now = post.clock.now()
    post.lives = {
        each: DeviceLife(state, now, now, None) for each, state in (("BELL-1", "UNKNOWN"), ("GW-1", "OFFLINE"))
    }
    assert "Không rõ vì Cổng Zigbee chợ mất liên lạc" in bell.get(PAGE).text
    post.lives["GW-1"] = DeviceLife("ONLINE", now, now, None)
    assert "mất liên lạc" not in bell.get(PAGE).text


def test_it_has_no_secret_on_it(bell: TestClient) -> None:
    secret = bell.post(f"{DEVICE}/credential").json()["secret"]
    assert secret not in bell.get(PAGE).text


def test_it_shows_its_alarms(bell: TestClient, post: Post) -> None:
    post.press("BELL-1")
    assert "Báo động cướp" in bell.get(PAGE).text


def test_it_masks_the_keepers_number(bell: TestClient, post: Post) -> None:
    by = Edit("operator", post.clock.now(), "form")
    with post.store.transaction() as tx:
        put(tx, Custodian, {"id": "board", "name": "Ban điều hành", "kind": "group_board"}, by)
        contact = {"id": "c-1", "holder": "custodian", "holder_id": "board", "kind": "phone", "value": "0901234567"}
        put(tx, Contact, {**contact, "rank": 1}, by)
    seen = bell.get(DEVICE).json()["version"]
    bell.patch(DEVICE, json={"version": seen, "custodian_id": "board"})
    page = bell.get(PAGE).text
    assert "09•• ••• 567" in page
    assert "0901234567" not in page


def test_it_offers_a_reader_nothing_to_do(reader: TestClient, post: Post) -> None:
    post.add_device("BELL-1")
    page = reader.get(PAGE).text
    for act in ('id="edit"', "data-step=", 'data-act="issue"', 'data-part="history"'):
        assert act not in page


def test_it_has_no_page_for_what_is_not_there(officer: TestClient) -> None:
    assert officer.get("/devices/nobody", headers={"Accept": "text/html"}).status_code == 404


def test_it_has_a_page_for_every_class(operator: TestClient) -> None:
    operator.post("/api/v1/devices", json=a_camera(latitude=11.77, longitude=108.22, bearing_deg=120))
    page = operator.get("/devices/CAM-1").text
    assert "120 °" in page
    assert "data-around" in page


def test_it_asks_only_for_what_can_be_changed() -> None:
    asked = {field for fields in EDITED.values() for field in fields}
    assert asked <= DeviceChanges.model_fields.keys()


@pytest.mark.parametrize("to", ["MAINTENANCE", "RETIRED"])
def test_it_undoes_a_step_of_its_life(bell: TestClient, to: str) -> None:
    after = step(bell, to)
    answer = undo(bell, after["version"])
    assert answer.status_code == 200, answer.text
    assert (answer.json()["lifecycle"], answer.json()["retired_on"]) == ("ACTIVE", None)


def test_it_undoes_the_newest_step_only(bell: TestClient) -> None:
    step(bell, "MAINTENANCE")
    after = step(bell, "RETIRED")
    assert undo(bell, after["version"]).json()["lifecycle"] == "MAINTENANCE"


def test_it_undoes_nothing_of_another_day(bell: TestClient, post: Post) -> None:
    after = step(bell, "RETIRED")
    post.clock.forward(86_400)
    assert undo(bell, after["version"]).status_code == 409
    assert bell.get(DEVICE).json()["lifecycle"] == "RETIRED"


def test_it_undoes_nothing_that_somebody_changed_since(bell: TestClient) -> None:
    after = step(bell, "MAINTENANCE")
    bell.patch(DEVICE, json={"version": after["version"], "note": "khác"})
    answer = undo(bell, after["version"])
    assert (answer.status_code, answer.json()["error"]) == (409, "version_conflict")


def test_it_lets_only_registrars_undo(officer: TestClient, post: Post) -> None:
    device = post.add_device("BELL-1")
    assert undo(officer, device["version"]).status_code == 403
