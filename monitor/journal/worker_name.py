"""The name of an ingest worker is its own while it runs: two of one name would throw each other out of the broker."""

from __future__ import annotations

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from monitor.errors import StoreUnavailable
from monitor.journal.postgresql_backend import PostgresqlBackend

# Held by the connection, so that whoever is killed lets go of it.
_TAKE = text("SELECT pg_try_advisory_lock(:space, hashtext(:name))")
_SPACE = 0x7CB0


class WorkerName:
    """For one thread."""

    def __init__(self, url: str, name: str) -> None:
        self._engine, self._name = PostgresqlBackend(make_url(url)).listener(), name
        self._connection: Connection | None = None

    def take(self) -> bool:
        """False where somebody has it. Raises ``StoreUnavailable``."""
        try:
            self._connection = self._connection or self._engine.connect()
            return bool(self._connection.execute(_TAKE, {"space": _SPACE, "name": self._name}).scalar())
        except (DBAPIError, PoolTimeout) as error:
            self._let_go()
            raise StoreUnavailable(str(getattr(error, "orig", None) or error)) from error

    def close(self) -> None:
        self._let_go()
        self._engine.dispose()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
