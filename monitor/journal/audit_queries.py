"""What the web reads of the audit journal: who did what, when, by what way; of one's own territory only.

A row is where the thing it tells of stands now. Of what is no more, only accounts bound to no area are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, false, or_, select, true

from monitor.inventory.area_tables import Area
from monitor.inventory.audit import EDIT
from monitor.inventory.contacts import Holder, held_within, masked
from monitor.inventory.edits import core
from monitor.inventory.people_tables import Contact
from monitor.inventory.place_tables import Site
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.tables import UserRow
from monitor.journal.times import iso

# Texts that lead to a person: the journal keeps them, and shows them to nobody.
_PERSONAL: Mapping[str, frozenset[str]] = {"contact": frozenset({"value", "name"})}


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """``since`` and ``until``: at or after, and before, in UTC. ``entities``: any of these; empty: all."""

    actor: str | None = None
    entity: str | None = None
    entity_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    entities: tuple[str, ...] = ()


def audit_page(
    connection: Connection, chosen: AuditFilter, within: Territory, *, limit: int, before_id: int | None = None
) -> tuple[list[dict[str, Any]], int | None]:
    """Newest first, and the id the next page starts below (None at the end)."""
    query = select(EDIT).where(_chosen(chosen), _inside(within)).order_by(EDIT.c.id.desc()).limit(limit + 1)
    if before_id is not None:
        query = query.where(EDIT.c.id < before_id)
    rows = connection.execute(query).mappings().all()
    items = [_json(row) for row in rows[:limit]]
    return items, (items[-1]["id"] if len(rows) > limit else None)


def _chosen(chosen: AuditFilter) -> ColumnElement[bool]:
    wanted: ColumnElement[bool] = true()
    for name in ("actor", "entity", "entity_id"):
        if (value := getattr(chosen, name)) is not None:
            wanted &= EDIT.c[name] == value
    if chosen.entities:
        wanted &= EDIT.c.entity.in_(chosen.entities)
    if chosen.since is not None:
        wanted &= EDIT.c.at >= chosen.since
    if chosen.until is not None:
        wanted &= EDIT.c.at < chosen.until
    return wanted


def _inside(within: Territory) -> ColumnElement[bool]:
    if within.is_everywhere:
        return true()
    device = core(Device)
    devices = select(device.c.id).where(within.clause(device.c.group_id, device.c.area_id))
    told: dict[str, Select[Any]] = dict.fromkeys(("device", "credential", "device_photo"), devices)
    for model, column in ((Area, "id"), (Site, "group_id")):
        target = core(model)
        told[target.name] = select(target.c.id).where(within.clause(target.c[column]))
    held, contact = {holder: held_within(holder, within) for holder in Holder}, core(Contact)
    told |= {holder.value: ids for holder, ids in held.items()}
    known = [and_(contact.c.holder == holder.value, contact.c.holder_id.in_(ids)) for holder, ids in held.items()]
    told["contact"] = select(contact.c.id).where(or_(*known))
    account = core(UserRow)
    told["user_account"] = select(account.c.name).where(within.clause(account.c.scope))
    return or_(false(), *((EDIT.c.entity == name) & EDIT.c.entity_id.in_(ids) for name, ids in told.items()))


def _json(row: RowMapping) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "actor", "source", "entity", "entity_id", "change", "hash")},
        "at": iso(row["at"]),
        "before": _told(row["entity"], row["before"]),
        "after": _told(row["entity"], row["after"]),
    }


def _told(entity: str, text: str | None) -> Any:
    if text is None:
        return None
    columns = orjson.loads(text)
    personal = _PERSONAL.get(entity, frozenset())
    return {name: masked(str(value)) if name in personal and value else value for name, value in columns.items()}
