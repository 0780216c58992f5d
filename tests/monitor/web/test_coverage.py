"""``GET /api/v1/coverage``."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from monitor.web.ports import DeviceLife
from tests.monitor.inventory.commune import NEW_COMMUNE, OLD_COMMUNE, load_commune
from tests.monitor.web.post import Post

PATH = "/api/v1/coverage"


@pytest.fixture
def commune(post: Post) -> Post:
    load_commune(post.store)
    return post


def test_it_prints_21_of_21(commune: Post, reader: TestClient) -> None:
    answer = reader.get(PATH, params={"area": OLD_COMMUNE, "as_of": "2023-12-31"}).json()
    assert (answer["base"], answer["registered"], answer["effective"]) == (21, 21, None)
    assert answer["eyes"] == {"registered": 118, "working": None}
    assert "Độ phủ: 21/21 tổ dân phố (100%)" in answer["lines"]["vi"]


def test_it_answers_for_today_unless_asked_otherwise(commune: Post, reader: TestClient) -> None:
    answer = reader.get(PATH, params={"area": NEW_COMMUNE}).json()
    assert (answer["as_of"], answer["level"], len(answer["units"])) == ("2026-03-14", "residential_group", 21)


def test_it_takes_the_states_in_memory_before_the_stored_ones(commune: Post, reader: TestClient) -> None:
    now = commune.clock.now()
    commune.lives["CAM-DV-0001"] = DeviceLife("ONLINE", now, now, None)
    answer = reader.get(PATH, params={"area": NEW_COMMUNE}).json()
    assert (answer["effective"], answer["units"][0]["eyes"]) == (1, {"registered": 9, "working": 1})


def test_it_gives_declared_figures_with_their_source(commune: Post, reader: TestClient) -> None:
    answer = reader.get(PATH, params={"area": "676@2004", "as_of": "2023-12-31", "level": "commune"}).json()
    figures = {each["indicator"]: (each["value"], each["counted"], each["difference"]) for each in answer["declared"]}
    assert figures == {"camera.eyes": (436, 118, -318), "camera.high_mast_eyes": (8, 8, 0)}


def test_it_covers_everything_where_no_area_is_named(commune: Post, reader: TestClient) -> None:
    answer = reader.get(PATH, params={"level": "commune", "as_of": "2023-12-31"}).json()
    assert (answer["area"], answer["high_mast"]["registered"]) == (None, 8)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"area": "mars"}, 404),
        ({"area": OLD_COMMUNE}, 409),
        ({"area": "a b"}, 422),
        ({"level": "village"}, 422),
        ({"as_of": "31/12/2023"}, 422),
    ],
)
def test_it_says_what_is_wrong_with_a_question(commune: Post, reader: TestClient, asked: dict, status: int) -> None:  # type: ignore[type-arg]
    assert reader.get(PATH, params=asked).status_code == status


def test_it_is_closed_to_strangers(stranger: TestClient) -> None:
    assert stranger.get(PATH).status_code == 401


def test_it_answers_before_anything_is_described(reader: TestClient) -> None:
    answer = reader.get(PATH).json()
    assert (answer["base"], answer["lines"]["vi"][0]) == (0, "Độ phủ: 0/0 thôn, tổ dân phố")
