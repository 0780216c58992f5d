"""The store: one writer, many readers, SQLite by default. A commit here is what every promise rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from monitor.errors import StoreUnavailable
from monitor.journal.backends import Backend
from monitor.journal.checkpoints import Checkpoints
from monitor.journal.sqlite_backend import SqliteBackend

MIGRATIONS = Path(__file__).parent / "migrations"
Fence = Callable[[Connection], None]


def backend_of(url: str) -> Backend:
    parsed = make_url(url)
    return SqliteBackend(parsed) if parsed.get_backend_name() == "sqlite" else _on_postgresql(parsed)


def _on_postgresql(url: URL) -> Backend:
    # With its driver, which nobody on SQLite waits for.
    from monitor.journal.postgresql_backend import PostgresqlBackend

    return PostgresqlBackend(url)


def newest_version() -> str:
    """Of the schema; the files of the versions are named after their numbers."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


class Store:
    """Connections to one database. ``transaction`` is for the one writer thread, ``read`` for anybody.

    ``fault``: why the last transaction could not be committed, None since one could.
    """

    def __init__(self, url: str) -> None:
        self._backend = backend_of(url)
        self._writer, self._readers = self._backend.writer(), self._backend.reader()
        self._fence: Fence | None = None
        self._checkpoints = Checkpoints(self.checkpoint)
        self.fault: str | None = None

    def fence(self, fence: Fence | None) -> None:
        """Each transaction asks it first; it raises ``StoreUnavailable`` where another monitor leads now."""
        self._fence = fence

    def migrate(self) -> None:
        """Brings the schema to the newest version; creates it where there is none."""
        with self._writer.begin() as connection:
            if self._fence is not None:
                self._fence(connection)
            if _version_of(connection) != newest_version():
                _upgrade(connection)
            self._backend.settle(connection)
        self._backend.settled()

    def keep_short(self) -> None:
        """From now on a thread moves what is committed out of the log, until ``close``."""
        self._checkpoints.start()

    def checkpoint(self) -> None:
        """Moves what is committed to its place, as far as nobody has to wait for it."""
        if self._backend.trouble() is None:
            self._backend.checkpoint(self._readers)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Commits at the end of the block, rolls back on any error.

        Raises ``StoreUnavailable`` where the store itself is in the way (locked, full, gone, damaged): the
        same work may be tried again. Any other error is about the rows and will come again.
        """
        if (trouble := self._backend.trouble()) is not None:
            self.fault = trouble
            raise StoreUnavailable(trouble)
        try:
            with self._writer.begin() as connection:
                if self._fence is not None:
                    self._fence(connection)
                yield connection
        except (DBAPIError, PoolTimeout) as error:
            raise self._unavailable(error) from error
        self.fault = None
        self._checkpoints.committed()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        try:
            with self._readers.connect() as connection:
                yield connection
        except (DBAPIError, PoolTimeout) as error:
            raise self._unavailable(error) from error

    @property
    def folder(self) -> Path | None:
        """Where it grows on a disk of this machine."""
        return self._backend.folder

    def _unavailable(self, error: SQLAlchemyError) -> Exception:
        if isinstance(error, DBAPIError) and self._backend.is_about_rows(error):
            return error
        self.fault = str(getattr(error, "orig", None) or error)
        return StoreUnavailable(self.fault)

    def close(self) -> None:
        self._checkpoints.stop()
        self.put_down()

    def put_down(self) -> None:
        """Closes connections nobody uses: each keeps megabytes of what it has read. The next use opens new ones."""
        self._writer.dispose()
        self._readers.dispose()


def _version_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def _upgrade(connection: Connection) -> None:
    # Half a second to load, which no start needs after the first: nobody hears a press meanwhile.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
