from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from monitor.web.footage import footage_of

OPENED = datetime(2026, 3, 14, 11, 52, tzinfo=UTC)


def an_eye(name: str, *, seen: str | None, days: int | None = 7) -> dict[str, Any]:
    return {"id": name, "name": name, "keeper": None, "is_working": False, "last_seen_at": seen, "retention_days": days}


def asked(days_later: int, *eyes: dict[str, Any]) -> dict[str, Any]:
    around = {"nearest": [*eyes], "working": eyes[0]}
    incident = {"opened_at": OPENED.isoformat(), "eyes": around}
    return footage_of(incident, OPENED.replace(day=OPENED.day + days_later))


def test_it_lists_eyes_that_saw_something_first() -> None:
    told = asked(0, an_eye("near", seen=None), an_eye("far", seen="2026-03-14T11:40:00Z"))
    assert [each["id"] for each in told["footage"]] == ["far", "near"]


def test_it_says_how_many_days_are_left() -> None:
    told = asked(5, an_eye("a", seen=None), an_eye("b", seen=None, days=3), an_eye("c", seen=None, days=None))
    assert [each["days"] for each in told["footage"]] == [2, 0, None]


def test_it_proposes_the_time_around_the_press_as_the_post_has_it() -> None:
    told = asked(0, an_eye("a", seen=None))
    assert (told["footage_from"], told["footage_to"]) == ("18:37", "19:22")
