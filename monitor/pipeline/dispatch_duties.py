"""Forces were sent: the groups that must know are told at once, each of them once, and of a dispatch taken back too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.inventory.role_numbers import scopes_of
from monitor.journal import duties
from monitor.journal.dispatch_rows import stop_telling, told_already, told_in_vain
from monitor.journal.told_rows import DISPATCH, RECALL
from monitor.machines import escalation
from monitor.machines.escalation import Due
from monitor.machines.incident import Stage
from monitor.notify.dispatch_wording import dispatch_facts, dispatch_text, recall_facts, recall_text
from monitor.notify.plan import Plan
from monitor.pipeline.duty_ways import resolved, row_of
from monitor.pipeline.incident_log import IncidentChange

# An officer may stand on the scene before anybody wrote down that he was sent.
_SENT_OUT = frozenset({Stage.DISPATCHED, Stage.EN_ROUTE, Stage.ON_SCENE})
_AS_BEFORE = ("alarm_id", "code", "kind", "priority", "role", "recipient", "channel", "address")
_STEPS = frozenset(stage.lower() for stage in _SENT_OUT)


def tell_of_dispatch(
    tx: Connection,
    given: tuple[Plan, Sequence[IncidentChange]],
    alarms: Mapping[int, Mapping[str, Any]],
    now: datetime,
) -> None:
    """``given``: whom to tell, and what officers did. What is taken back, or over, before it left stays here; whoever
    was told of what is taken back is told so."""
    plan, incidents = given
    for change in incidents:
        said, stage = change.told["reason"], change.told["stage"]
        if said in _STEPS:
            stop_telling(tx, change.alarm_ids, RECALL, now)
            _tell(tx, plan, (change, alarms[change.alarm_ids[0]]), now)
        elif said == "closed":
            stop_telling(tx, change.alarm_ids, DISPATCH, now)
        elif said == "taken_back" and stage not in _SENT_OUT:
            stop_telling(tx, change.alarm_ids, DISPATCH, now)
            _recall(tx, (change, alarms[change.alarm_ids[0]]), now)


def _tell(tx: Connection, plan: Plan, of: tuple[IncidentChange, Mapping[str, Any]], now: datetime) -> None:
    change, alarm = of
    scopes = scopes_of(tx, (alarm["group_id"], alarm["area_id"]))
    chain = escalation.chain_at(alarm["kind"], scopes, plan.sent_out_elsewhere, plan.sent_out)
    known = told_already(tx, change.alarm_ids)
    planned = [due for due in escalation.duties(chain, plan.roster, now) if due.recipient not in known]
    dues = [each for due in planned for each in resolved(tx, due, alarm)]
    duties.add_duties(tx, [_row(due, alarm, change.told["code"], now) for due in dues])


def _recall(tx: Connection, of: tuple[IncidentChange, Mapping[str, Any]], now: datetime) -> None:
    """By the way that reached them."""
    change, alarm = of
    said: dict[str, Any] = {"text": recall_text(alarm, change.told["code"], now), "facts": recall_facts(alarm, now)}
    said |= {"about": RECALL, "is_stopped_by_ack": False, "decided_at": now, "due_at": now, "next_at": now}
    rows = {
        (row["channel"], row["address"]): {name: row[name] for name in _AS_BEFORE} | said | {"otherwise": _ways(row)}
        for row in told_in_vain(tx, change.alarm_ids)
    }
    duties.add_duties(tx, list(rows.values()))


def _ways(row: Mapping[Any, Any]) -> list[tuple[str, str]]:
    return [(channel, address) for channel, address in json.loads(row["otherwise"])]


def _row(due: Due, alarm: Mapping[str, Any], code: str, now: datetime) -> dict[str, Any]:
    said = {"text": dispatch_text(alarm, code, now), "facts": dispatch_facts(alarm, now)}
    return {**row_of(due, alarm, code, now), **said, "about": DISPATCH, "is_stopped_by_ack": False}
