"""A duty and its answer, in one transaction: done, to be tried again, or going on by another way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.journal import duties
from monitor.journal.duties import Settled
from monitor.machines.delivery import Answer, DutyState, Settlement, Trial, settle
from monitor.notify.message import Message
from monitor.notify.wording import marked, switched, words


def message_of(duty: Mapping[str, Any]) -> Message:
    is_repeat = bool(duty["is_repeat"])
    return Message(
        # A way taken instead of another is a try of the same duty, to whoever can tell copies by it.
        tracking_id=f"duty-{duty['id']}",
        address=duty["address"],
        code=duty["code"],
        text=marked(duty["text"], is_repeat=is_repeat),
        facts=duty["facts"],
        is_repeat=is_repeat,
    )


def settle_duty(
    tx: Connection, duty: Mapping[str, Any], answer: Answer, kinds: Mapping[str, str], now: datetime
) -> Settlement:
    """``duty``: as it was taken; ``kinds``: channel → its kind, for what people are told of the way."""
    row = duties.duty_row(tx, duty["id"])
    trial = Trial(
        attempts=duty["attempts"],
        is_repeat=row["is_repeat"],
        has_other_way=bool(row["otherwise"]),
        is_stopped=row["is_stop_asked"],
    )
    settlement = settle(trial, answer, now)
    is_over = settlement.state is not DutyState.WAITING
    settled = Settled(
        settlement.state, settlement.next_at, settlement.is_repeat, answer.outcome, answer.said, is_over=is_over
    )
    duties.settle(tx, row["id"], duty["attempts"], settled, now)
    if settlement.state is DutyState.SWITCHED:
        _go_on(tx, {**row, "is_repeat": settlement.is_repeat}, answer, kinds, now)
    return settlement


def _go_on(tx: Connection, row: Mapping[str, Any], answer: Answer, kinds: Mapping[str, str], now: datetime) -> None:
    (channel, address), *otherwise = row["otherwise"]
    called = words()["ways"]
    before, after = (called.get(kinds.get(name, ""), name) for name in (row["channel"], channel))
    text = switched(row["text"], answer.cause, before, after)
    duties.go_on(tx, row, {"channel": channel, "address": address, "otherwise": otherwise, "text": text}, now)
