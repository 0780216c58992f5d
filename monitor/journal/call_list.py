"""Whom to call about an incident, in order. Never the place itself where its bell is silent: it would tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from monitor.inventory.area_tables import Area
from monitor.inventory.contacts import Holder, holder_shown
from monitor.inventory.edits import core
from monitor.inventory.people_tables import PersonRole
from monitor.inventory.territory import Territory

_ROLE, _AREA = core(PersonRole), core(Area)
# The force of the group first (law on the grassroots force, 2023: who goes when called), then whoever commands it.
_IN_ORDER = ("area_officer", "security_team", "group_head", "commander")


@dataclass(frozen=True, slots=True)
class Site:
    """Where it is. ``establishment_id`` None: in no protected place."""

    group_id: str | None
    establishment_id: str | None
    is_silent: bool


@dataclass(frozen=True, slots=True)
class ToCall:
    """``role``: of a person; "establishment" for the place itself. ``scope``: for what. ``contacts`` are masked."""

    holder: str
    id: str
    name: str
    role: str
    scope: str
    contacts: Sequence[dict[str, Any]]


def call_list(connection: Connection, site: Site, within: Territory) -> list[ToCall]:
    told = []
    for role, person_id, scope in _people(connection, site.group_id):
        if (shown := holder_shown(connection, Holder.PERSON, person_id, within)) is not None:
            told.append(ToCall(Holder.PERSON, person_id, shown["name"], role, scope, shown["contacts"]))
    if site.establishment_id is None or site.is_silent:
        return told
    place = holder_shown(connection, Holder.ESTABLISHMENT, site.establishment_id, within)
    if place is not None:
        told.insert(0, ToCall(Holder.ESTABLISHMENT, place["id"], place["name"], "establishment", "", place["contacts"]))
    return told


def _people(connection: Connection, group_id: str | None) -> list[tuple[str, str, str]]:
    """(role, person, scope): of the group, of its beat, of its commune, and of the whole post."""
    scopes = [""]
    if group_id is not None:
        area = connection.execute(select(_AREA.c.beat_id, _AREA.c.parent_id).where(_AREA.c.id == group_id)).first()
        scopes += [group_id, *(scope for scope in (area or ()) if scope)]
    wanted = select(_ROLE.c.role, _ROLE.c.person_id, _ROLE.c.scope_id).where(
        _ROLE.c.scope_id.in_(scopes), _ROLE.c.role.in_(_IN_ORDER), _ROLE.c.valid_to.is_(None)
    )
    found = [tuple(row) for row in connection.execute(wanted.order_by(_ROLE.c.person_id))]
    return sorted(found, key=lambda each: _IN_ORDER.index(each[0]))
