"""Outages as they are read: how many of what is down, by place, so that each sees as many as are his own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, exists, func, or_, select

from monitor.inventory.area_tables import Area
from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE, Place, Territory
from monitor.journal.outage_tables import OutageMemberRow, OutageRow
from monitor.journal.tables import AlarmRow
from monitor.journal.times import iso

OUTAGE, MEMBER = core(OutageRow), core(OutageMemberRow)
_ALARM, _AREA, _DEVICE = core(AlarmRow), core(Area), core(Device)
_OWN = _ALARM.alias("own")
# The source of the monitor's own fault; no adapter is called so.
OUR_OWN = "monitor:self"
_KIND = "outage"
_UPLINK, _AREAS = "uplink", ("group", "area")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Part:
    """The devices of one place in an outage; ``down`` are not back yet."""

    place: Place
    is_eye: bool
    devices: int
    down: int


@dataclass(frozen=True, slots=True)
class OutageFacts:
    """``name``: of what is to blame, as people know it. ``at``: where that stands; None: it stands nowhere."""

    cause: str
    key: str
    name: str
    at: Place | None
    began_at: datetime
    parts: Sequence[Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StoredOutage:
    """One that is not over. ``down``: device → how it went; ``back``: how many have returned."""

    alarm_id: int
    name: str
    cause: str
    key: str
    down: Mapping[str, str]
    back: int


def is_seen(alarm_id: ColumnElement[Any], device_id: ColumnElement[Any], within: Territory) -> ColumnElement[bool]:
    """For a WHERE over rows of alarms: its device stands inside, or one of its many does, or it is about ourselves."""
    if within.is_everywhere:
        return within.of_devices(device_id)
    inside = within.of_devices(MEMBER.c.device_id)
    # While the monitor is blind every place is: those who watch only one must know.
    ours = exists(select(_OWN.c.id).where(_OWN.c.id == alarm_id, _OWN.c.source == OUR_OWN))
    return or_(
        within.of_devices(device_id),
        and_(device_id.is_(None), exists(select(MEMBER.c.alarm_id).where(MEMBER.c.alarm_id == alarm_id, inside))),
        and_(device_id.is_(None), ours),
    )


def outage_facts(
    connection: Connection, alarm_ids: Iterable[int], within: Territory = EVERYWHERE
) -> dict[int, OutageFacts]:
    """Of those among the alarms that are outages, as far as they lie inside."""
    ids, found = list(alarm_ids), {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        parts = _parts(connection, some, within)
        for row in connection.execute(_named().where(OUTAGE.c.alarm_id.in_(some))).mappings():
            found[row["alarm_id"]] = _facts(row, parts[row["alarm_id"]])
    return found


def _named() -> Any:
    columns = (
        OUTAGE,
        _AREA.c.name.label("area_name"),
        _DEVICE.c.name.label("device_name"),
        _DEVICE.c.device_class,
        _DEVICE.c.group_id,
        _DEVICE.c.area_id,
    )
    joined = OUTAGE.outerjoin(_AREA, and_(OUTAGE.c.cause.in_(_AREAS), _AREA.c.id == OUTAGE.c.cause_key))
    is_device = and_(OUTAGE.c.cause == _UPLINK, _DEVICE.c.id == OUTAGE.c.cause_key)
    return select(*columns).select_from(joined.outerjoin(_DEVICE, is_device))


def _facts(row: RowMapping, parts: Sequence[Part]) -> OutageFacts:
    cause, at = row["cause"], None
    if cause == _UPLINK:
        cause = "recorder" if row["device_class"] == "recorder" else "gateway"
        at = (row["group_id"], row["area_id"])
    elif cause in _AREAS:
        at = (row["cause_key"], None)
    name = row["area_name"] or row["device_name"] or row["cause_key"]
    return OutageFacts(cause, row["cause_key"], name, at, row["began_at"], parts)


def _parts(connection: Connection, alarm_ids: Sequence[int], within: Territory) -> dict[int, list[Part]]:
    place = (_DEVICE.c.group_id, _DEVICE.c.area_id)
    is_eye = _DEVICE.c.device_class == "camera"
    count, back = func.count(MEMBER.c.device_id), func.count(MEMBER.c.back_at)
    query = (
        select(MEMBER.c.alarm_id, *place, is_eye, count, back)
        .select_from(MEMBER.join(_DEVICE, _DEVICE.c.id == MEMBER.c.device_id))
        .where(MEMBER.c.alarm_id.in_(alarm_ids), within.clause(*place))
        .group_by(MEMBER.c.alarm_id, *place, is_eye)
    )
    parts: defaultdict[int, list[Part]] = defaultdict(list)
    for alarm_id, group_id, area_id, has_eyes, devices, returned in connection.execute(query):
        parts[alarm_id].append(Part((group_id, area_id), bool(has_eyes), devices, devices - returned))
    return parts


def outage_json(facts: OutageFacts, within: Territory = EVERYWHERE) -> dict[str, Any] | None:
    """As far as it lies inside, None where nothing does. What is to blame may lie outside: then it has no name."""
    inside = [part for part in facts.parts if within.holds(*part.place)]
    if not inside:
        return None
    is_told = facts.at is None or within.holds(*facts.at)
    eyes = [part for part in inside if part.is_eye]
    return {
        "cause": facts.cause,
        "key": facts.key if is_told else None,
        "name": facts.name if is_told else None,
        "began_at": iso(facts.began_at),
        "devices": sum(part.devices for part in inside),
        "down": sum(part.down for part in inside),
        "eyes": sum(part.devices for part in eyes),
        "eyes_down": sum(part.down for part in eyes),
        "groups": len({part.place[0] for part in inside if part.place[0]}),
    }


def with_outages(
    connection: Connection, alarms: Sequence[dict[str, Any]], within: Territory = EVERYWHERE
) -> Sequence[dict[str, Any]]:
    """Puts into alarms as they are told what they are about, where that is many devices."""
    facts = outage_facts(connection, (alarm["id"] for alarm in alarms if alarm["kind"] == _KIND), within)
    for alarm in alarms:
        if alarm["id"] in facts:
            alarm["outage"] = outage_json(facts[alarm["id"]], within)
    return alarms


def causes_of(connection: Connection, device_ids: Collection[str]) -> dict[str, str]:
    """Device → what took it down, of those in an outage that goes on."""
    goes_on = MEMBER.join(OUTAGE, OUTAGE.c.alarm_id == MEMBER.c.alarm_id)
    query = select(MEMBER.c.device_id, OUTAGE.c.cause).select_from(goes_on)
    here = (OUTAGE.c.closed_at.is_(None), MEMBER.c.back_at.is_(None), MEMBER.c.device_id.in_(device_ids))
    return {device_id: cause for device_id, cause in connection.execute(query.where(*here))}  # noqa: C416


def live_outages(connection: Connection) -> list[StoredOutage]:
    """Those that are not over, oldest first."""
    rows = connection.execute(select(OUTAGE).where(OUTAGE.c.closed_at.is_(None)).order_by(OUTAGE.c.alarm_id)).all()
    outages = []
    for row in rows:
        members = connection.execute(select(MEMBER).where(MEMBER.c.alarm_id == row.alarm_id)).all()
        down = {member.device_id: member.how for member in members if member.back_at is None}
        outages.append(StoredOutage(row.alarm_id, row.name, row.cause, row.cause_key, down, len(members) - len(down)))
    return outages
