"""Who was told of alarms, or may have been, and has not been told of their end; and what their incidents came to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from monitor.inventory.edits import core
from monitor.journal.duties import BY_HAND, DUTY, SENDING, WAITING, duty_row
from monitor.journal.incident_tables import IncidentAlarmRow, IncidentRow
from monitor.journal.incidents import root_of

_INCIDENT, _PART = core(IncidentRow), core(IncidentAlarmRow)
RING, END, DISPATCH, RECALL, LAYERS = "ring", "end", "dispatch", "recall", "layers"
_SENT, _UNKNOWN = "SENT", "unknown"  # words of machines.delivery
_BY_OTHERS = (END, LAYERS)  # rings of units are told of their end by the cancel of their warning
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Came:
    """What the incident of an alarm came to: None where it is not over, or nobody said."""

    is_over: bool
    disposition: str | None = None


def told_of(tx: Connection, alarm_ids: Collection[int]) -> list[dict[str, Any]]:
    """Duties whose message arrived, or may have; or is still to be sent whatever was done."""
    ids, found = sorted(alarm_ids), list[int]()
    may_have = or_(DUTY.c.is_repeat, DUTY.c.last_outcome == _UNKNOWN)
    arrived = or_(DUTY.c.state.in_((_SENT, SENDING)), may_have)
    is_still_due = and_(DUTY.c.state.in_((WAITING, BY_HAND)), DUTY.c.is_stopped_by_ack.is_(False))
    for start in range(0, len(ids), _AT_ONCE):
        some = DUTY.c.alarm_id.in_(ids[start : start + _AT_ONCE])
        ended = select(DUTY.c.alarm_id).where(some, DUTY.c.about == END)
        query = select(DUTY.c.id).where(some, DUTY.c.about.not_in(_BY_OTHERS), or_(arrived, is_still_due))
        found += tx.execute(query.where(DUTY.c.alarm_id.not_in(ended)).order_by(DUTY.c.id)).scalars()
    return [duty_row(tx, duty_id) for duty_id in found]


def what_came(tx: Connection, alarm_ids: Collection[int]) -> Mapping[int, Came]:
    """Alarm → what its incident came to; no alarm that is part of none."""
    query = select(_INCIDENT, _PART.c.alarm_id.label("of_alarm")).join(_PART, _PART.c.incident_id == _INCIDENT.c.id)
    found: dict[int, Came] = {}
    for row in tx.execute(query.where(_PART.c.alarm_id.in_(sorted(alarm_ids)))).mappings().all():
        root = root_of(tx, row)
        found[row["of_alarm"]] = Came(root["stage"] == "CLOSED", root["disposition"])
    return found
