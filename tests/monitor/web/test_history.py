"""``/api/v1/availability``, ``/api/v1/strips``, ``/api/v1/devices/{id}/history``."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from monitor.journal.blind_rows import BLIND
from monitor.journal.hour_counts import add_counts, hour_of
from monitor.journal.span_rows import SPAN
from monitor.journal.times import iso, unix_ms
from tests.monitor.web.post import Post

HOUR_MS = 3_600_000


@pytest.fixture
def dark_since_an_hour(post: Post, officer: TestClient) -> Post:
    """A bell that worked for three hours, then was dark for one, of which the monitor heard nothing for a half."""
    post.add_device("BELL-1")
    now_ms = unix_ms(post.clock.now())
    story = (("ONLINE", now_ms - 4 * HOUR_MS, now_ms - HOUR_MS), ("OFFLINE", now_ms - HOUR_MS, None))
    rows = [
        {"device_id": "BELL-1", "state": state, "began_ms": began, "ended_ms": ended, "is_planned": False, "changes": 1}
        for state, began, ended in story
    ]
    with post.store.transaction() as tx:
        tx.execute(insert(SPAN), rows)
        tx.execute(insert(BLIND).values(began_ms=now_ms - HOUR_MS // 2, ended_ms=now_ms, reason="unlinked"))
        add_counts(tx, hour_of(post.clock.now()), [("BELL-1", 180)])
    return post


def test_it_tells_how_much_of_the_time_devices_worked(dark_since_an_hour: Post, officer: TestClient) -> None:
    told = officer.get("/api/v1/availability").json()
    assert told["whole"]["share"] == pytest.approx(3 / 3.5)
    assert told["blind_s"] == 1800
    assert told["lines"]["vi"][-1].startswith("Không tính: 30 phút trung tâm")


def test_it_tells_of_one_class_only(dark_since_an_hour: Post, officer: TestClient) -> None:
    told = officer.get("/api/v1/availability", params={"class": "camera"}).json()
    assert (told["whole"]["devices"], told["whole"]["share"]) == (0, None)


def test_it_draws_a_letter_a_cell(dark_since_an_hour: Post, officer: TestClient) -> None:
    told = officer.get("/api/v1/strips", params={"id": ["BELL-1", "BELL-404"]}).json()
    assert (told["ids"], told["cell_s"]) == (["BELL-1"], 900)
    assert told["strips"][0].endswith("n" * 80 + "w" * 12 + "ddbb")


def test_it_tells_the_whole_story_of_one_device(dark_since_an_hour: Post, officer: TestClient) -> None:
    told = officer.get("/api/v1/devices/BELL-1/history").json()
    now = dark_since_an_hour.clock.now()
    assert [(span["state"], span["ended_at"]) for span in told["spans"]] == [
        ("ONLINE", iso(now - timedelta(hours=1))),
        ("OFFLINE", None),
    ]
    assert told["blind"] == [{"began_at": iso(now - timedelta(minutes=30)), "ended_at": iso(now)}]
    assert [sum(each["hours"]) for each in told["heard"]] == [180]


def test_it_knows_no_history_of_a_device_that_is_not_there(officer: TestClient) -> None:
    assert officer.get("/api/v1/devices/BELL-404/history").status_code == 404


def test_it_refuses_a_period_that_ends_before_it_begins(officer: TestClient) -> None:
    answer = officer.get("/api/v1/availability", params={"from": "2026-03-02", "to": "2026-03-01"})
    assert (answer.status_code, answer.json()["error"]) == (409, "refused")
