"""Incidents as they are read: what belongs to them, and their timelines. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, exists, select, true

from monitor.errors import UnknownRecord
from monitor.inventory.edits import core
from monitor.inventory.prepared import AnyRow, Prepared, PreparedOfSome
from monitor.inventory.territory import Territory, territory_of
from monitor.journal.incident_tables import REACHED_AT, IncidentAlarmRow, IncidentEntryRow, IncidentRow
from monitor.journal.outages import is_seen
from monitor.journal.queries import alarms_by_ids
from monitor.journal.tables import AlarmRow
from monitor.journal.times import iso

_ALARM = core(AlarmRow)
_INCIDENT, _PART, _ENTRY = core(IncidentRow), core(IncidentAlarmRow), core(IncidentEntryRow)
_CLOSED, _MERGED = "CLOSED", "MERGED"
# Presses that join or ring on pass them.
_BY_ID = Prepared(select(_INCIDENT).where(_INCIDENT.c.id == bindparam("incident_id")))
_MERGED_INTO = PreparedOfSome(select(_INCIDENT.c.id), _INCIDENT.c.merged_into)
_PARTS_OF = PreparedOfSome(select(_PART.c.alarm_id), _PART.c.incident_id)
_PLAIN = ("id", "code", "kind", "stage", "version", "verification", "merged_into", "drill_id")
_UNSEEN = frozenset({"UNACKNOWLEDGED", "RETURNED_UNACKNOWLEDGED"})


def incident_row(connection: Connection, incident_id: int, within: Territory) -> RowMapping:
    """Raises ``UnknownRecord``, for one of elsewhere too."""
    query = select(_INCIDENT).where(_INCIDENT.c.id == incident_id, _is_seen(within))
    if (row := connection.execute(query).mappings().first()) is None:
        raise UnknownRecord(f"there is no incident {incident_id}")
    return row


def root_of(connection: Connection, row: AnyRow) -> AnyRow:
    """The incident it goes on in, itself where it was not merged."""
    while row["merged_into"] is not None:
        (row,) = _BY_ID.all(connection, {"incident_id": row["merged_into"]})
    return row


def family_of(connection: Connection, incident_id: int) -> list[int]:
    """Itself, and those that were merged into it, and into those."""
    found, some = [incident_id], [incident_id]
    while some:
        some = sorted(row["id"] for row in _MERGED_INTO.all(connection, some))
        found += some
    return found


def alarm_ids_of(connection: Connection, incident_id: int) -> list[int]:
    """Of the whole family, oldest first; never empty: an alarm opened it."""
    return sorted(row["alarm_id"] for row in _PARTS_OF.all(connection, family_of(connection, incident_id)))


def incidents_page(
    connection: Connection, within: Territory, *, is_open: bool | None, limit: int, before_id: int | None = None
) -> tuple[list[dict[str, Any]], int | None]:
    """Newest first, merged ones in their root; and the id the next page starts below (None at the end)."""
    query = select(_INCIDENT).where(_is_seen(within), _INCIDENT.c.stage != _MERGED)
    if is_open is not None:
        query = query.where(_INCIDENT.c.stage != _CLOSED if is_open else _INCIDENT.c.stage == _CLOSED)
    if before_id is not None:
        query = query.where(_INCIDENT.c.id < before_id)
    rows = connection.execute(query.order_by(_INCIDENT.c.id.desc()).limit(limit + 1)).mappings().all()
    items = [incident_json(connection, row, within) for row in rows[:limit]]
    return items, (items[-1]["id"] if len(rows) > limit else None)


def open_in(connection: Connection, area_id: str, limit: int) -> list[dict[str, Any]]:
    """Those of an area and all below it that are not over, newest first, by name."""
    found, _ = incidents_page(connection, territory_of(connection, area_id), is_open=True, limit=limit)
    return [{name: each[name] for name in ("id", "code", "stage")} for each in found]


def incident_json(connection: Connection, row: RowMapping, within: Territory) -> dict[str, Any]:
    """The one shape of an incident. Its alarms as far as they lie inside, oldest first."""
    alarms = alarms_by_ids(connection, alarm_ids_of(connection, row["id"]), within)
    told = [alarms[alarm_id] for alarm_id in sorted(alarms)]
    return {
        **{name: row[name] for name in _PLAIN},
        "opened_at": iso(row["opened_at"]),
        **{name: iso(row[name]) for name in REACHED_AT},
        **{name: row[name] for name in ("acknowledged_by", "closed_by", "disposition", "note", "evidence")},
        "unseen": sum(alarm["state"] in _UNSEEN for alarm in told),
        "is_silent_at_site": any(alarm["is_silent_at_site"] for alarm in told),
        "alarms": told,
        "merged": _merged(connection, row["id"], within),
    }


def incident_steps(connection: Connection, transitions: Sequence[RowMapping]) -> list[tuple[int, dict[str, Any]]]:
    """What the live feed told of these, by place in the journal."""
    codes = {row["note"] for row in transitions}
    found = connection.execute(select(_INCIDENT.c.code, _INCIDENT.c.id).where(_INCIDENT.c.code.in_(codes)))
    ids: dict[str, int] = {code: incident_id for code, incident_id in found}  # noqa: C416
    return [(row["id"], incident_step(dict(row), ids[row["note"]])) for row in transitions if row["note"] in ids]


def incident_step(step: Mapping[str, Any], incident_id: int) -> dict[str, Any]:
    """Where it stands after a ``step``, a row of the journal of transitions. Whoever shows it asks for the rest."""
    return {
        "id": incident_id,
        "code": step["note"],
        "stage": step["to_state"],
        "version": step["version"],
        "reason": step["reason"],
        "at": iso(step["at"]),
        "actor": step["actor"],
    }


def timeline_of(connection: Connection, incident_id: int, within: Territory) -> list[dict[str, Any]]:
    """Of itself and all that were merged into it, in order, as far as they lie inside."""
    inside = select(_INCIDENT.c.id).where(_INCIDENT.c.id.in_(family_of(connection, incident_id)), _is_seen(within))
    query = select(_ENTRY).where(_ENTRY.c.incident_id.in_(inside)).order_by(_ENTRY.c.id)
    return [_line(row) for row in connection.execute(query).mappings()]


def plan_done(timeline: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Step of the plan → the newest word on it, of those that are done or were waived."""
    said = {line["data"]["step"]: line for line in timeline if line["kind"] == "plan_step"}
    return {step: line for step, line in said.items() if line["data"]["is_done"]}


def _line(row: RowMapping) -> dict[str, Any]:
    data = orjson.loads(row["data"]) if row["data"] else {}
    told = {name: row[name] for name in ("id", "incident_id", "actor", "kind", "text")}
    return {**told, "at": iso(row["at"]), "data": data}


def _merged(connection: Connection, incident_id: int, within: Territory) -> list[dict[str, Any]]:
    query = select(_INCIDENT.c.id, _INCIDENT.c.code, _INCIDENT.c.version)
    query = query.where(_INCIDENT.c.merged_into == incident_id, _is_seen(within))
    return [dict(row) for row in connection.execute(query.order_by(_INCIDENT.c.id)).mappings()]


def _is_seen(within: Territory) -> ColumnElement[bool]:
    """One of its alarms stands inside."""
    if within.is_everywhere:
        return true()
    here = select(_PART.c.alarm_id).join(_ALARM, _ALARM.c.id == _PART.c.alarm_id)
    return exists(here.where(_PART.c.incident_id == _INCIDENT.c.id, is_seen(_ALARM.c.id, _ALARM.c.device_id, within)))
