"""What a write to the inventory did, for whoever keeps a copy of it in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlmodel import SQLModel

from monitor.inventory.area_tables import Area
from monitor.inventory.edits import core
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.people_tables import Custodian
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.tables import Device

_DEVICE, _EDIT = core(Device), core(EditRow)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Touched:
    """``device_ids``: devices whose row, or whose keeper's, site's or establishment's row, was written;
    ``has_areas``: also the tree they stand in."""

    device_ids: frozenset[str]
    has_areas: bool


def last_edit(tx: Connection) -> int:
    """The number of the newest row of the journal."""
    return int(tx.execute(select(func.max(_EDIT.c.id))).scalar() or 0)


def touched_since(tx: Connection, last: int) -> Touched:
    """By the journal, which every write goes through: nobody can forget to say what he changed."""
    rows = tx.execute(select(_EDIT.c.entity, _EDIT.c.entity_id).where(_EDIT.c.id > last).distinct()).all()
    devices = {row.entity_id for row in rows if row.entity == _DEVICE.name}
    for model, column in _NAMED.items():
        named = [row.entity_id for row in rows if row.entity == core(model).name]
        for start in range(0, len(named), _AT_ONCE):
            names_it = _DEVICE.c[column].in_(named[start : start + _AT_ONCE])
            devices.update(tx.execute(select(_DEVICE.c.id).where(names_it)).scalars())
    return Touched(frozenset(devices), any(row.entity == core(Area).name for row in rows))


# What is shown of a device and stands in another row, by the column that names it.
_NAMED: Mapping[type[SQLModel], str] = {
    Custodian: "custodian_id",
    Site: "site_id",
    Establishment: "establishment_id",
}
