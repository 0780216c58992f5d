"""What stands on the page of a residential group, or of any area above it: who keeps, who answers, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, not_, or_, select

from monitor.inventory.area_tables import Area
from monitor.inventory.areas import ids_below
from monitor.inventory.collation import vietnamese_key
from monitor.inventory.edits import core
from monitor.inventory.kinds import Lifecycle, LocationKind
from monitor.inventory.people import AREA_OFFICER
from monitor.inventory.people_tables import Beat, Custodian, Person, PersonRole
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.tables import Device
from monitor.journal.incident_tables import IncidentAlarmRow, IncidentRow
from monitor.journal.tables import AlarmRow
from monitor.journal.times import moment_of
from monitor.reports.periods import Period

_AREA, _BEAT, _CUSTODIAN = core(Area), core(Beat), core(Custodian)
_PERSON, _ROLE = core(Person), core(PersonRole)
_SITE, _DEVICE, _ESTABLISHMENT = core(Site), core(Device), core(Establishment)
_INCIDENT, _PART, _ALARM = core(IncidentRow), core(IncidentAlarmRow), core(AlarmRow)
_JUNCTIONS = (LocationKind.T_JUNCTION.value, LocationKind.CROSSROADS.value)


@dataclass(frozen=True, slots=True)
class GroupPeople:
    """Names of roles and offices, never of people. ``beats`` with their area officers, one entry a pair."""

    custodians: tuple[str, ...]
    beats: tuple[tuple[str, str | None], ...]
    others: tuple[str, ...]


def people_of(connection: Connection, area_id: str, day: date) -> GroupPeople:
    """Of an area and all below it. The area itself was looked up within a territory before."""
    areas = ids_below(area_id)
    kept = or_(_CUSTODIAN.c.valid_to.is_(None), _CUSTODIAN.c.valid_to >= day)
    custodians = select(_CUSTODIAN.c.name).where(_CUSTODIAN.c.group_id.in_(areas), kept)
    officers = and_(_ROLE.c.scope_id == _BEAT.c.id, _ROLE.c.role == AREA_OFFICER, _holds(day))
    beats = (
        select(_BEAT.c.name, _PERSON.c.name.label("officer"))
        .select_from(_BEAT.outerjoin(_ROLE, officers).outerjoin(_PERSON, _PERSON.c.id == _ROLE.c.person_id))
        .where(_BEAT.c.id.in_(select(_AREA.c.beat_id).where(_AREA.c.id.in_(areas))))
        .distinct()
        .order_by(_BEAT.c.name)
    )
    others = (
        select(_PERSON.c.name)
        .join(_ROLE, _ROLE.c.person_id == _PERSON.c.id)
        .where(_ROLE.c.scope_id == area_id, _ROLE.c.role != AREA_OFFICER, _holds(day))
        .distinct()
        .order_by(_PERSON.c.name)
    )
    return GroupPeople(
        custodians=tuple(sorted(connection.execute(custodians).scalars(), key=vietnamese_key)),
        beats=tuple((row.name, row.officer) for row in connection.execute(beats)),
        others=tuple(connection.execute(others).scalars()),
    )


def _holds(day: date) -> ColumnElement[bool]:
    return and_(_ROLE.c.valid_from <= day, or_(_ROLE.c.valid_to.is_(None), _ROLE.c.valid_to >= day))


def positions_of(connection: Connection, device_ids: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Latitude and longitude of those that have them. Not filtered: the ids were found within a territory."""
    has = (_DEVICE.c.id.in_(device_ids), _DEVICE.c.latitude.is_not(None), _DEVICE.c.longitude.is_not(None))
    rows = connection.execute(select(_DEVICE.c.id, _DEVICE.c.latitude, _DEVICE.c.longitude).where(*has))
    return {row.id: (row.latitude, row.longitude) for row in rows}


def incidents_in(connection: Connection, area_id: str, period: Period, now: datetime) -> int:
    """How many began there in the period, each with all that was merged into it once, drills left out."""
    first, end = moment_of(period.began_ms()), moment_of(period.ended_ms(now))
    here = (
        select(_PART.c.incident_id)
        .join(_ALARM, _ALARM.c.id == _PART.c.alarm_id)
        .join(_DEVICE, _DEVICE.c.id == _ALARM.c.device_id)
        .where(or_(_DEVICE.c.group_id.in_(ids_below(area_id)), _DEVICE.c.area_id.in_(ids_below(area_id))))
    )
    query = select(func.count()).select_from(_INCIDENT).where(
        _INCIDENT.c.id.in_(here),
        _INCIDENT.c.merged_into.is_(None),
        _INCIDENT.c.drill_id.is_(None),
        _INCIDENT.c.opened_at >= first,
        _INCIDENT.c.opened_at < end,
    )  # fmt: skip
    return connection.execute(query).scalar_one()


def junctions_without_camera(connection: Connection, area_id: str) -> list[str]:
    """Names of the junctions that are known as sites, and where no eye is in service now."""
    eye = and_(
        _DEVICE.c.site_id == _SITE.c.id,
        _DEVICE.c.device_class == "camera",
        _DEVICE.c.lifecycle.in_((Lifecycle.ACTIVE.value, Lifecycle.MAINTENANCE.value)),
    )
    query = select(_SITE.c.name).where(
        _SITE.c.group_id.in_(ids_below(area_id)),
        _SITE.c.location_kind.in_(_JUNCTIONS),
        not_(exists(select(_DEVICE.c.id).where(eye))),
    )
    return sorted(connection.execute(query).scalars(), key=vietnamese_key)


def establishments_of(connection: Connection, area_id: str) -> list[str]:
    """Names of the protected places."""
    query = select(_ESTABLISHMENT.c.name).where(_ESTABLISHMENT.c.group_id.in_(ids_below(area_id)))
    return sorted(connection.execute(query).scalars(), key=vietnamese_key)
