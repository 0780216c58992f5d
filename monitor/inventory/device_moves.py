"""The one way devices come to stand in another group: from a day on, with what was before kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, select

from monitor.errors import Refusal
from monitor.inventory.area_tables import Area, DevicePast
from monitor.inventory.edits import Edit, Row, core, put_all
from monitor.inventory.folding import search_text
from monitor.inventory.tables import Device

SEARCHED = ("id", "name", "place", "position", "street_address", "group_name")
_MOVED = (*SEARCHED, "group_id", "area_id")


def move_group_devices(tx: Connection, old_group: str, new_group: str, effective_on: date, by: Edit) -> int:
    """Every device of one group into another; returns how many."""
    table = core(Device)
    ids = tx.execute(select(table.c.id).where(table.c.group_id == old_group).order_by(table.c.id)).scalars().all()
    return move_devices(tx, ids, new_group, effective_on, by)


def move_devices(tx: Connection, device_ids: Sequence[str], group_id: str, effective_on: date, by: Edit) -> int:
    """Into a group from a day on; a second move on one day corrects the first.

    Raises ``Refusal`` for a device that was moved later already.
    """
    table = core(Device)
    columns = (table.c[name] for name in _MOVED)
    wanted = table.c.id.in_(device_ids) & table.c.group_id.is_distinct_from(group_id)
    rows = [dict(row) for row in tx.execute(select(*columns).where(wanted).order_by(table.c.id)).mappings()]
    last_day = effective_on - timedelta(days=1)
    earlier = _earlier(tx, [row["id"] for row in rows])
    if later := [each for each, days in earlier.items() if max(days) > last_day]:
        raise Refusal(f"moved later than that already: {', '.join(sorted(later))}")
    pasts = [
        {"device_id": row["id"], "valid_to": last_day, "group_id": row["group_id"], "area_id": row["area_id"]}
        for row in rows
        if last_day not in earlier.get(row["id"], ())
    ]
    put_all(tx, DevicePast, pasts, by)
    name = tx.execute(select(core(Area).c.name).where(core(Area).c.id == group_id)).scalar()
    put_all(tx, Device, [_placed(row, group_id, name or group_id) for row in rows], by)
    return len(rows)


def rename_groups(tx: Connection, group_ids: Sequence[str], by: Edit) -> None:
    """Devices carry their group's name along: it follows the group's row."""
    table, area = core(Device), core(Area)
    columns = (table.c[name] for name in _MOVED)
    query = select(*columns, area.c.name.label("now")).join(area, area.c.id == table.c.group_id)
    stale = table.c.group_id.in_(group_ids) & table.c.group_name.is_distinct_from(area.c.name)
    rows = [dict(row) for row in tx.execute(query.where(stale)).mappings()]
    put_all(tx, Device, [_placed(row, row["group_id"], row.pop("now")) for row in rows], by)


def _placed(row: Row, group_id: str, group_name: str) -> Row:
    placed = {**row, "group_id": group_id, "group_name": group_name, "area_id": None}
    return placed | {"search_text": search_text(*(placed[name] for name in SEARCHED))}


def _earlier(tx: Connection, device_ids: Sequence[str]) -> dict[str, list[date]]:
    table = core(DevicePast)
    found: dict[str, list[date]] = defaultdict(list)
    for row in tx.execute(select(table.c.device_id, table.c.valid_to).where(table.c.device_id.in_(device_ids))):
        found[row.device_id].append(row.valid_to)
    return found
