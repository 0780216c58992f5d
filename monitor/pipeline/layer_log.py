"""What is written when a plan of rings is warned: units as posts, by which ways they are told, and what was said."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from monitor.inventory.areas import read_tree
from monitor.inventory.edits import core
from monitor.inventory.layers import StandingPlan, standing_plans
from monitor.inventory.prepared import AnyRow
from monitor.inventory.role_numbers import numbers_of
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE
from monitor.journal import layer_warnings as rows
from monitor.journal.duties import alarm_code
from monitor.journal.incidents import incident_row, root_of
from monitor.journal.layer_warnings import POST, RING, WARNING, Notice
from monitor.journal.queries import alarm_by_id
from monitor.journal.tables import AlarmRow
from monitor.journal.times import today
from monitor.journal.told_rows import LAYERS
from monitor.machines.escalation import Way
from monitor.machines.layer_warning import CENTRE, Ring, Warned
from monitor.notify.layer_plan import LayerRules
from monitor.notify.layer_wording import LayerTold, cancelled_text, late_text, warning_text
from monitor.notify.plan import Plan
from monitor.notify.wording import facts_of
from monitor.pipeline.incident_log import IncidentChange, Said, incident_of, journal

MONITOR, COMMANDER = "monitor", "commander"
_ALARM, _DEVICE = core(AlarmRow), core(Device)


@dataclass(frozen=True, slots=True)
class Moment:
    """Who does it, when."""

    by: str
    at: datetime


def plans_around(connection: Connection, alarm_id: int, at: datetime) -> list[StandingPlan]:
    """Those in whose centre the alarm is."""
    place = select(_DEVICE.c.group_id, _DEVICE.c.area_id).join(_ALARM, _ALARM.c.device_id == _DEVICE.c.id)
    found = connection.execute(place.where(_ALARM.c.id == alarm_id)).first()
    area_id = (found.group_id or found.area_id) if found else None
    if area_id is None:
        return []
    tree, day = read_tree(connection), today(at)
    path = [area.id for area in tree.path(area_id, day)]
    return [plan for plan in standing_plans(connection, tree, day) if plan.layer_of(path) == CENTRE]


def begin(tx: Connection, incident: AnyRow, alarm_id: int, plan: StandingPlan, told: tuple[LayerRules, Moment]) -> None:
    """Writes the warning down; nobody is told by it."""
    rules, moment = told
    there = {layer for unit in plan.units if not unit.is_undecided for layer in unit.layers}
    row = rows.begin(
        tx,
        {
            "incident_id": incident["id"], "alarm_id": alarm_id,
            "plan_id": plan.id, "plan_name": plan.name, "begun_at": moment.at,
        },
        [
            {"layer": ring.layer, "after_s": ring.after_s, "answer_s": ring.answer_s}
            for ring in rules.rings
            if ring.layer in there
        ],
    )  # fmt: skip
    units = [(unit, ",".join(str(layer) for layer in unit.layers)) for unit in plan.units]
    rows.add_posts(
        tx,
        row["id"],
        [
            {"area_id": unit.area_id, "name": unit.name, "layer": None, "layers": layers}
            if unit.is_undecided
            else {"area_id": unit.area_id, "name": unit.name, "layer": unit.layers[0], "layers": layers}
            for unit, layers in units
        ],
    )


def rings_of(tx: Connection, warning: AnyRow) -> tuple[list[Ring], Warned]:
    """As the machine takes them."""
    found = rows.rings_of(tx, warning["id"])
    return [Ring(row["layer"], row["after_s"], row["answer_s"]) for row in found], Warned(
        begun_at=warning["begun_at"],
        told_at={row["layer"]: row["told_at"] for row in found if row["told_at"] is not None},
        raised=[row["layer"] for row in found if row["raised_at"] is not None],
    )


def unanswered(tx: Connection, warning: AnyRow) -> dict[int, list[str]]:
    """Layer → the units that have not answered."""
    found: dict[int, list[str]] = {}
    for post in rows.posts_of(tx, warning["id"]):
        if post["layer"] is not None and post["acknowledged_at"] is None:
            found.setdefault(post["layer"], []).append(post["name"])
    return found


def tell_ring(tx: Connection, warning: AnyRow, layer: int, rules: LayerRules, moment: Moment) -> IncidentChange:
    """Every unit of the ring gets its duties, in this transaction."""
    ring = (RING.c.warning_id == warning["id"], RING.c.layer == layer)
    tx.execute(update(RING).where(*ring).values(told_at=moment.at, told_by=moment.by))
    posts = rows.posts_of(tx, warning["id"], layer)
    told = _told(tx, warning, layer)
    for post in posts:
        text = warning_text(_to(told, post["name"]), warning["begun_at"])
        ways = _ways(tx, rules, dict(post), today(moment.at))
        for way, otherwise in ways:
            duty = _duty(told, post["name"], text, moment.at)
            rows.note_duty(tx, post["id"], {**duty, **_by(way, otherwise)})
    data = {"layer": layer, "units": len(posts), "plan": warning["plan_name"]}
    return say(tx, warning, Said("layer_told", moment.at, moment.by, data=data))


def raise_late(tx: Connection, warning: AnyRow, ring: Ring, telling: Plan, moment: Moment) -> IncidentChange:
    """A ring that did not answer in time: the desk is told, and the commander."""
    mine = (RING.c.warning_id == warning["id"], RING.c.layer == ring.layer)
    tx.execute(update(RING).where(*mine).values(raised_at=moment.at))
    waiting = unanswered(tx, warning).get(ring.layer, [])
    units = len(rows.posts_of(tx, warning["id"], ring.layer))
    told = _told(tx, warning, ring.layer)
    text = late_text(told, ring.answer_s, waiting, units)
    for recipient in telling.roster.get(COMMANDER, ()):
        ways = [way for way in recipient.ways if not way.address.startswith("@")]
        if ways:
            duty = {**_duty(told, recipient.name, text, moment.at), "role": COMMANDER}
            rows.note_duty(tx, None, {**duty, **_by(ways[0], ways[1:])})
    data = {"layer": ring.layer, "waiting": len(waiting), "units": units, "plan": warning["plan_name"]}
    return say(tx, warning, Said("layer_late", moment.at, moment.by, data=data))


def note_answer(tx: Connection, warning: AnyRow, post: RowMapping, moment: Moment) -> IncidentChange:
    answered = {"acknowledged_at": moment.at, "acknowledged_by": moment.by}
    tx.execute(update(POST).where(POST.c.id == post["id"]).values(**answered))
    data = {"layer": post["layer"], "unit": post["name"]}
    return say(tx, warning, Said("layer_answered", moment.at, moment.by, data=data))


def cancel(tx: Connection, warning: AnyRow, moment: Moment) -> IncidentChange:
    """Nothing more leaves; whoever was told is told by ``cancel_on``, which goes on until all is known."""
    by_whom = {"cancelled_at": moment.at, "cancelled_by": moment.by}
    tx.execute(update(WARNING).where(WARNING.c.id == warning["id"]).values(**by_whom))
    rows.stop_notices(tx, rows.notices_of(tx, warning["id"]), moment.at)
    row = tx.execute(select(WARNING).where(WARNING.c.id == warning["id"])).mappings().one()
    told = cancel_on(tx, row, moment.at)
    data = {"units": told, "plan": warning["plan_name"]}
    return say(tx, warning, Said("layer_cancelled", moment.at, moment.by, data=data))


def cancel_on(tx: Connection, warning: AnyRow, at: datetime) -> int:
    """Tells those that were told and do not know yet; how many. Settled when nothing is on its way any more."""
    notices = rows.notices_of(tx, warning["id"])
    done = {each.post_id for each in rows.notices_of(tx, warning["id"], is_cancel=True)}
    told = 0
    for post in rows.posts_of(tx, warning["id"]):
        mine = [each for each in notices if each.post_id == post["id"]]
        if post["id"] in done or any(each.is_on_way for each in mine):
            continue
        reached = [each for each in mine if each.may_have_arrived]
        for each in reached or (mine[-1:] if post["acknowledged_at"] is not None else []):
            _cancel_one(tx, warning, post, each, at)
        told += bool(reached or (mine and post["acknowledged_at"] is not None))
    if not any(each.is_on_way for each in notices):
        tx.execute(update(WARNING).where(WARNING.c.id == warning["id"]).values(is_settled=True))
    return told


def say(tx: Connection, warning: AnyRow, said: Said) -> IncidentChange:
    """A line of the incident, of the one it goes on in where it was merged."""
    incident = root_of(tx, incident_row(tx, warning["incident_id"], EVERYWHERE))
    return journal(tx, incident["id"], incident_of(incident), said, before=incident["stage"])


def _cancel_one(tx: Connection, warning: AnyRow, post: RowMapping, notice: Notice, at: datetime) -> None:
    told = _to(_told(tx, warning, post["layer"]), post["name"])
    duty = _duty(told, post["name"], cancelled_text(told, warning["cancelled_at"]), at)
    otherwise = [Way(channel, address) for channel, address in json.loads(notice.row["otherwise"])]
    way = Way(notice.row["channel"], notice.row["address"])
    rows.note_duty(tx, post["id"], {**duty, **_by(way, otherwise)}, is_cancel=True)


def _told(tx: Connection, warning: AnyRow, layer: int) -> LayerTold:
    alarm = alarm_by_id(tx, warning["alarm_id"], EVERYWHERE)
    return LayerTold(alarm, alarm_code(alarm), warning["plan_name"], layer)


def _to(told: LayerTold, unit: str) -> LayerTold:
    return LayerTold(told.alarm, told.code, told.plan, told.layer, unit)


def _ways(tx: Connection, rules: LayerRules, post: Mapping[str, Any], day: date) -> Iterable[tuple[Way, Sequence[Way]]]:
    """The first way there is, with the others behind it; a role with several numbers is called by all of them."""
    groups = [
        [Way(way.channel, number) for number in numbers_of(tx, way.address[1:], (None, post["area_id"]), day)]
        if way.address.startswith("@")
        else [way]
        for way in rules.ways_of(post["area_id"], post["name"])
    ]
    first, *rest = [group for group in groups if group] or [[]]
    otherwise = [way for group in rest for way in group]
    return [(way, otherwise) for way in first]


def _by(way: Way, otherwise: Sequence[Way]) -> dict[str, Any]:
    others = [(each.channel, each.address) for each in otherwise]
    return {"channel": way.channel, "address": way.address, "otherwise": others}


def _duty(told: LayerTold, recipient: str, text: str, at: datetime) -> dict[str, Any]:
    return {
        "alarm_id": told.alarm["id"],
        "code": told.code,
        "kind": told.alarm["kind"],
        "priority": told.alarm["priority"],
        "role": f"layer_{told.layer}",
        "recipient": recipient,
        "text": text,
        "facts": facts_of(told.alarm),
        "about": LAYERS,
        # Whoever acknowledges the alarm does not unsay the warning; a cancel does.
        "is_stopped_by_ack": False,
        "decided_at": at,
        "due_at": at,
        "next_at": at,
    }
