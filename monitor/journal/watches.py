"""The roster as rows: who stands duty when. ``within``: whose eyes it is for; the whole post's watches are for all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, or_, select, update

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.area_tables import Area
from monitor.inventory.audit import Edit, audit
from monitor.inventory.edits import core
from monitor.inventory.people_tables import Contact, Person, PersonRole
from monitor.inventory.prepared import PreparedOfSome
from monitor.inventory.territory import Territory
from monitor.journal.shift_tables import WatchRow
from monitor.journal.times import iso

WATCH = core(WatchRow)
_AREA, _PERSON, _CONTACT, _ROLE = core(Area), core(Person), core(Contact), core(PersonRole)
MOST = 2000
# An alarm that rings passes it.
_STANDING = PreparedOfSome(
    select(WATCH).where(
        WATCH.c.starts_at <= bindparam("last"), WATCH.c.ends_at > bindparam("first"), WATCH.c.removed_at.is_(None)
    ),
    WATCH.c.role,
)
_ONE_AND_THE_SAME = ("role", "name", "scope_id", "starts_at", "ends_at")


@dataclass(frozen=True, slots=True)
class NewWatch:
    """As in ``shift_tables.WatchRow``."""

    role: str
    name: str
    starts_at: datetime
    ends_at: datetime
    scope_id: str = ""
    person_id: str | None = None
    way: str | None = None


def standing_at(
    connection: Connection, moments: Collection[datetime], roles: Collection[str], scopes: Collection[str]
) -> Sequence[Mapping[str, Any]]:
    """Whoever has a watch in one of these roles at one of these moments, in one of these places."""
    between = {"first": min(moments), "last": max(moments)}
    standing = [row for row in _STANDING.all(connection, roles, between) if row["scope_id"] in scopes]
    return sorted(standing, key=lambda row: (row["starts_at"], row["role"], row["id"]))


def watches_between(
    connection: Connection, first: datetime, last: datetime, within: Territory
) -> list[Mapping[str, Any]]:
    return _rows(connection, WATCH.c.starts_at < last, WATCH.c.ends_at > first, _seen(within))


def add_watches(tx: Connection, news: Sequence[NewWatch], by: Edit, within: Territory) -> int:
    """How many are new: one that stands there already is left as it is. Raises ``OutsideTerritory``, ``Refusal``."""
    added = 0
    for new in news:
        _insist(tx, new, within)
        same = [WATCH.c[name] == getattr(new, name) for name in _ONE_AND_THE_SAME]
        if tx.execute(select(WATCH.c.id).where(*same, WATCH.c.removed_at.is_(None))).first() is None:
            given = {name: getattr(new, name) for name in NewWatch.__slots__}
            watch_id = tx.execute(
                insert(WATCH).values(**given, entered_at=by.at, entered_by=by.actor).returning(WATCH.c.id)
            ).scalar_one()
            detail = {"role": new.role, "name": new.name, "from": iso(new.starts_at), "to": iso(new.ends_at)}
            audit(tx, by, ("watch", str(watch_id)), "entered", detail)
            added += 1
    return added


def set_removed(tx: Connection, watch_id: int, is_removed: bool, by: Edit, within: Territory) -> None:
    """Off the roster, or on it again. Raises ``UnknownRecord``, ``OutsideTerritory``."""
    row = tx.execute(select(WATCH).where(WATCH.c.id == watch_id, _seen(within))).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no watch {watch_id}")
    within.insist(row["scope_id"] or None)
    removed = {"removed_at": by.at if is_removed else None, "removed_by": by.actor if is_removed else None}
    tx.execute(update(WATCH).where(WATCH.c.id == watch_id).values(**removed))
    audit(tx, by, ("watch", str(watch_id)), "removed" if is_removed else "restored", {"role": row["role"]})


def areas_named(connection: Connection, names: Collection[str], within: Territory) -> Mapping[str, str]:
    """What was written (an id or a name) → the area's id, of one's own territory."""
    wanted = or_(_AREA.c.id.in_(names), _AREA.c.name.in_(names))
    rows = connection.execute(select(_AREA.c.id, _AREA.c.name).where(wanted, within.clause(_AREA.c.id))).all()
    return {row.name: row.id for row in rows} | {row.id: row.id for row in rows}


def people_named(connection: Connection, names: Collection[str]) -> Mapping[str, str]:
    """What was written (an id or a role's name) → the person's id, where only one is called so."""
    wanted = or_(_PERSON.c.id.in_(names), _PERSON.c.name.in_(names))
    rows = connection.execute(select(_PERSON.c.id, _PERSON.c.name).where(wanted)).all()
    called = [row.name for row in rows]
    alone = {row.name: row.id for row in rows if called.count(row.name) == 1}
    return alone | {row.id: row.id for row in rows}


def first_numbers(connection: Connection, person_id: str) -> list[str]:
    """The telephone to call first."""
    phones = select(_CONTACT.c.value).where(
        _CONTACT.c.holder == "person", _CONTACT.c.holder_id == person_id, _CONTACT.c.kind == "phone"
    )
    return list(connection.execute(phones.order_by(_CONTACT.c.rank, _CONTACT.c.id).limit(1)).scalars())


def _insist(tx: Connection, new: NewWatch, within: Territory) -> None:
    within.insist(new.scope_id or None)
    if new.ends_at <= new.starts_at:
        raise Refusal("a watch ends after it begins", "order")
    if new.scope_id and tx.execute(select(_AREA.c.id).where(_AREA.c.id == new.scope_id)).first() is None:
        raise Refusal(f"there is no area {new.scope_id}", "no_area")
    if new.person_id and not _is_known(tx, new.person_id, within):
        raise Refusal(f"there is no person {new.person_id}", "no_person")


def _is_known(tx: Connection, person_id: str, within: Territory) -> bool:
    """Whose numbers a watch uses must be one's own to use."""
    query = select(_PERSON.c.id).where(_PERSON.c.id == person_id)
    if not within.is_everywhere:
        held = select(_ROLE.c.person_id).where(_ROLE.c.person_id == person_id, within.clause(_ROLE.c.scope_id))
        query = query.where(_PERSON.c.id.in_(held))
    return tx.execute(query).first() is not None


def _rows(connection: Connection, *which: ColumnElement[bool]) -> list[Mapping[str, Any]]:
    query = select(WATCH, _AREA.c.name.label("area_name")).outerjoin(_AREA, _AREA.c.id == WATCH.c.scope_id)
    ordered = query.where(*which, WATCH.c.removed_at.is_(None)).order_by(WATCH.c.starts_at, WATCH.c.role, WATCH.c.id)
    return [dict(row) for row in connection.execute(ordered.limit(MOST)).mappings()]


def _seen(within: Territory) -> ColumnElement[bool]:
    return or_(WATCH.c.scope_id == "", within.clause(WATCH.c.scope_id))
