"""Who keeps, who answers, and whom nobody keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from monitor.inventory.area_tables import Area
from monitor.inventory.collation import vietnamese_key
from monitor.inventory.edits import Edit, Outcome, core, put
from monitor.inventory.folding import fold
from monitor.inventory.people_tables import Custodian, Person, PersonRole
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory

AREA_OFFICER = "area_officer"


@dataclass(frozen=True, slots=True)
class Keeping:
    """Who stands behind one device: any of them may be unknown. ``officers``: role names, by the group's beat."""

    device_id: str
    custodian: str | None
    officers: tuple[str, ...]
    owner_kind: str | None
    funding: str | None


def assign_role(tx: Connection, person_id: str, role: str, scope_id: str, by: Edit) -> Outcome:
    """Beside the roles a person has already."""
    return put(tx, PersonRole, {"person_id": person_id, "role": role, "scope_id": scope_id}, by)


def roles_of(connection: Connection, person_id: str, day: date) -> list[tuple[str, str]]:
    """(role, scope) in order of name."""
    table = core(PersonRole)
    query = select(table.c.role, table.c.scope_id).where(table.c.person_id == person_id, _holds(day))
    return [(row.role, row.scope_id) for row in connection.execute(query.order_by(table.c.role, table.c.scope_id))]


def groups_of_officer(connection: Connection, person_id: str, day: date) -> list[str]:
    """Ids of the groups in the beats an area officer has."""
    roles, areas = core(PersonRole), core(Area)
    query = (
        select(areas.c.id)
        .join(roles, roles.c.scope_id == areas.c.beat_id)
        .where(roles.c.person_id == person_id, roles.c.role == AREA_OFFICER, _holds(day))
    )
    return list(connection.execute(query.order_by(areas.c.id)).scalars())


def custodians_called(
    connection: Connection, question: str, day: date, within: Territory
) -> list[dict[str, str | None]]:
    """id, name, kind and group of every office that keeps devices on that day and is called so, marks or none."""
    table = core(Custodian)
    open_still = or_(table.c.valid_to.is_(None), table.c.valid_to >= day)
    query = select(table.c.id, table.c.name, table.c.kind, table.c.group_id)
    rows = connection.execute(query.where(open_still, within.clause(table.c.group_id))).mappings()
    # As many as there are groups; none has a folded column of its own.
    words = fold(question).split()
    found = [dict(row) for row in rows if all(word in fold(f"{row['name']} {row['id']}") for word in words)]
    return sorted(found, key=lambda row: (vietnamese_key(row["name"]), row["id"]))


def eyes_without_custodian(connection: Connection, day: date) -> list[str]:
    """Cameras in service that nobody keeps on that day: none was named, or the office was closed."""
    devices, custodians = core(Device), core(Custodian)
    kept = and_(
        custodians.c.id == devices.c.custodian_id,
        or_(custodians.c.valid_to.is_(None), custodians.c.valid_to >= day),
    )
    query = (
        select(devices.c.id)
        .select_from(devices.outerjoin(custodians, kept))
        .where(devices.c.device_class == "camera", custodians.c.id.is_(None))
        .where(or_(devices.c.retired_on.is_(None), devices.c.retired_on > day))
    )
    return list(connection.execute(query.order_by(devices.c.id)).scalars())


def keeping_of(connection: Connection, day: date) -> list[Keeping]:
    """Of every camera, in order of id."""
    officers = _officers_by_beat(connection, day)
    devices, custodians, areas = core(Device), core(Custodian), core(Area)
    joined = devices.outerjoin(custodians, custodians.c.id == devices.c.custodian_id)
    columns = (custodians.c.name, areas.c.beat_id, devices.c.owner_kind, devices.c.funding)
    query = (
        select(devices.c.id, *columns)
        .select_from(joined.outerjoin(areas, areas.c.id == devices.c.group_id))
        .where(devices.c.device_class == "camera")
    )
    rows = connection.execute(query.order_by(devices.c.id))
    return [Keeping(row.id, row.name, officers.get(row.beat_id or "", ()), row.owner_kind, row.funding) for row in rows]


def _officers_by_beat(connection: Connection, day: date) -> dict[str, tuple[str, ...]]:
    roles, people = core(PersonRole), core(Person)
    query = (
        select(roles.c.scope_id, people.c.name)
        .join(people, people.c.id == roles.c.person_id)
        .where(roles.c.role == AREA_OFFICER, _holds(day))
    )
    found: dict[str, tuple[str, ...]] = {}
    for beat_id, name in connection.execute(query.order_by(people.c.id)):
        found[beat_id] = (*found.get(beat_id, ()), name)
    return found


def _holds(day: date) -> ColumnElement[bool]:
    roles = core(PersonRole)
    return and_(roles.c.valid_from <= day, or_(roles.c.valid_to.is_(None), roles.c.valid_to >= day))
