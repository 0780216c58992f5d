"""The few devices that make most of the work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal.falls import most_falls
from tests.monitor.conftest import Post


def fall(post: Post, device_id: str, times: int) -> None:
    for _ in range(times):
        post.receive(f"anninh/v1/bell/{device_id}/heartbeat", {"v": 1})
        post.receive(f"anninh/v1/bell/{device_id}/status", {"v": 1, "state": "offline"})
        post.wait(8)


def fallers(post: Post, *, hours: float = 1, within: Territory = EVERYWHERE) -> list[tuple[str, int]]:
    with post.store.read() as connection:
        since = post.clock.now() - timedelta(hours=hours)
        items: list[dict[str, Any]] = most_falls(connection, since, within, limit=10)
    return [(item["id"], item["falls"]) for item in items]


@pytest.fixture
def unsteady(post: Post) -> Post:
    for device_id, times in (("bell-1", 2), ("bell-2", 3), ("bell-3", 1)):
        post.register(device_id, group_id=f"G-{device_id}")
        fall(post, device_id, times)
    return post


def test_it_lists_what_fell_more_than_once_most_often_first(unsteady: Post) -> None:
    assert fallers(unsteady) == [("bell-2", 3), ("bell-1", 2)]


def test_it_counts_only_what_fell_of_late(unsteady: Post) -> None:
    unsteady.clock.forward(7200)
    assert fallers(unsteady) == []


def test_it_lists_only_what_lies_inside(unsteady: Post) -> None:
    assert fallers(unsteady, within=Territory("G-bell-1", frozenset({"G-bell-1"}))) == [("bell-1", 2)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_looks_at_falls_alone(unsteady: Post) -> None:
    """Five years of journal are not read for a week."""
    told: list[str] = []
    with unsteady.store.read() as connection:
        query = "EXPLAIN QUERY PLAN SELECT * FROM transition WHERE to_state = 'OFFLINE' AND at >= '2026-01-01'"
        told = [row[3] for row in connection.exec_driver_sql(query)]
    assert any("ix_transition_fall_at" in step for step in told)
