"""Whom the dispatch of forces was told to, and how far that has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, or_, select, update

from monitor.journal.duties import BY_HAND, DEAD, DUTY, SENDING, STOPPED, WAITING
from monitor.journal.incidents import alarm_ids_of
from monitor.journal.told_rows import DISPATCH, RECALL

_SENT, _UNKNOWN = "SENT", "unknown"  # words of machines.delivery


@dataclass(frozen=True, slots=True)
class GroupsTold:
    """``sent`` of ``of``: recipients, however many ways each has. ``channels``: the ways that were taken."""

    sent: int
    of: int
    channels: frozenset[str]


def groups_told(connection: Connection, incident_id: int) -> GroupsTold:
    """What was stopped before it left, or taken back since, counts nowhere."""
    rows = [row for row in _standing(connection, alarm_ids_of(connection, incident_id)) if row["state"] != STOPPED]
    sent = {row["recipient"] for row in rows if row["state"] == _SENT}
    return GroupsTold(len(sent), len({row["recipient"] for row in rows}), frozenset(row["channel"] for row in rows))


def told_already(connection: Connection, alarm_ids: Sequence[int]) -> set[str]:
    """Recipients that were told of a dispatch, or will be, and were not told since that it was taken back."""
    return {row["recipient"] for row in _standing(connection, alarm_ids) if row["state"] != STOPPED}


def told_in_vain(connection: Connection, alarm_ids: Sequence[int]) -> list[RowMapping]:
    """Duties whose message arrived, or may have, and was not taken back since."""
    return [
        row
        for row in _standing(connection, alarm_ids)
        if row["state"] in (_SENT, SENDING) or row["is_repeat"] or row["last_outcome"] == _UNKNOWN
    ]


def stop_telling(tx: Connection, alarm_ids: Sequence[int], about: str, at: datetime) -> None:
    """What has not left stays here; what is on its way is not tried again, nor what reached nobody by hand.

    ``about``: DISPATCH or RECALL.
    """
    of_them = DUTY.c.alarm_id.in_(alarm_ids), DUTY.c.about == about
    unsent = DUTY.c.state.in_((WAITING, BY_HAND, DEAD))
    tx.execute(update(DUTY).where(*of_them, unsent).values(state=STOPPED, settled_at=at))
    tx.execute(update(DUTY).where(*of_them, DUTY.c.state == SENDING).values(is_stop_asked=True))


def _standing(connection: Connection, alarm_ids: Sequence[int]) -> list[RowMapping]:
    """Duties that tell of a dispatch, but for those whose recipient was told later that it was taken back."""
    of_them = DUTY.c.alarm_id.in_(alarm_ids)
    may_have = or_(DUTY.c.state != STOPPED, DUTY.c.is_repeat, DUTY.c.last_outcome == _UNKNOWN)
    taken_back = select(DUTY.c.recipient, func.max(DUTY.c.id)).where(of_them, DUTY.c.about == RECALL, may_have)
    until = {row[0]: row[1] for row in connection.execute(taken_back.group_by(DUTY.c.recipient))}
    told = select(DUTY).where(of_them, DUTY.c.about == DISPATCH).order_by(DUTY.c.id)
    rows = connection.execute(told).mappings().all()
    return [row for row in rows if row["id"] > until.get(row["recipient"], 0)]
