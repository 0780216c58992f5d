from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from monitor.inventory.area_tables import Area, DevicePast
from monitor.inventory.areas import area_row
from monitor.inventory.edits import Edit, core, put_all
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.people_tables import Custodian
from monitor.inventory.place_tables import Establishment, Site
from monitor.journal.accounts import Role
from monitor.web.api import create_app
from tests.monitor.web.post import Post

CAMERA = {"class": "camera", "name": "Cổng chợ", "group_id": "DV-01"}
EVERYTHING = CAMERA | {
    "adapter": "native",
    "place": "Chợ Đinh Văn",
    "latitude": 11.772,
    "longitude": 108.22,
    "serial": "DH-4K-220917",
    "maker": "Hãng minh họa",
    "firmware": "2.800",
    "bearing_deg": 225.0,
    "power_feeder": "LT-2",
    "network_provider": "viettel",
    "funding": "community",
    "owner_kind": "group_board",
    "custodian_id": "BDH-01",
    "retention_days": 30,
    "qcvn135": "conforms",
    "has_own_password": True,
    "consent": "given",
    "is_notice_posted": True,
    "lifecycle": "PLANNED",
    "installed_on": "2026-03-01",
    "watch_method": "mqtt-agent",
}


@pytest.fixture(autouse=True)
def commune(post: Post) -> None:
    by = Edit("test", post.clock.now(), "test")
    with post.store.transaction() as tx:
        names = {"DV-01": "Tổ dân phố Gia Thạnh", "DV-02": "Tổ dân phố Minh Họa 1"}
        groups = [area_row(each, "residential_group", name, parent_id="24871") for each, name in names.items()]
        put_all(tx, Area, groups, by)
        board = {"id": "BDH-01", "name": "Ban điều hành", "kind": "group_board", "group_id": "DV-01"}
        put_all(tx, Custodian, [board], by)


def rows(post: Post, model: Any) -> list[dict[str, Any]]:
    with post.store.read() as connection:
        return [dict(row) for row in connection.execute(select(core(model))).mappings()]


def add(client: TestClient, **more: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/devices", json={**CAMERA, **more})
    assert answer.status_code in {200, 201}, answer.text
    device = dict(answer.json())
    device.pop("secret")  # told only here
    return device


def change(client: TestClient, device: dict[str, Any], **more: Any) -> Any:
    return client.patch(f"/api/v1/devices/{device['id']}", json={"version": device["version"], **more})


def test_it_registers_nothing_in_the_name_of_another(operator: TestClient) -> None:
    answer = operator.post("/api/v1/devices", json=CAMERA, headers={"Chuong-User": "somebody-else"})
    assert (answer.status_code, answer.json()["error"]) == (409, "other_user")
    assert operator.get("/api/v1/devices").json()["items"] == []


def test_it_keeps_all_that_is_said_of_a_device(operator: TestClient) -> None:
    device = add(operator, **EVERYTHING)
    assert EVERYTHING.items() <= device.items()
    assert operator.get(f"/api/v1/devices/{device['id']}").json() == device


def test_it_gives_the_next_number_of_the_group(operator: TestClient) -> None:
    add(operator, id="CAM-DV-0118")
    assert add(operator)["id"] == "CAM-DV-0119"
    assert add(operator, group_id="DV-02")["id"] == "CAM-DV-0120"
    assert add(operator, **{"class": "bell"})["id"] == "BELL-0001"
    assert add(operator, is_high_mast=True)["id"] == "HM-0001"


def test_it_names_the_group_by_its_id(operator: TestClient) -> None:
    assert add(operator)["group_name"] == "Tổ dân phố Gia Thạnh"


def test_it_makes_a_site_and_counts_the_eyes_there(post: Post, operator: TestClient) -> None:
    first = add(operator, location_kind="market", place="Chợ Đinh Văn")
    second = add(operator, site_id=first["site_id"])
    (site,) = rows(post, Site)
    assert (site["name"], site["location_kind"], site["group_id"]) == ("Chợ Đinh Văn", "market", "DV-01")
    assert (first["eye_no"], second["eye_no"]) == (1, 2)


def test_it_makes_an_establishment_for_a_bell(post: Post, operator: TestClient) -> None:
    bell = {"class": "bell", "establishment_kind": "credit_fund", "place": "Quỹ tín dụng"}
    assert add(operator, **bell)["button_no"] == 1
    assert [(row["name"], row["kind"]) for row in rows(post, Establishment)] == [("Quỹ tín dụng", "credit_fund")]


@pytest.mark.parametrize("unknown", [{"custodian_id": "nobody"}, {"site_id": "nowhere"}, {"parent_id": "none"}])
def test_it_refuses_what_names_something_that_is_not_there(operator: TestClient, unknown: dict[str, str]) -> None:
    assert operator.post("/api/v1/devices", json={**CAMERA, **unknown}).status_code == 409


def test_it_answers_the_same_request_with_the_same_device(post: Post, operator: TestClient) -> None:
    request = {**CAMERA, "request_id": str(uuid.uuid4())}
    first = operator.post("/api/v1/devices", json=request)
    with TestClient(create_app(post, post.feed), headers=operator.headers) as after_restart:
        again = after_restart.post("/api/v1/devices", json=request)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert len(operator.get("/api/v1/devices").json()["items"]) == 1


def test_it_refuses_a_request_id_that_asked_for_something_else(operator: TestClient) -> None:
    request_id = str(uuid.uuid4())
    add(operator, request_id=request_id)
    answer = operator.post("/api/v1/devices", json={**CAMERA, "request_id": request_id, "name": "Cổng sau"})
    assert (answer.status_code, answer.json()["error"]) == (409, "refused")


def test_it_does_not_tell_another_what_a_request_made(post: Post, operator: TestClient) -> None:
    request_id = str(uuid.uuid4())
    add(operator, request_id=request_id)
    operator.headers["Authorization"] = f"Bearer {post.token(Role.ADMINISTRATOR)}"
    assert operator.post("/api/v1/devices", json={**CAMERA, "request_id": request_id}).status_code == 409


def test_it_changes_only_what_is_given(operator: TestClient) -> None:
    device = add(operator, **EVERYTHING)
    changed = change(operator, device, name="Cổng sau", retention_days=7).json()
    assert (changed["name"], changed["retention_days"], changed["serial"]) == ("Cổng sau", 7, device["serial"])
    assert changed["version"] != device["version"]


def test_it_finds_a_changed_device_by_its_new_words(operator: TestClient) -> None:
    change(operator, add(operator), place="Quỹ tín dụng")
    assert len(operator.get("/api/v1/devices?q=quy tin dung").json()["items"]) == 1


def test_it_shows_the_newer_device_to_who_saw_an_old_one(operator: TestClient) -> None:
    device = add(operator)
    change(operator, device, name="Cổng sau")
    answer = change(operator, device, name="Cổng bên")
    assert (answer.status_code, answer.json()["error"]) == (409, "version_conflict")
    assert answer.json()["name"] == "Cổng sau"


def test_it_does_nothing_where_nothing_is_new(post: Post, operator: TestClient) -> None:
    device, edits = add(operator), len(rows(post, EditRow))
    assert change(operator, device, name=device["name"]).json() == device
    assert len(rows(post, EditRow)) == edits


def test_it_writes_down_what_was_there_before(post: Post, operator: TestClient) -> None:
    change(operator, add(operator), name="Cổng sau")
    last = rows(post, EditRow)[-1]
    assert (last["actor"], last["source"], last["change"]) == ("operator", "form", "changed")
    assert "Cổng chợ" in last["before"]


def test_it_leads_a_device_through_its_life(operator: TestClient) -> None:
    device = add(operator, lifecycle="PLANNED")
    for step in ("ACTIVE", "MAINTENANCE", "ACTIVE", "RETIRED"):
        answer = change(operator, device, lifecycle=step)
        assert answer.status_code == 200, answer.text
        device = answer.json()
    assert (device["installed_on"], device["retired_on"]) == ("2026-03-14", "2026-03-14")
    assert change(operator, device, lifecycle="ACTIVE").status_code == 409


def test_it_leaves_alone_what_a_neighbour_has_retired(post: Post, operator: TestClient) -> None:
    theirs = add(operator, group_id="DV-02", address="mac-1")
    retired = change(operator, theirs, lifecycle="RETIRED").json()
    neighbour = {"Authorization": f"Bearer {post.token(Role.ADMINISTRATOR, 'DV-01')}"}
    refused = operator.post("/api/v1/devices", json={**CAMERA, "address": "mac-1"}, headers=neighbour)
    assert (refused.status_code, refused.json()["message"]) == (409, "the native address 'mac-1' is taken")
    assert operator.get(f"/api/v1/devices/{theirs['id']}").json() == retired


def test_it_gives_the_address_of_a_retired_device_to_its_successor(operator: TestClient) -> None:
    old = add(operator, address="quay-1")
    assert operator.post("/api/v1/devices", json={**CAMERA, "address": "quay-1"}).status_code == 409
    change(operator, old, lifecycle="RETIRED")
    assert add(operator, address="quay-1")["address"] == "quay-1"


def test_it_keeps_where_a_device_stood_before(post: Post, operator: TestClient) -> None:
    moved = change(operator, add(operator), group_id="DV-02").json()
    assert (moved["group_id"], moved["group_name"]) == ("DV-02", "Tổ dân phố Minh Họa 1")
    (past,) = rows(post, DevicePast)
    assert (past["group_id"], past["valid_to"]) == ("DV-01", date(2026, 3, 13))
    assert change(operator, moved, group_id="DV-01").json()["group_id"] == "DV-01"


def test_it_lets_no_reader_register_or_change(post: Post, operator: TestClient) -> None:
    device = add(operator)
    operator.headers["Authorization"] = f"Bearer {post.token(Role.READER)}"
    assert operator.post("/api/v1/devices", json=CAMERA).status_code == 403
    assert change(operator, device, name="Cổng sau").status_code == 403


def test_it_makes_a_place_of_its_own_where_the_id_is_anothers(post: Post, operator: TestClient) -> None:
    with post.store.transaction() as tx:
        other = {"id": "SITE-CAM-X", "name": "Chợ khác", "location_kind": "market", "group_id": "DV-02"}
        put_all(tx, Site, [other], Edit("test", post.clock.now(), "test"))
    operator.post("/api/v1/devices", json=CAMERA | {"id": "CAM-X", "location_kind": "school"})
    assert {row["id"]: row["group_id"] for row in rows(post, Site)} == {"SITE-CAM-X": "DV-02", "SITE-CAM-X-2": "DV-01"}


def test_it_counts_on_beside_longer_ids(post: Post, operator: TestClient) -> None:
    operator.post("/api/v1/devices", json=CAMERA | {"id": "CAM-DV-0118", "group_id": "DV-02"})
    first = CAMERA | {"group_id": None, "name": "Một"}
    given = [operator.post("/api/v1/devices", json=first).json()["id"] for _ in range(3)]
    assert given == ["CAM-0001", "CAM-0002", "CAM-0003"]
