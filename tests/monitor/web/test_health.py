from __future__ import annotations

from starlette.testclient import TestClient

from tests.monitor.web.post import Post


def test_it_is_alive(stranger: TestClient) -> None:
    assert stranger.get("/healthz").json() == {"status": "ok"}


def test_it_is_ready_to_take_an_alarm(stranger: TestClient) -> None:
    answer = stranger.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "broker": "connected", "store": "ok", "reasons": []}


def test_it_says_why_it_cannot_take_an_alarm(post: Post, stranger: TestClient) -> None:
    post.is_ready = False
    answer = stranger.get("/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["broker: not connected"])


def test_it_exports_what_the_store_holds(post: Post, officer: TestClient) -> None:
    post.add_device("cam-01", device_class="camera")
    post.press()
    lines = officer.get("/metrics").text.splitlines()
    assert 'chuong_open_alarms{priority="1"} 1.0' in lines
    assert 'chuong_open_alarms{priority="2"} 0.0' in lines
    assert 'chuong_devices{device_class="camera",state="UNKNOWN"} 1.0' in lines


def test_it_exports_no_names(post: Post, officer: TestClient) -> None:
    post.add_device("bell-01", name="Nút quầy 1", address="0x00158d0001")
    text = officer.get("/metrics").text
    assert "bell-01" not in text
    assert "0x00158d" not in text
