"""What opens each account now: its browsers and its tokens, counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select

from monitor.inventory.edits import core
from monitor.journal.tables import ApiTokenRow, LoginSessionRow

_SESSION, _TOKEN = core(LoginSessionRow), core(ApiTokenRow)


@dataclass(frozen=True, slots=True)
class Keys:
    """``last_used_at``: of the browser that was used last."""

    sessions: int = 0
    tokens: int = 0
    last_used_at: datetime | None = None


NO_KEYS = Keys()


def keys_of(connection: Connection, now: datetime) -> dict[str, Keys]:
    """User's name → what opens the account; who has nothing is not there."""
    browsers = (
        select(_SESSION.c.user_name, func.count(), func.max(_SESSION.c.last_used_at))
        .where(_SESSION.c.expires_at > now)
        .group_by(_SESSION.c.user_name)
    )
    found = {name: Keys(count, 0, used_at) for name, count, used_at in connection.execute(browsers)}
    tokens = select(_TOKEN.c.user_name, func.count()).group_by(_TOKEN.c.user_name)
    for name, count in connection.execute(tokens):
        found[name] = replace(found.get(name, NO_KEYS), tokens=count)
    return found
