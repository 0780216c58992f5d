"""Drills in a transaction: begun, and ended by a person; the watch does the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select

from device_adapters.core.events import AlarmKind
from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.audit import Edit, audit
from monitor.inventory.edits import core
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.drills import DRILL, drill_row, note_ended, unsettled
from monitor.machines.drill import LONGEST, DrillPress, Ending, Script, Wanted
from monitor.machines.incident import Disposition

DEVICE = core(Device)


def start(tx: Connection, script: Script, by: str, lasts_s: float, now: datetime) -> int:
    """Its number; the monitor that leads plays it from now on. Raises ``Refusal``."""
    if unsettled(tx):
        raise Refusal("a drill is going on; end it first", "drill_running")
    if strangers := _strangers(tx, script):
        raise Refusal(f"not registered, or not in use: {', '.join(strangers)}", "unknown_device")
    if not script.presses:
        raise Refusal("nothing is pressed in this story", "no_press")
    if lasts_s > LONGEST.total_seconds() or script.presses[-1].after_s >= lasts_s:
        raise Refusal("its last press would come after its end, or it would last more than four hours", "too_long")
    values = {"title": script.title[:200], "script": orjson.dumps(asdict(script)).decode(), "played": 0}
    values |= {"started_at": now, "started_by": by, "expires_at": now + timedelta(seconds=lasts_s)}
    drill_id: int = tx.execute(insert(DRILL).values(**values).returning(DRILL.c.id)).scalar_one()
    detail = {"title": script.title, "presses": len(script.presses)}
    audit(tx, Edit(by, now, "drill"), ("drill", str(drill_id)), "started", detail)
    return drill_id


def end(tx: Connection, drill_id: int, by: str, within: Territory, now: datetime) -> None:
    """By a person. Twice is once. Raises ``UnknownRecord``."""
    row = drill_row(tx, drill_id)
    insist_within(tx, row, within)
    if row["ended_at"] is None:
        note_ended(tx, drill_id, Ending.ENDED, now, by)
        audit(tx, Edit(by, now, "drill"), ("drill", str(drill_id)), "ended", {})


def insist_within(connection: Connection, row: Mapping[Any, Any], within: Territory) -> None:
    """It is that territory's where all that it presses stands inside. Raises ``UnknownRecord``."""
    if not is_within(connection, row, within):
        raise UnknownRecord(f"there is no drill {row['id']}")


def is_within(connection: Connection, row: Mapping[Any, Any], within: Territory) -> bool:
    if within.is_everywhere:
        return True
    named = {each.device_id for each in script_of(row).presses}
    inside = select(DEVICE.c.id).where(DEVICE.c.id.in_(named), within.of_devices(DEVICE.c.id))
    return set(connection.execute(inside).scalars()) == named


def script_of(row: Mapping[Any, Any]) -> Script:
    said = orjson.loads(row["script"])
    presses = tuple(DrillPress(each["after_s"], each["device_id"], AlarmKind(each["kind"])) for each in said["presses"])
    wanted = {device_id: _wanted(each) for device_id, each in said["wanted"].items()}
    return Script(said["title"], presses, wanted, said["left_out"])


def _wanted(said: Mapping[str, Any]) -> Wanted:
    disposition = said["disposition"]
    return Wanted(
        said["verifying_s"],
        said["dispatched_s"],
        said["on_scene_s"],
        None if disposition is None else Disposition(disposition),
    )


def _strangers(tx: Connection, script: Script) -> list[str]:
    named = {each.device_id for each in script.presses}
    in_use = DEVICE.c.lifecycle != Lifecycle.RETIRED.value
    known = tx.execute(select(DEVICE.c.id).where(DEVICE.c.id.in_(named), in_use)).scalars()
    return sorted(named - set(known))
