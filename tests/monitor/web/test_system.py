from __future__ import annotations

from starlette.testclient import TestClient

from tests.monitor.web.post import Post

DESK = {"kind": "desk", "is_visible": True, "sound": "on"}


def test_it_shows_the_screens_with_their_receipts(post: Post, officer: TestClient) -> None:
    assert officer.post("/api/v1/screens/desk-1", json=DESK).json() == {"is_tone_asked": False}
    alarm = post.press()
    receipt = {"screen_id": "desk-1", "version": alarm["version"], "kind": "shown"}
    officer.post(f"/api/v1/alarms/{alarm['id']}/receipts", json=receipt).raise_for_status()
    [screen] = officer.get("/api/v1/system").json()["screens"]
    assert (screen["id"], screen["is_open"], screen["sound"]) == ("desk-1", True, "on")
    assert screen["shown_at"]
    assert screen["sounded_at"] is None


def test_it_asks_a_screen_for_its_tone(post: Post, officer: TestClient) -> None:
    assert officer.post("/api/v1/screens/desk-1/tone").status_code == 404
    officer.post("/api/v1/screens/desk-1", json=DESK)
    assert officer.post("/api/v1/screens/desk-1/tone").status_code == 204
    assert officer.post("/api/v1/screens/desk-1", json=DESK).json() == {"is_tone_asked": True}


def test_it_tells_what_the_monitor_has_of_itself(officer: TestClient) -> None:
    told = officer.get("/api/v1/system").raise_for_status().json()
    assert told["store"]["kind"] == "sqlite"
    assert told["store"]["size_mib"] > 0
    assert told["disk"]["free_mib"] > 0
    assert told["duties"] == {"waiting": 0, "sending": 0, "by_hand": 0, "dead": 0}
