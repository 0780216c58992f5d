"""The sheet of one drill: each case with its goals, who would have been told, and what real calls came meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from monitor.inventory.edits import core
from monitor.inventory.territory import Territory
from monitor.journal import drills
from monitor.journal.incidents import alarm_ids_of
from monitor.journal.queries import alarms_by_ids
from monitor.journal.tables import ReceiptRow
from monitor.journal.times import iso
from monitor.machines.drill import Case, Mark, Telling, marks, score, wanted_of, would_be_told
from monitor.machines.incident import Disposition, Stage
from monitor.pipeline.drill_log import insist_within, script_of

_RECEIPT = core(ReceiptRow)


def drill_json(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The one shape of a drill."""
    script = script_of(row)
    return {
        **{name: row[name] for name in ("id", "title", "played", "started_by", "ended_by", "ending")},
        **{name: iso(row[name]) for name in ("started_at", "expires_at", "ended_at")},
        "presses": len(script.presses),
        "left_out": script.left_out,
    }


def sheet(connection: Connection, drill_id: int, now: datetime, within: Territory) -> dict[str, Any]:
    """Raises ``UnknownRecord``."""
    row = drills.drill_row(connection, drill_id)
    insist_within(connection, row, within)
    script, until = script_of(row), row["ended_at"] or now
    roots = [each for each in drills.incidents_of(connection, drill_id) if each["stage"] != Stage.MERGED]
    told, cases, found = drills.tellings_of(connection, drill_id), list[dict[str, Any]](), list[Mark]()
    for incident in roots:
        alarms = alarms_by_ids(connection, alarm_ids_of(connection, incident["id"]))
        wanted = wanted_of(script, [alarms[each]["device_id"] for each in sorted(alarms)])
        judged = marks(_case(connection, incident, list(alarms)), wanted)
        found += judged
        first = alarms[min(alarms)]
        cases.append(
            {
                **{name: incident[name] for name in ("id", "code", "kind", "stage", "acknowledged_by", "note")},
                "place": first["place"] or first["device_name"] or first["device_id"],
                "pressed_at": iso(incident["opened_at"]),
                "presses": sum(each["presses"] for each in alarms.values()),
                "marks": [asdict(each) for each in judged],
                "told": _tellings(told, alarms, incident["acknowledged_at"], until),
            }
        )
    met, of = score(found)
    real = drills.real_calls_between(connection, row["started_at"], until, within)
    return {**drill_json(row), "cases": cases, "met": met, "of": of, "real_calls": real}


def tellings(connection: Connection, incident: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """Of one incident of a drill, as it is told: whom its alarms would have told."""
    told = drills.tellings_of(connection, incident["drill_id"])
    acknowledged = incident["acknowledged_at"]
    at = None if acknowledged is None else datetime.fromisoformat(acknowledged)
    return _tellings(told, {each["id"]: each for each in incident["alarms"]}, at, now)


def _tellings(
    told: Sequence[Mapping[Any, Any]], alarms: Mapping[int, Any], acknowledged_at: datetime | None, until: datetime
) -> list[dict[str, Any]]:
    found = []
    for row in told:
        if row["alarm_id"] not in alarms:
            continue
        telling = Telling(row["recipient"], row["channel"], row["due_at"], row["is_stopped_by_ack"])
        said = {name: row[name] for name in ("recipient", "channel", "about")}
        is_due = would_be_told(telling, acknowledged_at, until)
        found.append({**said, "due_at": iso(row["due_at"]), "would_be_told": is_due})
    return found


def _case(connection: Connection, incident: Mapping[Any, Any], alarm_ids: Sequence[int]) -> Case:
    seen = (_RECEIPT.c.alarm_id.in_(alarm_ids), _RECEIPT.c.kind == "shown")
    moments = ("acknowledged_at", "verifying_at", "dispatched_at", "on_scene_at")
    said = incident["disposition"]
    return Case(
        incident["opened_at"],
        connection.execute(select(func.min(_RECEIPT.c.at)).where(*seen)).scalar(),
        **{name: incident[name] for name in moments},
        disposition=Disposition(said) if said else None,
    )
