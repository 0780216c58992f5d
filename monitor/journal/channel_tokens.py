"""The keys of accounts that expire, as rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from monitor.inventory.edits import core
from monitor.journal.duty_tables import ChannelTokenRow

_TOKEN = core(ChannelTokenRow)
# Of a refresh key, from the day it was given; a person is told a week before the last one ends.
AUTHORISED_FOR, TOLD_BEFORE = timedelta(days=90), timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """As in ``duty_tables.ChannelTokenRow``."""

    access_token: str
    refresh_token: str
    taken_at: datetime
    expires_at: datetime
    previous_access: str | None = None
    previous_refresh: str | None = None
    is_proven: bool = False
    seed_digest: str
    fault: str | None = None

    def __repr__(self) -> str:
        return f"TokenPair(expires_at={self.expires_at}, is_proven={self.is_proven}, fault={self.fault!r})"


def token_pair(connection: Connection, account: str) -> TokenPair | None:
    names = list(TokenPair.__dataclass_fields__)
    row = connection.execute(select(*(_TOKEN.c[name] for name in names)).where(_TOKEN.c.account == account)).first()
    return None if row is None else TokenPair(**dict(zip(names, row, strict=True)))


def keep_token_pair(tx: Connection, account: str, pair: TokenPair) -> None:
    values = asdict(pair)
    if tx.execute(update(_TOKEN).where(_TOKEN.c.account == account).values(**values)).rowcount == 0:
        tx.execute(insert(_TOKEN).values(account=account, **values))


def authorisations(connection: Connection, now: datetime) -> list[dict[str, Any]]:
    """Each account, until when it may speak for us, and whether somebody must authorise it anew. No key is in it."""
    rows = connection.execute(select(_TOKEN.c.account, _TOKEN.c.taken_at, _TOKEN.c.fault).order_by(_TOKEN.c.account))
    told = []
    for account, taken_at, fault in rows:
        ends_at = taken_at + AUTHORISED_FOR
        is_late = fault is not None or ends_at - now <= TOLD_BEFORE
        told.append({"account": account, "ends_at": ends_at, "fault": fault, "needs_person": is_late})
    return told
