from __future__ import annotations

import base64
import unicodedata
from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.web.ports import DeviceLife
from tests.monitor.web.commune import load_commune
from tests.monitor.web.post import Post

BELL = {"id": "quy-td-01", "class": "bell", "name": "Nút quầy 1", "adapter": "zigbee2mqtt", "address": "0x00158d0001"}


def ids(answer: Any) -> list[str]:
    return [device["id"] for device in answer.json()["items"]]


def test_it_registers_a_device(operator: TestClient) -> None:
    answer = operator.post("/api/v1/devices", json={**BELL, "place": "Quỹ tín dụng", "is_silent_at_site": True})
    assert answer.status_code == 201
    device = operator.get("/api/v1/devices/quy-td-01").json()
    assert {**device, "secret": None} == answer.json()
    assert {**BELL, "place": "Quỹ tín dụng", "state": "UNKNOWN"}.items() <= device.items()


def test_it_keeps_words_in_the_form_that_gateways_speak(operator: TestClient) -> None:
    typed = {name: unicodedata.normalize("NFD", "Nút quầy Hẻm") for name in ("name", "address", "place")}
    device = operator.post("/api/v1/devices", json={**BELL, **typed}).json()
    assert [device[name] for name in typed] == [unicodedata.normalize("NFC", "Nút quầy Hẻm")] * 3


def test_it_refuses_an_id_that_is_taken(operator: TestClient) -> None:
    operator.post("/api/v1/devices", json=BELL)
    answer = operator.post("/api/v1/devices", json={**BELL, "address": "0x00158d0002"})
    assert (answer.status_code, answer.json()["error"]) == (409, "refused")


def test_it_refuses_an_address_that_is_taken(operator: TestClient) -> None:
    operator.post("/api/v1/devices", json=BELL)
    assert operator.post("/api/v1/devices", json={**BELL, "id": "another"}).status_code == 409


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "a b"}, "id: must match"),
        ({"id": "a/b"}, "id: must match"),
        ({"class": "toaster"}, "class: input should be 'camera'"),
        ({"adapter": "carrier-pigeon"}, "adapter: must be one of: "),
        ({"name": " "}, "name: string should have at least 1 character"),
        ({"latitude": 11.5}, "latitude and longitude belong together"),
        ({"latitude": 91, "longitude": 0}, "latitude: input should be less than or equal to 90"),
        ({"supervision_interval_s": 0.5}, "supervision_interval_s: input should be greater than or equal to 1"),
        ({"supervision_hours": "7-18"}, "supervision_hours: hours like 07:00-18:00"),
        ({"id": ".."}, "id: must hold more than dots"),
        ({"name": "Nút\u202e 1"}, "name: must not hold characters that nobody sees"),
        ({"place": "Quỹ\u200b"}, "place: must not hold characters that nobody sees"),
        ({"address": "0x\u00001"}, "address: must not hold characters that nobody sees"),
        ({"colour": "red"}, "colour: is not a field of this request"),
    ],
)
def test_it_says_which_field_is_wrong(operator: TestClient, wrong: dict[str, Any], said: str) -> None:
    answer = operator.post("/api/v1/devices", json={**BELL, **wrong})
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")
    assert said in answer.json()["message"]


def test_it_says_which_field_is_missing(operator: TestClient) -> None:
    answer = operator.post("/api/v1/devices", json={key: BELL[key] for key in BELL if key != "address"})
    assert "address is needed" in answer.json()["message"]
    answer = operator.post("/api/v1/devices", json={key: BELL[key] for key in BELL if key != "name"})
    assert answer.json()["fields"] == [{"field": "name", "message": "is needed"}]


def test_it_finds_devices_without_marks(post: Post, officer: TestClient) -> None:
    post.add_device("cam-01", place="Đường Hùng Vương")
    post.add_device("cam-02", place="Chợ Đinh Văn")
    assert ids(officer.get("/api/v1/devices?q=duong hung")) == ["cam-01"]
    assert ids(officer.get("/api/v1/devices?q=CHỢ")) == ["cam-02"]


def test_it_takes_wildcards_of_a_question_literally(post: Post, officer: TestClient) -> None:
    post.add_device("cam-01")
    assert ids(officer.get("/api/v1/devices", params={"q": "%"})) == []


def test_it_filters_by_class_area_and_state(post: Post, officer: TestClient) -> None:
    post.add_device("bell-01", group_id="to-1")
    post.add_device("cam-01", device_class="camera", group_id="to-1")
    post.add_device("cam-02", device_class="camera", group_id="to-2")
    assert ids(officer.get("/api/v1/devices?class=camera&area=to-1")) == ["cam-01"]
    assert ids(officer.get("/api/v1/devices?state=ONLINE")) == []
    assert len(ids(officer.get("/api/v1/devices?state=UNKNOWN"))) == 3


def test_it_pages_through_every_device_once(post: Post, officer: TestClient) -> None:
    for number in range(5):
        post.add_device(f"cam-0{number}")
    first = officer.get("/api/v1/devices?limit=3")
    second = officer.get("/api/v1/devices", params={"limit": 3, "cursor": first.json()["next"]})
    assert ids(first) + ids(second) == [f"cam-0{number}" for number in range(5)]
    assert second.json()["next"] is None


def test_it_pages_through_what_was_looked_for_in_the_order_of_the_list(post: Post, officer: TestClient) -> None:
    for device_id, name in (
        ("cam-1", "Trương Định"),
        ("cam-2", "Chợ cũ"),
        ("cam-3", "Trường Định"),
        ("cam-4", "Trường"),
    ):
        post.add_device(device_id, name=name)
    asked = {"q": "trường", "limit": 2}
    first = officer.get("/api/v1/devices", params=asked)
    second = officer.get("/api/v1/devices", params=asked | {"cursor": first.json()["next"]})
    assert ids(first) + ids(second) == ["cam-4", "cam-3", "cam-1"] == ids(officer.get("/api/v1/inventory?q=trường"))


def test_it_finds_the_same_by_an_old_name_of_an_area_as_the_list(post: Post, officer: TestClient) -> None:
    load_commune(post)
    asked = {"q": "thi tran dinh van", "limit": 500}
    found = ids(officer.get("/api/v1/devices", params=asked))
    assert len(found) == 118
    assert found == ids(officer.get("/api/v1/inventory", params=asked))


def test_it_lists_what_is_retired_too_and_eyes_on_masts_as_cameras(post: Post, officer: TestClient) -> None:
    post.add_device("cam-1", device_class="camera", lifecycle="RETIRED")
    post.add_device("cam-2", device_class="camera", is_high_mast=True)
    assert ids(officer.get("/api/v1/devices?class=camera")) == ["cam-1", "cam-2"]


@pytest.mark.parametrize("cursor", ["!", "Y2FtLTE", "WyJhIiwiYiIsImMiXQ", "WyJhIiwiXHUwMDAwIl0"])
def test_it_refuses_a_place_that_is_none_in_this_order(officer: TestClient, cursor: str) -> None:
    answer = officer.get("/api/v1/devices", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "cursor")


@pytest.mark.parametrize("cursor", ["!", "###", "4pyT\x00", "/w"])
def test_it_refuses_a_cursor_it_never_gave(officer: TestClient, cursor: str) -> None:
    answer = officer.get("/api/v1/alarms", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "cursor")


def test_it_shows_the_life_in_memory_before_the_stored_one(post: Post, officer: TestClient) -> None:
    post.add_device("bell-01")
    post.lives["bell-01"] = DeviceLife("ONLINE", post.clock.now(), post.clock.now(), 87.5)
    device = officer.get("/api/v1/devices/bell-01").json()
    assert (device["state"], device["battery_pct"]) == ("ONLINE", 87.5)
    assert device["last_seen_at"] == "2026-03-14T11:00:00.000Z"


def test_it_answers_404_for_a_device_that_is_not(officer: TestClient) -> None:
    assert officer.get("/api/v1/devices/nobody").status_code == 404


def test_it_explains_what_was_not_understood(post: Post, operator: TestClient) -> None:
    post.quarantine(b"\xff\x00", "not JSON")
    message = operator.get("/api/v1/quarantine").json()["items"][0]
    assert (base64.b64decode(message["payload_b64"]), message["reason"]) == (b"\xff\x00", "not JSON")


def test_it_hangs_eyes_on_their_recorder(operator: TestClient) -> None:
    recorder = {"id": "REC-1", "class": "recorder", "name": "Đầu ghi nhà văn hóa", "address": "REC-1"}
    assert operator.post("/api/v1/devices", json=recorder).json()["secret"] is None
    eye = operator.post("/api/v1/devices", json={"class": "camera", "name": "Mắt 1", "parent_id": "REC-1"})
    assert (eye.status_code, eye.json()["parent_id"]) == (201, "REC-1")
