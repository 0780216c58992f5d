"""From the leader to web processes by way of the database: what its feed told, once, in order.

A row is put in by one statement that looks at the lease by itself and holds nothing: whoever froze in it is in nobody's
way, and a leader that was taken over from puts in nothing more. Numbers grow, for only one thread of one leader writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from monitor.errors import StoreUnavailable
from monitor.journal.database import Fence
from monitor.journal.postgresql_backend import WEB_LOCK, PostgresqlBackend

_EPOCH = text("SELECT epoch FROM lease WHERE name = 'monitor'")
_PUT = text(
    "WITH told AS (INSERT INTO feed_frame (epoch, at, body) SELECT epoch, clock_timestamp(), :body FROM lease"
    " WHERE name = 'monitor' AND epoch = :epoch AND until_at > clock_timestamp() RETURNING id)"
    " SELECT id, pg_notify('chuong_feed', '') FROM told"
)
_FORGET = text("DELETE FROM feed_frame WHERE id <= :up_to")
_IS_WATCHED = text(
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0"
    " AND objid = :lock AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)
_WATCH = (f"SELECT pg_advisory_lock_shared({WEB_LOCK})", "LISTEN chuong_feed")
_NEWEST = text("SELECT coalesce(max(id), 0) FROM feed_frame")
_READ = text(
    "SELECT id, epoch, extract(epoch FROM clock_timestamp() - at)::float8 AS age_s, body FROM feed_frame"
    " WHERE id > :after ORDER BY id LIMIT 200"
)


class Told(NamedTuple):
    """``age_s``: since it was put in, by the server's own clock."""

    id: int
    epoch: int
    age_s: float
    body: str


class FrameWriter:
    """The leader's side, for one thread. All of it raises ``StoreUnavailable``."""

    def __init__(self, url: str, fence: Fence) -> None:
        self._engine = PostgresqlBackend(make_url(url)).steward()
        self._fence = fence
        self._epoch: int | None = None

    def is_watched(self) -> bool:
        """Whether there is any web process: each holds a lock that ends with its connection."""
        with _connected(self._engine) as connection:
            return bool(connection.execute(_IS_WATCHED, {"lock": WEB_LOCK}).scalar())

    def put(self, body: str) -> int:
        """The number of the row."""
        with _connected(self._engine) as connection:
            if self._epoch is None:
                epoch = connection.execute(_EPOCH).scalar()
                self._fence(connection)  # we lead still, so what was read before is ours
                self._epoch = epoch
            row = connection.execute(_PUT, {"body": body, "epoch": self._epoch}).first()
        if row is None:
            raise StoreUnavailable("the lease has run out")
        return int(row.id)

    def forget(self, up_to: int) -> None:
        with _connected(self._engine) as connection:
            connection.execute(_FORGET, {"up_to": up_to})

    def close(self) -> None:
        self._engine.dispose()


class FrameReader:
    """A web process's side, for one thread. After ``StoreUnavailable`` it begins with what comes from then on."""

    def __init__(self, url: str) -> None:
        self._engine = PostgresqlBackend(make_url(url)).listener()
        self._connection: Connection | None = None
        self._after = 0

    def read(self) -> Sequence[Told]:
        """What was told since the last time."""
        with self._watching() as connection:
            rows = [Told(*row) for row in connection.execute(_READ, {"after": self._after})]
        if rows:
            self._after = rows[-1].id
        return rows

    def wait(self, seconds: float) -> None:
        """Until something is told, at most so long."""
        with self._watching() as connection:
            driver = connection.connection.driver_connection
            for _ in driver.notifies(timeout=seconds, stop_after=1):  # type: ignore[union-attr]
                return

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()

    @contextmanager
    def _watching(self) -> Iterator[Connection]:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
                for statement in _WATCH:
                    self._connection.exec_driver_sql(statement)
                self._after = self._connection.execute(_NEWEST).scalar_one()
            yield self._connection
        except Exception as error:
            lost, self._connection = self._connection, None
            if lost is not None:
                with suppress(SQLAlchemyError):
                    lost.invalidate()
                    lost.close()
            raise StoreUnavailable(_reason(error)) from error


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreUnavailable(_reason(error)) from error


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).partition("\n")[0]
