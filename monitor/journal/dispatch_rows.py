"""Whom the dispatch of forces was told to, and how far that has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from monitor.journal.duties import BY_HAND, DUTY, SENDING, STOPPED, WAITING
from monitor.journal.incidents import alarm_ids_of
from monitor.journal.told_rows import DISPATCH


@dataclass(frozen=True, slots=True)
class GroupsTold:
    """``sent`` of ``of``: recipients, however many ways each has. ``channels``: the ways that were taken."""

    sent: int
    of: int
    channels: frozenset[str]


def groups_told(connection: Connection, incident_id: int) -> GroupsTold:
    """What was stopped before it left counts nowhere."""
    of_it = DUTY.c.alarm_id.in_(alarm_ids_of(connection, incident_id)), DUTY.c.about == DISPATCH
    query = select(DUTY.c.recipient, DUTY.c.state, DUTY.c.channel).where(*of_it, DUTY.c.state != STOPPED)
    rows = connection.execute(query).all()
    sent = {row.recipient for row in rows if row.state == "SENT"}
    return GroupsTold(len(sent), len({row.recipient for row in rows}), frozenset(row.channel for row in rows))


def told_already(connection: Connection, alarm_ids: Sequence[int]) -> set[str]:
    """Recipients that were told of a dispatch, or will be."""
    of_them = DUTY.c.alarm_id.in_(alarm_ids), DUTY.c.about == DISPATCH, DUTY.c.state != STOPPED
    return set(connection.execute(select(DUTY.c.recipient).where(*of_them)).scalars())


def stop_telling(tx: Connection, alarm_ids: Sequence[int], at: datetime) -> None:
    """What has not left stays here; what is on its way is not tried again."""
    of_them = DUTY.c.alarm_id.in_(alarm_ids), DUTY.c.about == DISPATCH
    unsent = DUTY.c.state.in_((WAITING, BY_HAND))
    tx.execute(update(DUTY).where(*of_them, unsent).values(state=STOPPED, settled_at=at))
    tx.execute(update(DUTY).where(*of_them, DUTY.c.state == SENDING).values(is_stop_asked=True))
