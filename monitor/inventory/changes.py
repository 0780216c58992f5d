"""What a write to the inventory did, for whoever keeps a copy of it in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Connection, func, select

from monitor.inventory.area_tables import Area
from monitor.inventory.edits import core
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.people_tables import Custodian
from monitor.inventory.tables import Device

T = TypeVar("T")
_DEVICE, _EDIT = core(Device), core(EditRow)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Changed(Generic[T]):
    """``result``: for whoever asked. ``device_ids``: devices touched otherwise than by a row of theirs."""

    result: T
    device_ids: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Touched:
    """``device_ids``: devices whose row, or keeper's row, was written; ``has_areas``: also the tree they stand in."""

    device_ids: frozenset[str]
    has_areas: bool


def last_edit(tx: Connection) -> int:
    """The number of the newest row of the journal."""
    return int(tx.execute(select(func.max(_EDIT.c.id))).scalar() or 0)


def touched_since(tx: Connection, last: int) -> Touched:
    """By the journal, which every write goes through: nobody can forget to say what he changed."""
    rows = tx.execute(select(_EDIT.c.entity, _EDIT.c.entity_id).where(_EDIT.c.id > last).distinct()).all()
    by_table = {name: [row.entity_id for row in rows if row.entity == name] for name in _FOLLOWED}
    devices = set(by_table[_DEVICE.name])
    keepers = by_table[core(Custodian).name]
    for start in range(0, len(keepers), _AT_ONCE):
        kept = _DEVICE.c.custodian_id.in_(keepers[start : start + _AT_ONCE])
        devices.update(tx.execute(select(_DEVICE.c.id).where(kept)).scalars())
    return Touched(frozenset(devices), bool(by_table[core(Area).name]))


_FOLLOWED = (_DEVICE.name, core(Custodian).name, core(Area).name)
