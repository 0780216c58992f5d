"""The ground below the devices: the post's own roads, water and borders."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from monitor.settings import Settings
from monitor.web.api import create_app
from tests.monitor.web.post import Post

ROADS = '{"type": "FeatureCollection", "features": []}'


def served(post: Post, map_file: Path) -> TestClient:
    post.settings = Settings(map_file=str(map_file))
    officer = TestClient(create_app(post, post.feed))
    officer.headers["Authorization"] = f"Bearer {post.token(Role.DUTY_OFFICER)}"
    return officer


def test_it_serves_the_map_the_settings_name(post: Post, tmp_path: Path) -> None:
    (tmp_path / "roads.geojson").write_text(ROADS)
    officer = served(post, tmp_path / "roads.geojson")
    assert officer.get("/api/v1/map").json()["has_base"]
    assert officer.get("/api/v1/map/base").text == ROADS


def test_it_draws_devices_without_one_and_says_what_is_missing(post: Post, tmp_path: Path) -> None:
    officer = served(post, tmp_path / "roads.geojson")
    assert not officer.get("/api/v1/map").json()["has_base"]
    answer = officer.get("/api/v1/map/base")
    assert answer.status_code == 404
    assert answer.json()["message"] == "there is no roads.geojson to read, of at most 8 MiB"
