from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from monitor.journal.accounts import Role
from tests.monitor.web.post import Post

PHOTO = "/api/v1/devices/cam-01/photo"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def a_jpeg(*, width: int = 640, height: int = 480, position: bytes = b"Exif\0\0 11.772 108.22") -> bytes:
    frame = segment(0xC0, b"\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\x34"
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0") + segment(0xE1, position) + frame + scan + b"\xff\xd9"


@pytest.fixture(autouse=True)
def camera(post: Post) -> None:
    post.add_device("cam-01", device_class="camera", group_id="DV-01")


def test_it_keeps_a_picture_without_where_it_was_taken(operator: TestClient) -> None:
    assert operator.put(PHOTO, content=a_jpeg()).status_code == 204
    answer = operator.get(PHOTO)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == 'inline; filename="cam-01.jpg"'
    assert b"11.772" not in answer.content
    assert answer.content.startswith(b"\xff\xd8")


def test_it_replaces_the_picture_before(post: Post, operator: TestClient) -> None:
    operator.put(PHOTO, content=a_jpeg())
    operator.put(PHOTO, content=a_jpeg(width=320))
    operator.put(PHOTO, content=a_jpeg(width=320) + b"<script>")
    with post.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM photo_content").scalar_one() == 1
    assert b"script" not in operator.get(PHOTO).content


@pytest.mark.parametrize(
    "wrong",
    [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n", a_jpeg()[:-20], a_jpeg(width=9000), a_jpeg() + bytes(300_000)],
)
def test_it_refuses_what_is_no_picture_of_a_sane_size(operator: TestClient, wrong: bytes) -> None:
    assert operator.put(PHOTO, content=wrong).status_code == 409
    assert operator.get(PHOTO).status_code == 404


def test_it_stops_what_is_far_too_large(operator: TestClient) -> None:
    assert operator.put(PHOTO, content=bytes(400_000)).status_code == 413


def test_it_shows_a_picture_only_within_ones_territory(post: Post, operator: TestClient) -> None:
    operator.put(PHOTO, content=a_jpeg())
    operator.headers["Authorization"] = f"Bearer {post.token(Role.GROUP_BOARD, scope='DV-02')}"
    assert operator.get(PHOTO).status_code == 404


def test_it_takes_no_picture_from_a_reader(reader: TestClient) -> None:
    assert reader.put(PHOTO, content=a_jpeg()).status_code == 403
