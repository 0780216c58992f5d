from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.inventory.area_tables import Area, AreaSuccession
from monitor.inventory.areas import area_row
from monitor.inventory.edits import Edit, put_all
from monitor.inventory.people_tables import Custodian
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.positions import Position, distance_m
from monitor.journal.accounts import Role
from tests.monitor.web.post import Post

LAT, LON = 11.772, 108.22
METRE = 1 / 111_195  # degrees of latitude
GIA_THANH, MINH_HOA = "Tổ dân phố Gia Thạnh", "Tổ dân phố Minh Họa 1"


def ask(client: TestClient, path: str, **params: Any) -> Any:
    answer = client.get(f"/api/v1/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def put_in(post: Post, model: Any, *rows: dict[str, Any]) -> None:
    with post.store.transaction() as tx:
        put_all(tx, model, rows, Edit("test", post.clock.now(), "test"))


@pytest.fixture(autouse=True)
def commune(post: Post) -> None:
    put_in(
        post,
        Area,
        area_row("24871", "commune", "Xã Đinh Văn Lâm Hà"),
        area_row("DV-01", "residential_group", GIA_THANH, parent_id="24871", latitude=LAT, longitude=LON),
        area_row("DV-02", "residential_group", MINH_HOA, parent_id="24871", latitude=LAT, longitude=LON + 0.01),
    )


def camera(post: Post, device_id: str, north_m: float = 0, **more: Any) -> None:
    where = {"latitude": LAT + north_m * METRE, "longitude": LON, "group_id": "DV-01"}
    post.add_device(device_id, **{"device_class": "camera", **where, **more})


@pytest.mark.parametrize(("there", "metres"), [((LAT + 0.01, LON), 1111.9), ((LAT, LON + 0.01), 1088.5)])
def test_it_measures_along_the_ground(there: tuple[float, float], metres: float) -> None:
    assert distance_m(Position(LAT, LON), Position(*there)) == pytest.approx(metres, abs=0.1)


def test_it_proposes_the_group_of_the_nearest_device(post: Post, operator: TestClient) -> None:
    camera(post, "CAM-1", 30)
    places = ask(operator, "places", lat=LAT + 50 * METRE, lon=LON, accuracy_m=6)
    first = places["groups"][0]
    assert (first["id"], first["name"], first["basis"], first["is_sure"]) == ("DV-01", GIA_THANH, "device", True)
    assert first["distance_m"] == pytest.approx(20, abs=0.1)
    assert places["is_outside"] is False


def test_it_is_not_sure_between_two_groups(post: Post, operator: TestClient) -> None:
    camera(post, "CAM-1", 10)
    camera(post, "CAM-2", 40, group_id="DV-02")
    places = ask(operator, "places", lat=LAT + 20 * METRE, lon=LON, accuracy_m=20)
    assert [(group["id"], group["is_sure"]) for group in places["groups"]] == [("DV-01", False), ("DV-02", False)]


def test_it_falls_back_to_the_centre_of_a_group(operator: TestClient) -> None:
    first = ask(operator, "places", lat=LAT, lon=LON + 0.009)["groups"][0]
    assert (first["id"], first["basis"]) == ("DV-02", "centre")


def test_it_asks_where_nothing_is_near(operator: TestClient) -> None:
    far = ask(operator, "places", lat=LAT + 1, lon=LON)
    assert (far["is_outside"], far["groups"]) == (True, [])


def test_it_asks_where_somebody_elses_group_is_nearer(post: Post, operator: TestClient) -> None:
    camera(post, "CAM-1")
    board = {"Authorization": f"Bearer {post.token(Role.GROUP_BOARD, scope='DV-02')}"}
    places = operator.get(f"/api/v1/places?lat={LAT}&lon={LON}", headers=board).json()
    assert (places["is_outside"], [group["id"] for group in places["groups"]]) == (True, ["DV-02"])


def test_it_names_poles_and_establishments_at_hand(post: Post, operator: TestClient) -> None:
    here = {"group_id": "DV-01", "latitude": LAT, "longitude": LON}
    put_in(post, Site, {"id": "S-1", "name": "Chợ", "location_kind": "market", **here})
    put_in(post, Establishment, {"id": "NH-1", "name": "Ngân hàng", "kind": "bank", **here})
    places = ask(operator, "places", lat=LAT, lon=LON)
    assert [site["id"] for site in places["sites"]] == ["S-1"]
    assert [each["kind"] for each in places["establishments"]] == ["bank"]


def near(client: TestClient, **asked: Any) -> list[tuple[str, str | None]]:
    found = ask(client, "devices/near", **{"class": "camera", **asked})
    return [(device["id"], device["serial_match"]) for device in found["items"]]


def test_it_finds_what_stands_within_fifteen_metres(post: Post, operator: TestClient) -> None:
    camera(post, "CAM-7", 7)
    camera(post, "CAM-16", 16)
    camera(post, "BELL-1", device_class="bell")
    camera(post, "OLD-1", lifecycle="RETIRED")
    assert near(operator, lat=LAT, lon=LON) == [("CAM-7", None)]


@pytest.mark.parametrize(
    ("serial", "match"),
    [("DH-220917", "same"), ("dh-220917", "same"), ("DH-220918", "adjacent"), ("DH-220916", "adjacent")],
)
def test_it_finds_a_serial_number_and_the_one_beside_it(
    post: Post, operator: TestClient, serial: str, match: str
) -> None:
    camera(post, "CAM-1", serial="DH-220917")
    assert near(operator, serial=serial) == [("CAM-1", match)]


@pytest.mark.parametrize("serial", ["DH-220919", "DX-220917", "220917", "DH"])
def test_it_leaves_other_serial_numbers_alone(post: Post, operator: TestClient, serial: str) -> None:
    camera(post, "CAM-1", serial="DH-220917")
    assert near(operator, serial=serial) == []


def test_it_looks_for_duplicates_through_an_index(post: Post) -> None:
    with post.store.read() as connection:
        query = "EXPLAIN QUERY PLAN SELECT id FROM device WHERE latitude BETWEEN 1 AND 2 AND longitude BETWEEN 1 AND 2"
        assert "ix_device_latitude_longitude" in str(connection.exec_driver_sql(query).all())


def test_it_leads_from_an_old_name_to_what_it_became(post: Post, operator: TestClient) -> None:
    ended = date(2025, 6, 30)
    put_in(post, Area, area_row("24871@2019", "commune", "Thị trấn Đinh Văn", valid_to=ended))
    put_in(
        post,
        AreaSuccession,
        {"old_id": "24871@2019", "new_id": "24871", "kind": "merge", "effective_on": date(2025, 7, 1)},
    )
    (found,) = ask(operator, "areas", q="tt dinh van")["items"]
    assert (found["name"], found["became"][0]["name"]) == ("Thị trấn Đinh Văn", "Xã Đinh Văn Lâm Hà")


def test_it_finds_areas_only_in_ones_own_territory(post: Post, operator: TestClient) -> None:
    assert len(ask(operator, "areas", q="to dan pho")["items"]) == 2
    operator.headers["Authorization"] = f"Bearer {post.token(Role.GROUP_BOARD, scope='DV-02')}"
    assert [area["id"] for area in ask(operator, "areas", q="to dan pho")["items"]] == ["DV-02"]


def test_it_finds_who_keeps_devices_without_marks(post: Post, operator: TestClient) -> None:
    board = {"kind": "group_board", "name": f"Ban điều hành {GIA_THANH}"}
    put_in(post, Custodian, {"id": "BDH-01", "group_id": "DV-01", **board})
    put_in(post, Custodian, {"id": "BDH-00", "group_id": "DV-01", **board, "valid_to": date(2025, 2, 28)})
    found = ask(operator, "custodians", q="dieu hanh gia thanh")["items"]
    assert [custodian["id"] for custodian in found] == ["BDH-01"]
