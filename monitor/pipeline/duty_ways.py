"""From the ways of the settings to addresses, a role's numbers or a person's where the alarm is, and to rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.inventory.role_numbers import numbers_of
from monitor.journal.times import today
from monitor.journal.watches import first_numbers
from monitor.machines.escalation import Due, Way
from monitor.machines.roster import OF_PERSON


def resolved(tx: Connection, due: Due, alarm: Mapping[str, Any]) -> Iterator[Due]:
    """A role's numbers in place of ``@role``: one duty each, and the next way where there is none."""
    ways = [each for way in (due.way, *due.otherwise) for each in _addressed(tx, way, alarm)]
    if not ways:
        return
    if due.way.address.startswith("@"):
        mine = [way for way in ways if way.channel == due.way.channel]
        rest = tuple(way for way in ways if way.channel != due.way.channel)
        for way in mine:
            yield replace(due, way=way, otherwise=rest)
        if mine:
            return
    yield replace(due, way=ways[0], otherwise=tuple(ways[1:]))


def _addressed(tx: Connection, way: Way, alarm: Mapping[str, Any]) -> list[Way]:
    if not way.address.startswith("@"):
        return [way]
    if way.address.startswith(OF_PERSON):
        return [Way(way.channel, number) for number in first_numbers(tx, way.address.removeprefix(OF_PERSON))]
    day = today(datetime.fromisoformat(alarm["rung_at"]))
    numbers = numbers_of(tx, way.address[1:], (alarm["group_id"], alarm["area_id"]), day)
    return [Way(way.channel, number) for number in numbers]


def row_of(due: Due, alarm: Mapping[str, Any], code: str, now: datetime) -> dict[str, Any]:
    """The duty as it is written; what it says, and what stops it, is added by whoever decided it."""
    return {
        "alarm_id": alarm["id"],
        "code": code,
        "kind": alarm["kind"],
        "priority": alarm["priority"],
        "role": due.step.role,
        "recipient": due.recipient,
        "channel": due.way.channel,
        "address": due.way.address,
        "otherwise": [(way.channel, way.address) for way in due.otherwise],
        "decided_at": now,
        "due_at": due.due_at,
        "next_at": due.due_at,
    }
