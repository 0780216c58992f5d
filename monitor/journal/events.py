"""Events as rows: every fact kept with the bytes it came in, each of them once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from device_adapters.core.events import EventClass
from monitor.inventory.edits import core
from monitor.inventory.prepared import Prepared, Row
from monitor.journal.tables import AdapterMemoryRow, EventRow, QuarantineRow

EVENT = core(EventRow)
QUARANTINE = core(QuarantineRow)
MEMORY = core(AdapterMemoryRow)

_SAME = Prepared(
    select(EVENT.c.id, EVENT.c.alarm_id).where(
        EVENT.c.source == bindparam("of_source"), EVENT.c.source_event_id == bindparam("identity")
    )
)
_SAME_DELIVERY = Prepared(
    select(EVENT.c.id, EVENT.c.alarm_id)
    .where(
        EVENT.c.source == bindparam("of_source"),
        EVENT.c.delivery == bindparam("of_delivery"),
        EVENT.c.payload_digest == bindparam("digest"),
        EVENT.c.received_at > bindparam("since"),
    )
    .order_by(EVENT.c.id.desc())
    .limit(1)
)
_ADD = Prepared(insert(EVENT).returning(EVENT.c.id))
_REMEMBERED = (MEMORY.c.adapter == bindparam("of_adapter"), MEMORY.c.key == bindparam("of_key"))
_RECALLED = Prepared(select(MEMORY.c.value).where(*_REMEMBERED))
_REMEMBER_AGAIN, _REMEMBER = Prepared(update(MEMORY).where(*_REMEMBERED)), Prepared(insert(MEMORY))

# The classes whose last occurrence decides whether a retained copy or a repeated state is news.
LATEST_CALLS = 16  # among them is the newest, also where several were held back and came out of order
_CALLS = (EventClass.ALARM, EventClass.CLEAR)


@dataclass(frozen=True, slots=True)
class StoredCall:
    """The newest alarm or clear of a source: when its device said it happened, and the digest of its bytes."""

    occurred_at: datetime | None
    digest: bytes


def same_event(tx: Connection, source: str, source_event_id: str) -> Row | None:
    """The stored event with this identity (``id`` and ``alarm_id``), or None."""
    return _SAME.first(tx, {"of_source": source, "identity": source_event_id})


# A crash and its restart take seconds. Longer ago, a broker may have started its packet numbers anew, and the
# number alone would make one press of two; counting one press twice is the lesser harm.
SAME_DELIVERY_WITHIN = timedelta(seconds=60)


def same_delivery(tx: Connection, source: str, delivery: str, digest: bytes, at: datetime) -> Row | None:
    """The event stored a moment before ``at`` that came in this very delivery, with these bytes.

    A packet number stays taken until we acknowledge it, so a second press cannot come under the first one's.
    """
    asked = {"of_source": source, "of_delivery": delivery, "digest": digest, "since": at - SAME_DELIVERY_WITHIN}
    return _SAME_DELIVERY.first(tx, asked)


def is_stored_call(tx: Connection, source: str, digest: bytes) -> bool:
    """Whether a call of this source with these bytes is stored, however long ago."""
    same = select(EVENT.c.id).where(
        EVENT.c.source == source, EVENT.c.payload_digest == digest, EVENT.c.event_class.in_(_CALLS)
    )
    return tx.execute(same.limit(1)).first() is not None


def last_call(tx: Connection, source: str) -> StoredCall | None:
    newest = (
        select(EVENT.c.occurred_at, EVENT.c.payload_digest)
        .where(EVENT.c.source == source, EVENT.c.event_class.in_(_CALLS))
        .order_by(EVENT.c.id.desc())
        .limit(1)
    )
    row = tx.execute(newest).first()
    return StoredCall(*row) if row else None


def is_overtaken(tx: Connection, source: str, kind: str, released_at: datetime | None) -> bool:
    """Whether a press that is stored was made after this release, which was held back: it says nothing of that press.

    Both by the source's own clock; a press from when that ran ahead proves nothing.
    """
    if released_at is None:
        return False
    latest = (
        select(EVENT.c.occurred_at, EVENT.c.received_at)
        .where(EVENT.c.source == source, EVENT.c.kind == kind, EVENT.c.event_class == EventClass.ALARM)
        .order_by(EVENT.c.id.desc())
        .limit(LATEST_CALLS)
    )
    made = [row.occurred_at for row in tx.execute(latest) if row.occurred_at and row.occurred_at <= row.received_at]
    return any(released_at < pressed_at for pressed_at in made)


def add_event(tx: Connection, values: Mapping[str, Any]) -> int:
    """Stores one event; ``values`` are columns of ``EventRow``."""
    return int(_ADD.scalar(tx, values))


def count_copy(tx: Connection, event_id: int) -> None:
    tx.execute(update(EVENT).where(EVENT.c.id == event_id).values(duplicates=EVENT.c.duplicates + 1))


def add_quarantine(tx: Connection, values: Mapping[str, Any]) -> int:
    """Keeps a message that was not understood; ``values`` are columns of ``QuarantineRow``."""
    row_id: int = tx.execute(insert(QUARANTINE).values(**values).returning(QUARANTINE.c.id)).scalar_one()
    return row_id


def count_quarantined(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(QUARANTINE)).scalar_one())


def quarantined_sources(connection: Connection, reason: str) -> set[str]:
    """Whose messages are kept for this reason."""
    kept = select(QUARANTINE.c.source).where(QUARANTINE.c.reason == reason, QUARANTINE.c.source.is_not(None))
    return set(connection.execute(kept.distinct()).scalars())


def recall_all(connection: Connection) -> dict[tuple[str, str], str]:
    """(adapter, key) → what the adapter was told."""
    return {(row.adapter, row.key): row.value for row in connection.execute(select(MEMORY))}


def recalled(connection: Connection, adapter: str, key: str) -> str | None:
    """As ``recall_all``, one of them."""
    value: str | None = _RECALLED.scalar(connection, {"of_adapter": adapter, "of_key": key})
    return value


def remember(tx: Connection, adapter: str, key: str, value: str) -> None:
    if _REMEMBER_AGAIN.run(tx, {"of_adapter": adapter, "of_key": key, "value": value}) == 0:
        _REMEMBER.run(tx, {"adapter": adapter, "key": key, "value": value})
