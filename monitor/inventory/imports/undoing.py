"""Taking a list back: every row as it was before, told from the journal; or a list of what stands in the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Date, DateTime, Table, and_, select
from sqlmodel import SQLModel

from monitor.errors import Refusal
from monitor.inventory.area_tables import Area, AreaPast, AreaSuccession, DevicePast
from monitor.inventory.credential_tables import Credential
from monitor.inventory.edits import Edit, core, put_all, remove_all
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.imports.batches import ROW_CHANGES, UNDO_DAYS, Batch, mark_undone
from monitor.inventory.people_tables import Beat, Contact, Custodian, Person, PersonRole
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.registration_tables import DevicePhoto
from monitor.inventory.tables import Device

# Whatever names another stands before it.
_MODELS: tuple[type[SQLModel], ...] = (
    Contact,
    DevicePast,
    Device,
    Site,
    Establishment,
    PersonRole,
    Person,
    Custodian,
    Beat,
    AreaPast,
    AreaSuccession,
    Area,
)
_BY_NAME = {core(model).name: model for model in _MODELS}
# What may name a row that is to go, by the column it does so with.
_NAMED_BY: Mapping[type[SQLModel], tuple[tuple[type[SQLModel], str], ...]] = {
    Area: (
        (Device, "group_id"),
        (Device, "area_id"),
        (Area, "parent_id"),
        (Site, "group_id"),
        (Establishment, "group_id"),
        (Custodian, "group_id"),
        (Beat, "area_id"),
        (PersonRole, "scope_id"),
        (AreaSuccession, "new_id"),
        (DevicePast, "group_id"),
    ),
    Site: ((Device, "site_id"),),
    Establishment: ((Device, "establishment_id"), (Contact, "holder_id")),
    Custodian: ((Device, "custodian_id"), (Contact, "holder_id")),
    Beat: ((Area, "beat_id"), (PersonRole, "scope_id")),
    Person: ((PersonRole, "person_id"), (Contact, "holder_id")),
    Device: ((Device, "parent_id"), (DevicePast, "device_id"), (Contact, "holder_id")),
}
_EDIT = core(EditRow)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A row of the list that is no longer as the list left it, or that something newer stands on."""

    entity: str
    entity_id: str
    by: str | None = None
    at: datetime | None = None


class CannotUndo(Refusal):
    def __init__(self, obstacles: Collection[Obstacle]) -> None:
        named = ", ".join(f"{each.entity} {each.entity_id}" for each in list(obstacles)[:10])
        super().__init__(f"changed or used since: {named}")
        self.obstacles = tuple(obstacles)


@dataclass(slots=True)
class _Before:
    """What one table's rows were: the keys of those that were not there, and what changed of the others."""

    absent: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    present: dict[str, dict[str, Any]] = field(default_factory=dict)


def undo(tx: Connection, batch: Batch, by: Edit) -> Collection[str]:
    """All of it or nothing; returns the devices it touched. Raises ``CannotUndo``, or ``Refusal``."""
    if not batch.may_undo(by.at):
        raise Refusal(f"import {batch.id} cannot be undone: it is {batch.row['state']}, or older than {UNDO_DAYS} days")
    if obstacles := _changed_since(tx, batch.source):
        raise CannotUndo(obstacles)
    before = _before(tx, batch.source)
    devices = before["device"]
    touched = [*devices.absent, *devices.present]
    for owned in (Credential, DevicePhoto):
        remove_all(tx, owned, [(each,) for each in devices.absent], by)
    for model in _MODELS:
        rows = before[core(model).name]
        remove_all(tx, model, rows.absent.values(), by)
        put_all(tx, model, list(rows.present.values()), by)
    if obstacles := [each for model in _NAMED_BY for each in _still_named(tx, model, before[core(model).name].absent)]:
        raise CannotUndo(obstacles)
    mark_undone(tx, batch, by)
    return touched


def added_devices(connection: Connection, batch: Batch) -> list[str]:
    query = select(_EDIT.c.entity_id).where(_EDIT.c.source == batch.source, _EDIT.c.entity == core(Device).name)
    return list(connection.execute(query.where(_EDIT.c.change == "added")).scalars())


def _changed_since(tx: Connection, source: str) -> list[Obstacle]:
    own, later = _EDIT.alias("own"), _EDIT.alias("later")
    same = and_(later.c.entity == own.c.entity, later.c.entity_id == own.c.entity_id, later.c.id > own.c.id)
    query = (
        select(later.c.entity, later.c.entity_id, later.c.actor, later.c.at)
        .select_from(own.join(later, same))
        .where(own.c.source == source, later.c.source != source, later.c.change.in_(ROW_CHANGES))
        .order_by(later.c.id)
    )
    found = {(row.entity, row.entity_id): Obstacle(*row) for row in tx.execute(query)}
    return list(found.values())


def _before(tx: Connection, source: str) -> Mapping[str, _Before]:
    found: dict[str, _Before] = defaultdict(_Before)
    edits = select(_EDIT).where(_EDIT.c.source == source, _EDIT.c.change.in_(ROW_CHANGES))
    for edit in tx.execute(edits.order_by(_EDIT.c.id.desc())).mappings():
        rows, name, target = found[edit["entity"]], edit["entity_id"], core(_BY_NAME[edit["entity"]])
        if edit["change"] == "added":
            row = _values(target, edit["after"])
            rows.present.pop(name, None)
            rows.absent[name] = tuple(row[column.name] for column in target.primary_key)
        else:
            rows.absent.pop(name, None)
            was = rows.present.setdefault(name, _keys(target, name))
            was |= _values(target, edit["before"])
    return found


def _values(target: Table, told: str) -> dict[str, Any]:
    return {name: _typed(target.c[name].type, value) for name, value in orjson.loads(told).items()}


def _keys(target: Table, entity_id: str) -> dict[str, Any]:
    columns = list(target.primary_key)
    parts = [entity_id] if len(columns) == 1 else entity_id.split("/")
    if len(parts) != len(columns):
        raise Refusal(f"{target.name} {entity_id} cannot be told from its journal")
    return {column.name: _typed(column.type, part) for column, part in zip(columns, parts, strict=True)}


def _typed(column_type: Any, value: Any) -> Any:
    if isinstance(value, str) and isinstance(column_type, DateTime):
        return datetime.fromisoformat(value)
    if isinstance(value, str) and isinstance(column_type, Date):
        return date.fromisoformat(value)
    return value


def _still_named(tx: Connection, model: type[SQLModel], gone: Iterable[str]) -> list[Obstacle]:
    ids, found = sorted(gone), list[Obstacle]()
    for namer, column in _NAMED_BY[model]:
        table = core(namer)
        keys = [table.c[each.name] for each in table.primary_key]
        for start in range(0, len(ids), _AT_ONCE):
            query = select(*keys).where(table.c[column].in_(ids[start : start + _AT_ONCE])).limit(_AT_ONCE)
            found += [Obstacle(table.name, "/".join(map(str, row))) for row in tx.execute(query)]
    return found
