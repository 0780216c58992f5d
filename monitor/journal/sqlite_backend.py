"""SQLite: one file on a local disk, and nothing to take care of."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from monitor.inventory.prepared import told
from monitor.journal.backends import BUSY_TIMEOUT_S, KEPT_CONNECTIONS, MOST_READERS

# These are about the rows that were to be written and will come again; anything else is the store's own trouble
# (locked, full, gone, damaged).
_ABOUT_THE_ROWS = (IntegrityError, DataError, ProgrammingError)
# So long may the log grow before the writer itself, and a press behind it, waits for it to be moved. Whatever moves it
# beside the writer does so far earlier; commands, and tests, have nobody who does.
LOG_PAGES = 8192
# The writer may add to the log while it is moved; the last few pages go when it pauses.
_TRIES = 5


class SqliteBackend:
    def __init__(self, url: URL) -> None:
        self._url = url
        is_file = url.database and url.database != ":memory:"
        self._file = Path(str(url.database)).absolute() if is_file else None
        self._identity: tuple[int, int] | None = None

    @property
    def folder(self) -> Path | None:
        return None if self._file is None else self._file.parent

    def writer(self) -> Engine:
        # The driver's own BEGIN is deferred: two writers then fail at once with SQLITE_BUSY_SNAPSHOT, whatever the
        # timeout.
        engine = self._engine("BEGIN IMMEDIATE")
        event.listen(engine, "connect", lambda link, _record: link.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}"))
        return engine

    def reader(self) -> Engine:
        return self._engine("BEGIN")

    def settle(self, connection: Connection) -> None:
        pass

    def settled(self) -> None:
        self._identity = self._present_identity()

    def checkpoint(self, readers: Engine) -> None:
        """PASSIVE: waits for nobody, and nobody waits for it. All moved, the next commit starts the log anew."""
        link = readers.raw_connection()
        try:
            for _ in range(_TRIES):
                _, pages, moved = link.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                if moved == pages:
                    return
        finally:
            link.close()

    def trouble(self) -> str | None:
        """A file that somebody removed still takes commits, and all of them are gone with the process."""
        if self._identity is not None and self._present_identity() != self._identity:
            return "the database file was replaced or removed: put it back, or restart the monitor"
        return None

    def is_about_rows(self, error: DBAPIError) -> bool:
        return isinstance(error, _ABOUT_THE_ROWS)

    def _present_identity(self) -> tuple[int, int] | None:
        if self._file is None:
            return None
        try:
            status = self._file.stat()
        except OSError:
            return (0, 0)
        return status.st_dev, status.st_ino

    def _engine(self, begin: str) -> Engine:
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        waits = {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}
        # The one used last first: each keeps two megabytes of pages, and few of them serve a quiet post.
        kept = {"pool_size": KEPT_CONNECTIONS, "max_overflow": MOST_READERS, "pool_use_lifo": True}
        engine = create_engine(self._url, connect_args=waits, hide_parameters=True, **kept)

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # BEGIN is sent below
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            # NORMAL lost a median of 355 committed rows at a power cut; FULL costs nothing in batches.
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.close()

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            link: Any = connection.connection.driver_connection
            try:
                link.execute(begin)
            except sqlite3.Error as error:
                raise told(error, connection, begin) from error

        return engine
