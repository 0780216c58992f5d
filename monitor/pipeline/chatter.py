"""Alarms that come again and again: found in the journal, held as one, and let go when they have been calm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, func, insert, select, update

from device_adapters.core.events import AlarmKind
from monitor.inventory.prepared import Prepared
from monitor.journal.alarm_rows import ALARM, TRANSITION, live_alarm
from monitor.machines.alarm import AlarmState, Given
from monitor.machines.discipline import Rules, can_chatter, chatters, is_calm
from monitor.pipeline.alarm_log import AlarmChange, OwnAct, give, restore_alarm
from monitor.pipeline.discipline import CHATTER
from monitor.pipeline.shelves import Classes

# Steps of the journal that are looked back over: a storm of more is many causes, not one alarm.
_STEPS = 5000
_IS_ON = CHATTER.c.ended_at.is_(None)
# Asked once a second.
_GOING_ON = Prepared(select(CHATTER.c.id, CHATTER.c.last_at).where(_IS_ON).order_by(CHATTER.c.id))


def found(connection: Connection, newest_step: int, now: datetime, rules: Rules) -> list[RowMapping]:
    """Those that began to chatter: source, kind, device_id, alarm_id, activations, began_at, last_at."""
    is_activation = and_(
        TRANSITION.c.id > newest_step - _STEPS,
        TRANSITION.c.at >= now - rules.chatter_within,
        TRANSITION.c.machine == "alarm",
        TRANSITION.c.to_state == AlarmState.UNACKNOWLEDGED,
        TRANSITION.c.reason.in_((Given.ALARM, "repeat")),
        ALARM.c.priority > 1,
        ALARM.c.drill_id.is_(None),
        ALARM.c.kind.in_([kind for kind in AlarmKind if can_chatter(kind, 2)]),
    )
    is_known = select(CHATTER.c.id).where(_IS_ON, CHATTER.c.source == ALARM.c.source, CHATTER.c.kind == ALARM.c.kind)
    activations = func.count().label("activations")
    query = (
        select(
            ALARM.c.source,
            ALARM.c.kind,
            func.max(ALARM.c.device_id).label("device_id"),
            func.max(ALARM.c.id).label("alarm_id"),
            activations,
            func.min(TRANSITION.c.at).label("began_at"),
            func.max(TRANSITION.c.at).label("last_at"),
        )
        .select_from(TRANSITION.join(ALARM, ALARM.c.id == TRANSITION.c.alarm_id))
        .where(is_activation, ~is_known.exists())
        .group_by(ALARM.c.source, ALARM.c.kind)
    )
    return [row for row in connection.execute(query).mappings() if chatters(row["activations"], rules)]


def begin(tx: Connection, rows: Sequence[RowMapping], now: datetime) -> list[AlarmChange]:
    changes = []
    for row in rows:
        tx.execute(insert(CHATTER).values(**row))
        changes.append(give(tx, OwnAct(row["source"], AlarmKind(row["kind"]), now, "chattering"), None))
    return [change for change in changes if change]


def calm(connection: Connection, now: datetime, rules: Rules) -> list[int]:
    """Ids of those that have been calm for long enough."""
    return [row["id"] for row in _GOING_ON.all(connection) if is_calm(row["last_at"], now, rules)]


def let_go(tx: Connection, ids: Sequence[int], classes: Classes, now: datetime) -> list[AlarmChange]:
    """Each is an alarm like others again: it ends where its condition has, and else stays as it is."""
    changes = []
    for row in tx.execute(select(CHATTER).where(CHATTER.c.id.in_(ids))).mappings().all():
        tx.execute(update(CHATTER).where(CHATTER.c.id == row["id"]).values(ended_at=now))
        kind = AlarmKind(row["kind"])
        alarm = live_alarm(tx, row["source"], kind)
        if alarm is None:
            continue
        if alarm["is_condition_present"]:
            changes.append(give(tx, OwnAct(row["source"], kind, now, "calm"), None))
        else:
            is_latching = classes[kind].is_latching
            changes.append(restore_alarm(tx, row["source"], kind, is_latching=is_latching, at=now))
    return [change for change in changes if change]
