"""Ids for devices that nobody named: the next number after their neighbours'."""

from __future__ import annotations

import re

from sqlalchemy import Connection, func, select

from monitor.inventory.area_tables import Area
from monitor.inventory.edits import core
from monitor.inventory.tables import Device

_AREA, _DEVICE = core(Area), core(Device)
_NUMBERED = re.compile(r"(.*\D)(\d{1,9})")
_PREFIX = {"camera": "CAM-", "bell": "BELL-", "gateway": "GW-", "recorder": "REC-"}
_HIGH_MAST = "HM-"
_DIGITS = 4
_LOOKED_AT = 20


class NextIds:
    """Ids for many devices of one transaction that are not written yet."""

    def __init__(self, tx: Connection) -> None:
        self._tx = tx
        self._prefixes: dict[tuple[str, bool, str | None], str] = {}
        self._last: dict[str, tuple[int, int]] = {}  # prefix → the last number given, and its digits

    def give(self, device_class: str, *, is_high_mast: bool, group_id: str | None) -> str:
        asked = (device_class, is_high_mast, group_id)
        if asked not in self._prefixes:
            self._prefixes[asked] = _prefix(self._tx, device_class, is_high_mast=is_high_mast, group_id=group_id)
        prefix = self._prefixes[asked]
        if prefix not in self._last:
            digits = _last_number(self._tx, prefix)
            self._last[prefix] = int(digits or 0), len(digits) if digits else _DIGITS
        last, width = self._last[prefix]
        self._last[prefix] = last + 1, width
        return f"{prefix}{last + 1:0{width}}"


def next_id(tx: Connection, device_class: str, *, is_high_mast: bool, group_id: str | None) -> str:
    """In the row of that class in its group, or in a group beside it (CAM-DV-0118 → CAM-DV-0119), else of its class."""
    return NextIds(tx).give(device_class, is_high_mast=is_high_mast, group_id=group_id)


def _prefix(tx: Connection, device_class: str, *, is_high_mast: bool, group_id: str | None) -> str:
    alike = (_DEVICE.c.device_class == device_class) & (_DEVICE.c.is_high_mast == is_high_mast)
    parent = select(_AREA.c.parent_id).where(_AREA.c.id == group_id).scalar_subquery()
    beside = _DEVICE.c.group_id.in_(select(_AREA.c.id).where(_AREA.c.parent_id == parent))
    prefix = _HIGH_MAST if is_high_mast else _PREFIX.get(device_class, f"{device_class.upper()}-")
    for there in (_DEVICE.c.group_id == group_id, beside):
        newest = select(_DEVICE.c.id).where(alike, there).order_by(_DEVICE.c.id.desc()).limit(1)
        if match := _NUMBERED.fullmatch(tx.execute(newest).scalar() or ""):
            prefix = match.group(1)
            break
    return prefix


def _last_number(tx: Connection, prefix: str) -> str | None:
    # ":" stands after 9: a range of the primary key, not a search, and none of CAM-DV-0001 among CAM-0001's.
    begins_so = (f"{prefix}0" <= _DEVICE.c.id) & (f"{prefix}:" > _DEVICE.c.id)
    longest_first = (func.length(_DEVICE.c.id).desc(), _DEVICE.c.id.desc())
    query = select(_DEVICE.c.id).where(begins_so).order_by(*longest_first).limit(_LOOKED_AT)
    for device_id in tx.execute(query).scalars():
        number = str(device_id).removeprefix(prefix)
        if number.isdecimal():
            return number
    return None
