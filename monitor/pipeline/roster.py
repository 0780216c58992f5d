"""The roster at the moment of a ring: whoever stands duty is told instead of whom the settings name for the role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor.errors import StoreUnavailable
from monitor.inventory.prepared import savepoint
from monitor.journal.watches import standing_at
from monitor.machines.escalation import Recipient, Step, Way
from monitor.machines.roster import Watch, on_duty, told_instead

log = structlog.get_logger()


def watch_of(row: Mapping[str, Any]) -> Watch:
    channel, _, address = (row["way"] or "").partition(":")
    way = Way(channel, address) if address else None
    return Watch(row["role"], row["name"], row["starts_at"], row["ends_at"], row["scope_id"], row["person_id"], way)


def watches_for(tx: Connection, chain: Sequence[Step], scopes: Sequence[str], rung_at: datetime) -> list[Watch]:
    """Whoever stands duty where it rings, at the deadlines of a chain.

    A mistake in here must not keep anybody from being told: then it is those of the settings.
    """
    moments, roles = [rung_at + timedelta(seconds=step.after_s) for step in chain], {step.role for step in chain}
    try:
        with savepoint(tx):
            return [watch_of(row) for row in standing_at(tx, moments, roles, scopes)]
    except (OperationalError, StoreUnavailable):
        raise
    except Exception:
        log.exception("roster_not_read")
        return []


def told_at(
    watches: Sequence[Watch], scopes: Sequence[str], role: str, told: Sequence[Recipient], at: datetime
) -> tuple[Recipient, ...]:
    """Who has the role at that moment, as recipients; ``told``: whom the settings name for it."""
    return told_instead(told, on_duty(watches, role, scopes, at))
