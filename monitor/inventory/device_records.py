"""A device's life in the inventory: planned, active, under maintenance, retired."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, select

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.edits import Edit, Outcome, Row, core, put_all
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.tables import Device

_NEXT = {
    Lifecycle.PLANNED: {Lifecycle.ACTIVE, Lifecycle.RETIRED},
    Lifecycle.ACTIVE: {Lifecycle.MAINTENANCE, Lifecycle.RETIRED},
    Lifecycle.MAINTENANCE: {Lifecycle.ACTIVE, Lifecycle.RETIRED},
    Lifecycle.RETIRED: frozenset[Lifecycle](),
}


def change_lifecycle(tx: Connection, device_ids: Sequence[str], to: Lifecycle, on: date, by: Edit) -> Outcome:
    """All of them or none. ``on``: the first day of the new state; kept where it begins service or ends it.

    Raises ``UnknownRecord``, or ``Refusal`` where a device cannot go from where it is to there.
    """
    there = _lives(tx, device_ids)
    if missing := [each for each in device_ids if each not in there]:
        raise UnknownRecord(f"there is no device {', '.join(missing)}")
    rows = [_changed(there[each], to, on) for each in device_ids]
    return put_all(tx, Device, rows, by)


def retire(tx: Connection, device_ids: Sequence[str], on: date, by: Edit) -> Outcome:
    """From that day on they no longer count; what was reported before stays."""
    return change_lifecycle(tx, device_ids, Lifecycle.RETIRED, on, by)


def _changed(life: Row, to: Lifecycle, on: date) -> Row:
    now = Lifecycle(life["lifecycle"])
    if to not in _NEXT[now]:
        raise Refusal(f"{life['id']} is {now} and cannot become {to}")
    row = {"id": life["id"], "lifecycle": str(to)}
    if to is Lifecycle.RETIRED:
        return row | {"retired_on": on}
    if now is Lifecycle.PLANNED and life["installed_on"] is None:
        return row | {"installed_on": on}
    return row


def _lives(tx: Connection, device_ids: Sequence[str]) -> dict[str, Row]:
    table = core(Device)
    query = select(table.c.id, table.c.lifecycle, table.c.installed_on).where(table.c.id.in_(device_ids))
    return {row["id"]: dict(row) for row in tx.execute(query).mappings()}
