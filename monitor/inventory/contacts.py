"""How people, custodians and establishments are reached: masked until somebody asks, and who asked is written down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from monitor.errors import UnknownRecord
from monitor.inventory.area_tables import Area
from monitor.inventory.areas import ids_below
from monitor.inventory.audit import Edit, audit
from monitor.inventory.edits import core
from monitor.inventory.people_tables import Beat, Contact, Custodian, Person, PersonRole
from monitor.inventory.place_tables import Establishment
from monitor.inventory.territory import Territory

_CONTACT, _PERSON, _ROLE = core(Contact), core(Person), core(PersonRole)
_DOTS = "••• •••"
# Of a number this much stays, enough to tell two apart: its network, and its end.
_SHOWN_FIRST, _SHOWN_LAST, _SHORTEST = 2, 3, 8


class Holder(StrEnum):
    """Whose contacts they are, as in ``Contact.holder``."""

    PERSON = "person"
    CUSTODIAN = "custodian"
    ESTABLISHMENT = "establishment"


_TABLES = {Holder.PERSON: _PERSON, Holder.CUSTODIAN: core(Custodian), Holder.ESTABLISHMENT: core(Establishment)}


def masked(value: str) -> str:
    """``09•• ••• 123``; of anything but a long number, nothing."""
    digits = "".join(letter for letter in value if letter.isdigit())
    is_number = len(digits) >= _SHORTEST and not any(letter.isalpha() for letter in value)
    return f"{digits[:_SHOWN_FIRST]}•• ••• {digits[-_SHOWN_LAST:]}" if is_number else _DOTS


def held_within(holder: Holder, within: Territory) -> Select[Any]:
    """Ids of those who belong to a territory: by their group, or the group, commune or beat of one of their roles."""
    if holder is not Holder.PERSON:
        target = _TABLES[holder]
        return select(target.c.id).where(within.clause(target.c.group_id))
    if within.scope is None:
        return select(_PERSON.c.id)
    areas, beats, inside = core(Area), core(Beat), ids_below(within.scope)
    their_beats = select(areas.c.beat_id).where(areas.c.id.in_(inside), areas.c.beat_id.is_not(None))
    whole_beats = select(beats.c.id).where(beats.c.area_id.in_(inside))
    is_theirs = or_(*(_ROLE.c.scope_id.in_(ids) for ids in (inside, their_beats, whole_beats)))
    return select(_ROLE.c.person_id).where(is_theirs)


def people_page(
    connection: Connection, holder: Holder, within: Territory, *, limit: int, after_id: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """In order of id with their contacts masked, and the id the next page starts after (None at the end)."""
    target = _TABLES[holder]
    query = select(target.c.id, target.c.name).where(target.c.id.in_(held_within(holder, within)))
    if after_id is not None:
        query = query.where(target.c.id > after_id)
    rows = connection.execute(query.order_by(target.c.id).limit(limit + 1)).all()
    ids = [row.id for row in rows[:limit]]
    roles = _roles(connection, ids) if holder is Holder.PERSON else {}
    contacts = _contacts(connection, holder, ids)
    items = [
        {"holder": holder.value, "id": row.id, "name": row.name, "roles": roles.get(row.id, [])}
        | {"contacts": [_hidden(contact) for contact in contacts.get(row.id, [])]}
        for row in rows[:limit]
    ]
    return items, (ids[-1] if len(rows) > limit else None)


def holder_shown(connection: Connection, holder: Holder, holder_id: str, within: Territory) -> dict[str, Any] | None:
    """One of them as ``people_page`` has it; None for whoever is not there, or elsewhere."""
    target = _TABLES[holder]
    inside = target.c.id.in_(held_within(holder, within))
    found = connection.execute(select(target.c.id, target.c.name).where(target.c.id == holder_id, inside)).first()
    if found is None:
        return None
    contacts = _contacts(connection, holder, [holder_id]).get(holder_id, [])
    return {
        "holder": holder.value,
        "id": found.id,
        "name": found.name,
        "contacts": [_hidden(each) for each in contacts],
    }


def reveal(tx: Connection, holder: Holder, holder_id: str, within: Territory, by: Edit) -> list[dict[str, Any]]:
    """Their contacts in full, and a row in the journal of who saw them. Raises ``UnknownRecord``."""
    target = _TABLES[holder]
    wanted = select(target.c.id).where(target.c.id == holder_id, target.c.id.in_(held_within(holder, within)))
    if tx.execute(wanted).first() is None:
        raise UnknownRecord(f"there is no {holder} {holder_id}")
    found = _contacts(tx, holder, [holder_id]).get(holder_id, [])
    audit(tx, by, (holder.value, holder_id), "contacts_seen", {"contacts": [contact["id"] for contact in found]})
    return found


def _roles(connection: Connection, person_ids: Sequence[str]) -> Mapping[str, list[str]]:
    query = select(_ROLE.c.person_id, _ROLE.c.role).where(_ROLE.c.person_id.in_(person_ids)).distinct()
    found: dict[str, list[str]] = defaultdict(list)
    for person_id, role in connection.execute(query.order_by(_ROLE.c.person_id, _ROLE.c.role)):
        found[person_id].append(role)
    return found


def _contacts(connection: Connection, holder: Holder, ids: Sequence[str]) -> Mapping[str, list[dict[str, Any]]]:
    names = ("id", "kind", "name", "value", "rank")
    query = select(_CONTACT.c.holder_id, *(_CONTACT.c[name] for name in names))
    query = query.where(_CONTACT.c.holder == holder.value, _CONTACT.c.holder_id.in_(ids))
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(query.order_by(_CONTACT.c.rank, _CONTACT.c.id)).mappings():
        found[row["holder_id"]].append({name: row[name] for name in names})
    return found


def _hidden(contact: Mapping[str, Any]) -> dict[str, Any]:
    return {**contact, "value": masked(contact["value"]), "name": contact["name"] and _DOTS}
