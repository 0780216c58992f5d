"""Stored incidents and their machine: what happens to one becomes its row, a line of its timeline, and a step of the
feed, in the transaction of whatever caused it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import structlog
from sqlalchemy import Connection, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import OperationalError

from device_adapters.core.events import CALLS_FOR_HELP
from monitor.errors import StoreUnavailable
from monitor.inventory.edits import core
from monitor.inventory.prepared import AnyRow, Prepared, Row, savepoint
from monitor.inventory.tables import Device
from monitor.journal.alarm_rows import add_transition
from monitor.journal.incident_tables import REACHED_AT, IncidentAlarmRow, IncidentEntryRow, IncidentRow
from monitor.journal.incidents import alarm_ids_of, incident_step, root_of
from monitor.journal.tables import AlarmRow
from monitor.journal.times import LOCAL
from monitor.machines.alarm import AlarmState, Given
from monitor.machines.drill import PREFIX, is_of_drill
from monitor.machines.incident import Disposition, Incident, Stage, advance, joined
from monitor.pipeline.alarm_log import AlarmChange

log = structlog.get_logger()

_ALARM, _DEVICE = core(AlarmRow), core(Device)
INCIDENT, PART, ENTRY = core(IncidentRow), core(IncidentAlarmRow), core(IncidentEntryRow)
_BY_DEVICE = "device"
# Whoever presses again after an officer has declared the alarm over means the same case for about so long.
JOINS_WITHIN = timedelta(hours=1)
# A press waits for all of them.
_OF_ALARM = Prepared(
    select(INCIDENT).join(PART, PART.c.incident_id == INCIDENT.c.id).where(PART.c.alarm_id == bindparam("of_alarm"))
)
_NEWEST_AT = Prepared(
    select(INCIDENT).where(INCIDENT.c.place_key == bindparam("at_place")).order_by(INCIDENT.c.id.desc()).limit(1)
)
_PLACE = Prepared(
    select(_ALARM.c.source, _ALARM.c.device_id, _ALARM.c.drill_id, _DEVICE.c.establishment_id)
    .select_from(_ALARM.outerjoin(_DEVICE, _DEVICE.c.id == _ALARM.c.device_id))
    .where(_ALARM.c.id == bindparam("of_alarm"))
)
# By the order of letters, which has an index: with LIKE it would look at all there ever were.
_COUNT_OF_DAY = Prepared(
    select(func.count()).where(INCIDENT.c.code > bindparam("day"), INCIDENT.c.code < bindparam("next_day"))
)
_ADD = Prepared(insert(INCIDENT).returning(INCIDENT))
_ADD_PART, _ADD_ENTRY = Prepared(insert(PART)), Prepared(insert(ENTRY))
_CODE = Prepared(select(INCIDENT.c.code).where(INCIDENT.c.id == bindparam("incident_id")))
_DEVICE_OF = Prepared(select(_ALARM.c.device_id).where(_ALARM.c.id == bindparam("of_alarm")))
_TURNED = Prepared(update(INCIDENT).where(INCIDENT.c.id == bindparam("incident_id")))
_STAGE_OF = {name: Stage(name.removesuffix("_at").upper()) for name in REACHED_AT}


@dataclass(frozen=True, slots=True)
class Said:
    """Who did what, when. ``kind``: the word of the timeline; ``text``: in the officer's own words."""

    kind: str
    at: datetime
    by: str
    text: str | None = None
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class IncidentChange:
    """``seq``: its transition's id; ``alarm_ids``: all that are a part of it; ``told``: what the screens are told."""

    seq: int
    alarm_ids: Sequence[int]
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NotWritten:
    """A mistake of ours kept what should be an incident from being one. The alarm rings all the same."""

    at: datetime


def incident_of(row: AnyRow) -> Incident:
    """As the machine takes it."""
    return Incident(
        stage=Stage(row["stage"]),
        version=row["version"],
        reached={stage: row[name] for name, stage in _STAGE_OF.items() if row[name] is not None},
        verification=row["verification"],
        disposition=Disposition(row["disposition"]) if row["disposition"] else None,
    )


def note_call(tx: Connection, change: AlarmChange, at: datetime) -> IncidentChange | NotWritten | None:
    """A call for help opens an incident, joins the one of its place, or rings on in its own. None: nothing new."""
    if change.kind not in CALLS_FOR_HELP or change.reason not in (Given.ALARM, "adopted"):
        return None
    return _beside(tx, (change.alarm_id, at), lambda: _note_call(tx, change, at))


def note_acknowledged(tx: Connection, alarm_id: int, said: Said) -> IncidentChange | NotWritten | None:
    """Whoever answers for one of its alarms answers for the incident."""
    return _beside(tx, (alarm_id, said.at), lambda: _note_acknowledged(tx, alarm_id, said))


def _beside(
    tx: Connection, what: tuple[int, datetime], work: Callable[[], IncidentChange | None]
) -> IncidentChange | NotWritten | None:
    """A mistake in here must not take the ring with it, nor keep an officer from answering it; the desk is told."""
    try:
        with savepoint(tx):
            return work()
    except (OperationalError, StoreUnavailable):
        raise
    except Exception:
        alarm_id, at = what
        log.exception("incident_not_written", alarm_id=alarm_id)
        return NotWritten(at)


def _note_call(tx: Connection, change: AlarmChange, at: datetime) -> IncidentChange | None:
    data = {"alarm_id": change.alarm_id, "kind": change.kind}
    is_new = change.before is AlarmState.NORMAL  # and in none yet
    by = PREFIX if is_of_drill(change.source) else _BY_DEVICE
    if not is_new and (own := _of_alarm(tx, change.alarm_id)) is not None:
        return _join(tx, own, Said("rang_again", at, by, data=data))
    (alarm,) = _PLACE.all(tx, {"of_alarm": change.alarm_id})
    place_key = _place_key(alarm)
    if (there := _open_at(tx, place_key, at)) is None:
        there = _open(tx, change, (place_key, alarm["drill_id"]), at)
        _ADD_PART.run(tx, {"alarm_id": change.alarm_id, "incident_id": there["id"]})
        said = Said("opened", at, by, data=data)
        _add_entry(tx, there["id"], said)
        step = _step_of(incident_of(there), said, before="") | {"device_id": alarm["device_id"]}
        return _turn(tx, (there["id"], there["code"]), [change.alarm_id], step)
    _ADD_PART.run(tx, {"alarm_id": change.alarm_id, "incident_id": there["id"]})
    return _join(tx, there, Said("alarm_joined", at, by, data=data))


def _note_acknowledged(tx: Connection, alarm_id: int, said: Said) -> IncidentChange | None:
    if (own := _of_alarm(tx, alarm_id)) is None:
        return None
    row = root_of(tx, own)
    before = incident_of(row)
    if before.is_over:
        return None
    if before.stage is not Stage.NEW:
        return save(tx, row, joined(before), said)
    after = advance(before, Stage.ACKNOWLEDGED, said.at)
    return save(tx, row, after, said, acknowledged_by=said.by)


def save(tx: Connection, row: AnyRow, after: Incident, said: Said, **more: Any) -> IncidentChange:
    """Writes the row as it is now, and the line of the timeline that says why."""
    values = {
        "stage": after.stage,
        "version": after.version,
        "verification": after.verification,
        "disposition": after.disposition,
        **{name: after.reached.get(stage) for name, stage in _STAGE_OF.items()},
        **more,
    }
    _TURNED.run(tx, {**values, "incident_id": row["id"]})
    return journal(tx, row["id"], after, said, before=row["stage"])


def journal(tx: Connection, incident_id: int, after: Incident, said: Said, *, before: str) -> IncidentChange:
    _add_entry(tx, incident_id, said)
    code, alarm_ids = _CODE.scalar(tx, {"incident_id": incident_id}), alarm_ids_of(tx, incident_id)
    step = _step_of(after, said, before=before) | {"device_id": _DEVICE_OF.scalar(tx, {"of_alarm": alarm_ids[0]})}
    return _turn(tx, (incident_id, code), alarm_ids, step)


def _step_of(after: Incident, said: Said, *, before: str) -> dict[str, Any]:
    return {
        "machine": "incident",
        "from_state": before,
        "to_state": after.stage,
        "reason": said.kind,
        "at": said.at,
        "actor": said.by,
        "version": after.version,
    }


def _turn(
    tx: Connection, incident: tuple[int, str], alarm_ids: Sequence[int], step: Mapping[str, Any]
) -> IncidentChange:
    """``incident``: its id and code."""
    incident_id, code = incident
    row = {**step, "alarm_id": alarm_ids[0], "note": code}
    return IncidentChange(add_transition(tx, row), alarm_ids, incident_step(row, incident_id))


def _add_entry(tx: Connection, incident_id: int, said: Said) -> None:
    data = None if said.data is None else orjson.dumps(said.data).decode()
    line = {"incident_id": incident_id, "at": said.at, "actor": said.by, "kind": said.kind}
    _ADD_ENTRY.run(tx, {**line, "text": said.text, "data": data})


def _join(tx: Connection, row: AnyRow, said: Said) -> IncidentChange | None:
    root = root_of(tx, row)
    before = incident_of(root)
    return None if before.is_over else save(tx, root, joined(before), said)


def _of_alarm(tx: Connection, alarm_id: int) -> Row | None:
    return _OF_ALARM.first(tx, {"of_alarm": alarm_id})


def _open_at(tx: Connection, place_key: str, at: datetime) -> Row | None:
    """The newest of that place, where it is not over; one that was merged goes on in the other."""
    row = _NEWEST_AT.first(tx, {"at_place": place_key})
    if row is None:
        return None
    root = root_of(tx, row)
    return row if not incident_of(root).is_over and _is_lively(tx, root["id"], at) else None


def _is_lively(tx: Connection, incident_id: int, at: datetime) -> bool:
    """An alarm of it is not over yet, or rang a moment ago: what was left open by mistake takes in no new case."""
    alarms = _ALARM.c.id.in_(alarm_ids_of(tx, incident_id))
    is_live = or_(_ALARM.c.state != AlarmState.NORMAL, _ALARM.c.last_press_at >= at - JOINS_WITHIN)
    return tx.execute(select(_ALARM.c.id).where(alarms, is_live).limit(1)).first() is not None


def _open(tx: Connection, change: AlarmChange, where: tuple[str, int | None], at: datetime) -> Row:
    """``where``: its place, and its drill."""
    place_key, drill_id = where
    values = {"kind": change.kind, "place_key": place_key, "stage": Stage.NEW, "opened_at": at}
    code = _next_code(tx, at, "BD" if drill_id is None else "DT")
    values |= {"code": code, "version": 1, "verification": 0, "drill_id": drill_id}
    (row,) = _ADD.all(tx, values)
    return row


def _next_code(tx: Connection, at: datetime, letters: str) -> str:
    """``BD-260314-0001``: the day in Vietnam and the number of the day; drills (``DT``) are counted by themselves."""
    day = f"{letters}-{at.astimezone(LOCAL):%y%m%d}"
    number = _COUNT_OF_DAY.scalar(tx, {"day": f"{day}-", "next_day": f"{day}."})
    return f"{day}-{number + 1:04}"


def _place_key(alarm: Row) -> str:
    """A drill has places of its own: it joins nothing that is real, and nothing real joins it."""
    establishment_id = alarm["establishment_id"]
    place = f"establishment:{establishment_id}" if establishment_id else f"source:{alarm['source']}"
    return place if alarm["drill_id"] is None else f"{PREFIX}:{alarm['drill_id']}:{place}"
