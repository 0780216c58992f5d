"""What waits for an officer, in one list."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from device_adapters.core.events import AlarmKind
from tests.monitor.web.post import Post


def kinds(client: TestClient) -> dict[str, Any]:
    return {each["kind"]: each for each in client.get("/api/v1/needs").json()["items"]}


def test_it_says_that_nobody_has_the_desk(officer: TestClient) -> None:
    assert list(kinds(officer)) == ["shift_free"]


def test_it_counts_what_rings_and_puts_it_first(post: Post, officer: TestClient) -> None:
    alarm = post.press("BELL-1", AlarmKind.HOLD_UP)
    told = officer.get("/api/v1/needs").json()["items"]
    assert (told[0]["kind"], told[0]["n"], told[0]["address"]) == ("alarms", 1, "/")
    assert told[0]["since_at"] == alarm["rung_at"]


def test_it_says_that_help_should_be_there_by_now(post: Post, officer: TestClient) -> None:
    post.call("BELL-1")
    assert "late" not in kinds(officer)
    post.clock.forward(301)
    assert kinds(officer)["late"]["n"] == 1


def test_it_asks_nothing_of_who_only_reads(reader: TestClient) -> None:
    assert kinds(reader) == {}
