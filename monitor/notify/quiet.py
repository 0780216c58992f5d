"""What is due at a quiet hour and can wait: another way that is not quiet, or later; and its text says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.journal import duties
from monitor.journal.times import LOCAL
from monitor.machines.delivery import DutyState
from monitor.machines.quiet_hours import Quiet
from monitor.notify.wording import words

OUTCOME = "quiet"


def put_off(tx: Connection, channel: str, quiet: Quiet, kinds: Mapping[str, str], at: datetime) -> None:
    """Before anything of the channel is taken. ``kinds``: channel → its kind."""
    if not quiet.holds(at):
        return
    for duty in duties.due_of(tx, channel, at):
        until = quiet.until(duty, channel, at)
        if until is None:
            continue
        clock = f"{until.astimezone(LOCAL):%H:%M}"
        other = _other_way(duty, quiet, kinds, at)
        if other is None:
            line = words()["lines"]["quiet"].format(time=clock)
            text = duty["text"] if duty["text"].endswith(line) else f"{duty['text']}\n{line}"
            said = f"quiet hours until {clock}"
            duties.put_aside(tx, duty["id"], {"next_at": until, "text": text, **_answered(said)})
        else:
            _go_by(tx, duty, other, (kinds, at))


def _other_way(duty: Mapping[str, Any], quiet: Quiet, kinds: Mapping[str, str], at: datetime) -> tuple[str, str] | None:
    """None where it can only wait. To have it copied by hand would wake whoever sits at the desk instead."""
    for way in duty["otherwise"]:
        if kinds.get(way[0], "copy_text") != "copy_text" and quiet.until(duty, way[0], at) is None:
            return (way[0], way[1])
    return None


def _go_by(
    tx: Connection, duty: Mapping[str, Any], way: tuple[str, str], known: tuple[Mapping[str, str], datetime]
) -> None:
    """The quiet way stays the next one: it is waited for where the other leads nowhere."""
    kinds, at = known
    left = [each for each in ((duty["channel"], duty["address"]), *duty["otherwise"]) if each != way]
    called = words()["ways"]
    line = words()["switched"]["quiet"].format(
        before=called.get(kinds.get(duty["channel"], ""), duty["channel"]),
        channel=called.get(kinds.get(way[0], ""), way[0]),
    )
    goes_on = {"channel": way[0], "address": way[1], "otherwise": left, "text": f"{duty['text']}\n{line}"}
    moved = {"state": DutyState.SWITCHED, "settled_at": at, **_answered("quiet hours")}
    duties.go_on(tx, duty, goes_on, at)
    duties.put_aside(tx, duty["id"], moved)


def _answered(said: str) -> dict[str, str]:
    return {"last_outcome": OUTCOME, "last_answer": said}
