"""Whoever was told of an alarm is told of its end: those and no others, by the way that reached them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.journal import duties
from monitor.journal.told_rows import END, told_of, what_came
from monitor.machines.alarm import AlarmState, Given
from monitor.notify.end_wording import end_facts, end_text
from monitor.pipeline.alarm_log import AlarmChange

_AS_BEFORE = ("alarm_id", "code", "kind", "priority", "role", "recipient", "channel", "address", "otherwise")


def tell_of_ends(
    tx: Connection, changes: Sequence[AlarmChange], alarms: Mapping[int, Mapping[str, Any]], now: datetime
) -> None:
    """An alarm that is over by itself or by an officer's word; one that was let go and then acknowledged is over with
    its incident, for people are still on their way.
    """
    quiet = [alarm_id for alarm_id, alarm in alarms.items() if alarm["state"] == AlarmState.NORMAL]
    told = told_of(tx, quiet) if quiet else []
    if not told:
        return
    came = what_came(tx, {duty["alarm_id"] for duty in told})
    declared = {change.alarm_id for change in changes if change.reason != Given.ACKNOWLEDGE}
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for duty in told:
        alarm_id = duty["alarm_id"]
        incident = came.get(alarm_id)
        if incident is None or incident.is_over or alarm_id in declared:
            # Two presses of one incident are one message for whoever was told of both.
            whom = (duty["code"], duty["channel"], duty["address"])
            rows.setdefault(whom, _row(duty, alarms[alarm_id], incident.disposition if incident else None, now))
    duties.add_duties(tx, list(rows.values()))


def _row(duty: Mapping[str, Any], alarm: Mapping[str, Any], disposition: str | None, now: datetime) -> dict[str, Any]:
    # Never before the message it takes back.
    due_at = max(now, duty["next_at"]) if duty["state"] == duties.WAITING else now
    return {
        **{name: duty[name] for name in _AS_BEFORE},
        "about": END,
        "text": end_text(alarm, duty["code"], disposition, now),
        "facts": end_facts(alarm, disposition, now),
        "is_stopped_by_ack": False,
        "decided_at": now,
        "due_at": due_at,
        "next_at": due_at,
    }
