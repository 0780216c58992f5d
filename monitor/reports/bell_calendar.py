"""The calendar of bell tests: who was tested when, who is next, who is overdue, and what the month came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from monitor.inventory.territory import Territory
from monitor.journal import bell_test_rows
from monitor.journal.times import begin_of, iso, today, unix_ms
from monitor.machines.bell_test import SOON, Result, days_overdue, due_at


class Status(StrEnum):
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    TESTED = "tested"
    UNSCHEDULED = "unscheduled"


@dataclass(frozen=True, slots=True)
class Button:
    """``due_at``: None where nobody agreed on an interval. ``days``: overdue by so many."""

    device_id: str
    interval_days: int | None
    last_test_at: datetime | None
    due_at: datetime | None
    days: int

    def status(self, now: datetime) -> Status:
        if self.due_at is None:
            return Status.UNSCHEDULED
        if self.days:
            return Status.OVERDUE
        return Status.DUE_SOON if self.due_at - now <= SOON else Status.TESTED

    @property
    def place(self) -> tuple[str, str]:
        """In the calendar: overdue ones first, then by when they are due; the same in every language."""
        due = f"{unix_ms(self.due_at):020}" if self.due_at else "9" * 20
        return ("0" if self.days else "1") + due, self.device_id


def buttons(connection: Connection, within: Territory, now: datetime) -> list[Button]:
    """Every button in use, in the order in which somebody should go there."""
    found = [_button(row, now) for row in bell_test_rows.buttons(connection, within)]
    return sorted(found, key=lambda each: each.place)


def summary(connection: Connection, known: Sequence[Button], within: Territory, now: datetime) -> dict[str, Any]:
    statuses = [each.status(now) for each in known]
    month = begin_of(today(now).replace(day=1))
    results = bell_test_rows.counts_since(connection, month, within)
    return {
        "buttons": len(known),
        **{status.value: statuses.count(status) for status in Status},
        "month": {each: results.get(each, 0) for each in (Result.PASSED, Result.FAILED, Result.UNPRESSED)},
    }


def lines(connection: Connection, chosen: Sequence[Button], now: datetime) -> list[dict[str, Any]]:
    """Each with its place, what its last tests came to, and whether it is on test now."""
    ids = [each.device_id for each in chosen]
    places, tests = bell_test_rows.places(connection, ids), bell_test_rows.newest_tests(connection, ids)
    running = bell_test_rows.on_test(connection, ids)
    return [
        {
            **{name: getattr(places[each.device_id], name) for name in _TOLD},
            "device_id": each.device_id,
            "status": each.status(now),
            "interval_days": each.interval_days,
            "last_test_at": iso(each.last_test_at),
            "due_at": iso(each.due_at),
            "days_overdue": each.days,
            "session_id": running.get(each.device_id),
            "tests": [trial_json(test) for test in tests.get(each.device_id, ())],
        }
        for each in chosen
    ]


_TOLD = ("name", "place", "position", "group_id", "group_name", "establishment_id")
_AS_THEY_ARE = ("result", "presses", "shown_s", "sounded_s", "judged_by", "note")


def trial_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """One button's test, as it is told everywhere."""
    return {"at": iso(row["at"]), **{name: row[name] for name in _AS_THEY_ARE}}


def _button(row: Any, now: datetime) -> Button:
    interval = row.test_interval_days
    if interval is None:
        return Button(row.id, None, row.last_test_at, None, 0)
    since = row.last_test_at or row.registered_at
    return Button(row.id, interval, row.last_test_at, due_at(since, interval), days_overdue(since, interval, now))
