"""The inbox: ingest workers put messages in, the monitor that leads reads them in order and removes what it has done.

Whoever puts something in holds a lock of the inbox's own to the commit, so the numbers grow in the order of the commits
and a reader that asks for what comes after the last one it saw has missed none. It is never the lock of the one writer:
a worker keeps nobody waiting but another worker, and the server throws out one that freezes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, inspect, make_url, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from device_adapters.core.contract import Message
from monitor.errors import StoreUnavailable
from monitor.inventory.edits import core
from monitor.journal.inbox_tables import InboxRow, IngestSessionRow

if TYPE_CHECKING:
    from monitor.journal.postgresql_backend import PostgresqlBackend

# What a worker has said to itself through the broker. No adapter is called so.
WORKER = "$worker"
INBOX, SESSION = core(InboxRow), core(IngestSessionRow)

# One statement however many rows: at 500 rows a fifth of the time that a statement each takes.
_PUT = text(
    "INSERT INTO inbox (is_urgent, adapter, topic, payload, received_at, qos, is_redelivery, delivery)"
    " SELECT :is_urgent, * FROM unnest(CAST(:adapter AS text[]), CAST(:topic AS text[]), CAST(:payload AS bytea[]),"
    " CAST(:received_at AS timestamptz[]), CAST(:qos AS int[]), CAST(:is_redelivery AS bool[]),"
    " CAST(:delivery AS text[]))"
)
_NOTIFY = text("SELECT pg_notify('chuong_inbox', '')")
_LISTEN = "LISTEN chuong_inbox"
# With the numbers written out, so that each is planned for the table as it is now. A plan that was made and kept when
# the inbox was small looks through the whole of it, dead rows and all: writing then took minutes.
_READ = (
    "SELECT id, adapter, topic, payload, received_at, qos, is_redelivery, delivery FROM inbox"
    " WHERE is_urgent = {is_urgent} AND id > {after:d} ORDER BY id LIMIT {most:d}"
)
_REMOVE = "DELETE FROM inbox WHERE id IN ({rows})"


class Kept(Message, frozen=True):
    """A message with the number of its row in the inbox."""

    row: int = 0


class Letterbox:
    """Where a worker puts messages, from any thread."""

    def __init__(self, url: str) -> None:
        self._writer = _backend(url).inbox_writer()

    def is_there(self) -> bool:
        """Whether a monitor has made the tables."""
        with self._transaction() as tx:
            return inspect(tx).has_table(InboxRow.__tablename__)

    def put(self, batch: Sequence[tuple[str, Message]], *, is_urgent: bool) -> None:
        """All of (adapter, message) or none; durable when it returns. Raises ``StoreUnavailable``."""
        messages = [message for _, message in batch]
        columns = {
            "adapter": [adapter for adapter, _ in batch],
            "topic": [each.topic for each in messages],
            "payload": [each.payload for each in messages],
            "received_at": [each.received_at for each in messages],
            "qos": [each.qos for each in messages],
            "is_redelivery": [each.is_redelivery for each in messages],
            "delivery": [each.delivery for each in messages],
        }
        with self._transaction() as tx:
            tx.execute(_PUT, {"is_urgent": is_urgent, **columns})
            tx.execute(_NOTIFY)

    def introduce(self, client_id: str, worker: str, holder: str, now: datetime) -> None:
        """From now on the monitor misses it when nothing comes by this session."""
        row = {"client_id": client_id, "worker": worker, "holder": holder[:200], "since_at": now}
        added = postgresql.insert(SESSION).values(**row)
        with self._transaction() as tx:
            tx.execute(added.on_conflict_do_update(index_elements=[SESSION.c.client_id], set_=row))

    def dismiss(self, client_id: str) -> None:
        with self._transaction() as tx:
            tx.execute(delete(SESSION).where(SESSION.c.client_id == client_id))

    def close(self) -> None:
        self._writer.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._writer.begin() as tx:
                yield tx
        except (DBAPIError, PoolTimeout) as error:
            raise StoreUnavailable(_reason(error)) from error


class InboxReader:
    """Reads one of the two queues, in order, each row once. For one thread."""

    def __init__(self, url: str, *, is_urgent: bool) -> None:
        self._engine = _backend(url).listener()
        self.is_urgent = is_urgent
        self._connection: Connection | None = None
        self._after = 0

    def read(self, most: int) -> list[tuple[str, Kept]]:
        """What came since the last time, at most so many. Raises ``StoreUnavailable``."""
        chosen = _READ.format(is_urgent=self.is_urgent, after=self._after, most=most)
        with self._listening() as connection:
            rows = connection.exec_driver_sql(chosen).all()
        if rows:
            self._after = rows[-1].id
        return [
            (
                row.adapter,
                Kept(
                    row.topic,
                    row.payload,
                    row.received_at,
                    row.qos,
                    delivery=row.delivery,
                    is_redelivery=row.is_redelivery,
                    row=row.id,
                ),
            )
            for row in rows
        ]

    def wait(self, seconds: float) -> None:
        """Until somebody has put something in, at most so long."""
        with self._listening() as connection:
            driver = connection.connection.driver_connection
            for _ in driver.notifies(timeout=seconds, stop_after=1):  # type: ignore[union-attr]
                return

    def sessions(self) -> dict[str, str]:
        """As ``ingest_sessions``."""
        with self._listening() as connection:
            return ingest_sessions(connection)

    def begin_again(self) -> None:
        """What was read and is still there is read once more."""
        self._after = 0

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()

    @contextmanager
    def _listening(self) -> Iterator[Connection]:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
                self._connection.exec_driver_sql(_LISTEN)
            yield self._connection
        except Exception as error:
            if self._connection is not None:
                self._connection.invalidate()
                self._connection.close()
                self._connection = None
            raise StoreUnavailable(_reason(error)) from error


def remove(tx: Connection, rows: Iterable[int]) -> None:
    """What is done goes; to remove it twice does no harm."""
    if numbers := ",".join(f"{row:d}" for row in rows):
        tx.exec_driver_sql(_REMOVE.format(rows=numbers))


def is_empty(connection: Connection) -> bool:
    return connection.execute(select(INBOX.c.id).limit(1)).first() is None


def ingest_sessions(connection: Connection) -> dict[str, str]:
    """Client id of each session that takes a share → name of its worker."""
    rows = connection.execute(select(SESSION.c.client_id, SESSION.c.worker).order_by(SESSION.c.client_id))
    return {row.client_id: row.worker for row in rows}


def _backend(url: str) -> PostgresqlBackend:
    # With its driver, which no start without workers waits for.
    from monitor.journal.postgresql_backend import PostgresqlBackend

    return PostgresqlBackend(make_url(url))


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error) if isinstance(error, SQLAlchemyError) else str(error)
