"""Telephone numbers of whoever holds a role where something happens: in its group, its beat, or any area above."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, bindparam, or_, select

from monitor.inventory.area_tables import Area
from monitor.inventory.edits import core
from monitor.inventory.kinds import ContactKind
from monitor.inventory.people_tables import Contact, PersonRole
from monitor.inventory.prepared import Prepared
from monitor.inventory.territory import Place

_AREA, _CONTACT, _ROLE = core(Area), core(Contact), core(PersonRole)
# More levels than any tree of areas has.
_HIGHEST = 10
# An alarm that rings passes it at each level.
_ABOVE = Prepared(select(_AREA.c.parent_id, _AREA.c.beat_id).where(_AREA.c.id == bindparam("of_area")))


def numbers_of(connection: Connection, role: str, place: Place, day: date) -> list[str]:
    """One for each person, the one to be called first; whoever is nearest first."""
    scopes = scopes_of(connection, place)
    is_valid = (_ROLE.c.valid_from <= day) & or_(_ROLE.c.valid_to.is_(None), _ROLE.c.valid_to >= day)
    held = select(_ROLE.c.person_id, _ROLE.c.scope_id).where(_ROLE.c.role == role, _ROLE.c.scope_id.in_(scopes))
    holders = connection.execute(held.where(is_valid).order_by(_ROLE.c.person_id)).all()
    people = list(dict.fromkeys(row.person_id for row in sorted(holders, key=lambda row: scopes.index(row.scope_id))))
    phones = select(_CONTACT.c.holder_id, _CONTACT.c.value).where(
        _CONTACT.c.holder == "person", _CONTACT.c.holder_id.in_(people), _CONTACT.c.kind == ContactKind.PHONE
    )
    first: dict[str, str] = {}
    for person_id, number in connection.execute(phones.order_by(_CONTACT.c.rank, _CONTACT.c.id)):
        first.setdefault(person_id, number)
    return list(dict.fromkeys(first[person_id] for person_id in people if person_id in first))


def scopes_of(connection: Connection, place: Place) -> list[str]:
    """Areas and beats around a place, from the nearest to the whole post ("")."""
    found: list[str] = []
    area_id = place[0] or place[1]
    while area_id is not None and area_id not in found and len(found) < 2 * _HIGHEST:
        row = _ABOVE.first(connection, {"of_area": area_id})
        found += [each for each in (area_id, row["beat_id"] if row else None) if each is not None]
        area_id = row["parent_id"] if row else None
    return [*found, ""]
