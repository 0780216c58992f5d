"""A device's life in the inventory: planned, active, under maintenance, retired."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import orjson
from sqlalchemy import Connection, and_, select

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.audit import EDIT
from monitor.inventory.edits import Edit, Outcome, Row, core, put_all
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.tables import Device

_NEXT = {
    Lifecycle.PLANNED: {Lifecycle.ACTIVE, Lifecycle.RETIRED},
    Lifecycle.ACTIVE: {Lifecycle.MAINTENANCE, Lifecycle.RETIRED},
    Lifecycle.MAINTENANCE: {Lifecycle.ACTIVE, Lifecycle.RETIRED},
    Lifecycle.RETIRED: frozenset[Lifecycle](),
}
# What a step of its life writes besides.
_DAYS = ("installed_on", "retired_on")


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


def undo_lifecycle(tx: Connection, device_id: str, since: datetime, by: Edit) -> Outcome:
    """Puts a device's life back to where it was before its newest step, if that was taken at ``since`` or later.

    The one way back from RETIRED and into PLANNED, for a slip of the hand; a step of an earlier day stands in reports.
    Raises ``Refusal`` where there is nothing to undo, or where the address it spoke under is another's by now.
    """
    steps = select(EDIT.c.before, EDIT.c.after).where(
        EDIT.c.entity == "device", EDIT.c.entity_id == device_id, EDIT.c.change == "changed", EDIT.c.at >= since
    )
    now, spoke = _lives(tx, [device_id])[device_id], dict[str, str]()
    for before, after in tx.execute(steps.order_by(EDIT.c.id.desc())):
        was, became = orjson.loads(before), orjson.loads(after)
        if became.get("address") == given_up(was.get("address") or "", device_id):
            spoke = {"address": was["address"]}
        if "lifecycle" not in became:
            continue
        if became["lifecycle"] != now["lifecycle"]:
            break
        _insist_on_free(tx, {**now, **spoke})
        days = {name: was[name] and date.fromisoformat(was[name]) for name in _DAYS if name in was}
        return put_all(tx, Device, [{"id": device_id, "lifecycle": was["lifecycle"], **days, **spoke}], by)
    raise Refusal(f"{device_id} has not come into another state of its life today")


def given_up(address: str, device_id: str) -> str:
    """The address of a retired device whose own another has now: nobody can speak under it."""
    return f"{address[:130]} (retired: {device_id})"


def _insist_on_free(tx: Connection, device: Row) -> None:
    table = core(Device)
    same = and_(table.c.adapter == device["adapter"], table.c.address == device["address"], table.c.id != device["id"])
    # Who took it is not named: that may be a device of another territory by now.
    if tx.execute(select(table.c.id).where(same)).first() is not None:
        raise Refusal(f"the {device['adapter']} address {device['address']!r} is another device's by now")


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
    columns = (table.c[name] for name in ("id", "lifecycle", "installed_on", "adapter", "address"))
    query = select(*columns).where(table.c.id.in_(device_ids))
    return {row["id"]: dict(row) for row in tx.execute(query).mappings()}
