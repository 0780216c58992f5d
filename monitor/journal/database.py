"""The store: one writer, many readers, SQLite by default. A commit here is what every promise rests on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from monitor.errors import StoreUnavailable
from monitor.inventory.edits import core

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_S = 5.0
# The web reads from as many threads as its server has (40); none of them may wait for another's connection.
MOST_READERS = 50
# These are about the rows that were to be written and will come again; anything else is the store's own trouble
# (locked, full, gone, damaged), and the same work may be tried again.
_ABOUT_THE_ROWS = (IntegrityError, DataError, ProgrammingError)
table = core  # what the message path speaks: six to ten times cheaper than the ORM


class Store:
    """Connections to one database. ``transaction`` is for the one writer thread, ``read`` for anybody.

    ``fault``: why the last transaction could not be committed, None since one could.
    """

    def __init__(self, url: str) -> None:
        self._writer = _engine(url, begin="BEGIN IMMEDIATE")
        self._readers = _engine(url, begin="BEGIN")
        self.fault: str | None = None
        self._file = _database_file(url)
        self._identity: tuple[int, int] | None = None

    def migrate(self) -> None:
        """Brings the schema to the newest version; creates it where there is none."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self._writer.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        self._identity = self._present_identity()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Commits at the end of the block, rolls back on any error.

        Raises ``StoreUnavailable`` where the store itself is in the way (locked, full, gone, damaged): the
        same work may be tried again. Any other error is about the rows and will come again.
        """
        self._insist_on_the_same_file()
        try:
            with self._writer.begin() as connection:
                yield connection
        except (DBAPIError, PoolTimeout) as error:
            raise self._unavailable(error) from error
        self.fault = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        try:
            with self._readers.connect() as connection:
                yield connection
        except (DBAPIError, PoolTimeout) as error:
            raise self._unavailable(error) from error

    def _insist_on_the_same_file(self) -> None:
        """A file that somebody removed still takes commits, and all of them are gone with the process."""
        if self._identity is not None and self._present_identity() != self._identity:
            self.fault = "the database file was replaced or removed: put it back, or restart the monitor"
            raise StoreUnavailable(self.fault)

    def _present_identity(self) -> tuple[int, int] | None:
        if self._file is None:
            return None
        try:
            status = self._file.stat()
        except OSError:
            return (0, 0)
        return status.st_dev, status.st_ino

    def _unavailable(self, error: SQLAlchemyError) -> Exception:
        if isinstance(error, _ABOUT_THE_ROWS):
            return error
        self.fault = str(getattr(error, "orig", None) or error)
        return StoreUnavailable(self.fault)

    def close(self) -> None:
        self._writer.dispose()
        self._readers.dispose()


def _database_file(url: str) -> Path | None:
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:"
    return Path(str(parsed.database)).absolute() if is_file else None


def _engine(url: str, *, begin: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, pool_size=5, max_overflow=MOST_READERS)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    waits = {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}
    engine = create_engine(parsed, connect_args=waits, pool_size=5, max_overflow=MOST_READERS)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # The driver's own BEGIN is deferred: two writers then fail at once with SQLITE_BUSY_SNAPSHOT,
        # whatever the timeout. So it is switched off, and BEGIN is sent below.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # NORMAL lost a median of 355 committed rows at a power cut; FULL costs nothing in batches.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
