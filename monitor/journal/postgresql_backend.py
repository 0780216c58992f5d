"""PostgreSQL: for more than one machine. Made to behave as the store on SQLite does, to the order of letters."""

from __future__ import annotations

from typing import Any

from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, text
from sqlalchemy.exc import DataError, DBAPIError, NotSupportedError, ProgrammingError

from monitor.errors import StartError
from monitor.journal.backends import BUSY_TIMEOUT_S, KEPT_CONNECTIONS, MOST_READERS

# Advisory locks have numbers; these are ours, and each belongs to one database.
WRITER_LOCK, INBOX_LOCK, WEB_LOCK = 0x7CB0_0001, 0x7CB0_0002, 0x7CB0_0003

# The address may say otherwise, in `?options=-c ...`.
_UNLESS_GIVEN = f"-c lock_timeout={BUSY_TIMEOUT_S:.0f}s"
# Somebody may have turned synchronous_commit off for the whole server; our acknowledgements rest on it.
_ALWAYS = "-c TimeZone=UTC -c synchronous_commit=on"
# A server that is cut off says nothing, and by default is believed in for two hours.
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
_KEPT: dict[str, Any] = {"pool_size": KEPT_CONNECTIONS, "max_overflow": MOST_READERS}
# Classes of SQLSTATE that are about the rows that were to be written, or about the statement: what came to nothing once
# comes to nothing again. All others are the server's own trouble: gone, full, locked, shutting down, damaged.
_ABOUT_THE_ROWS = frozenset({"0A", "21", "22", "23", "42", "44", "54", "P0"})
_NOT_ALLOWED = "42501"
# It became a stand-by under us: the connection is of no more use.
_READ_ONLY = "25006"

_OTHER_ORDER = text(
    "SELECT table_name, column_name, udt_name, character_maximum_length AS length FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND data_type IN ('character varying', 'text')"
    " AND collation_name IS DISTINCT FROM 'C' AND is_updatable = 'YES' ORDER BY table_name, column_name"
)


class _Text(StrDumperUnknown):
    """U+0000 is the one character PostgreSQL keeps in no text: a word that holds it would be refused, or not found."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\x00", "\ufffd"))


class PostgresqlBackend:
    def __init__(self, url: URL) -> None:
        self._url = url

    @property
    def folder(self) -> None:
        return None

    def writer(self) -> Engine:
        # Whoever writes holds the lock from the first moment to the commit, as with BEGIN IMMEDIATE: what it reads
        # nobody else changes, so a new look at each statement is as good as one moment, and none of them is stale.
        engine = self._engine("READ COMMITTED", **_KEPT)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")

        return engine

    def inbox_writer(self) -> Engine:
        """For ingest workers, beside the one that writes: one of them at a time, and a frozen one is thrown out."""
        engine = self._engine("READ COMMITTED", "-c idle_in_transaction_session_timeout=2s", **_KEPT)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({INBOX_LOCK})")

        return engine

    def listener(self) -> Engine:
        """For who waits to be notified: one connection, without transactions."""
        return self._engine("AUTOCOMMIT", pool_size=1)

    def reader(self) -> Engine:
        engine = self._engine("REPEATABLE READ", pool_pre_ping=True, **_KEPT)

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: object) -> None:
            connection.read_only = True

        return engine

    def settle(self, connection: Connection) -> None:
        """Texts sort by their code points here as everywhere, whatever language the database was made for."""
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise StartError(f"the database keeps texts as {encoding}: make one with createdb -T template0 -E UTF8")
        quoted = connection.dialect.identifier_preparer.quote
        for each in connection.execute(_OTHER_ORDER).all():
            kind = f"{each.udt_name}({each.length})" if each.length else each.udt_name
            connection.exec_driver_sql(
                f'ALTER TABLE {quoted(each.table_name)} ALTER COLUMN {quoted(each.column_name)} TYPE {kind} COLLATE "C"'
            )

    def settled(self) -> None:
        pass

    def steward(self) -> Engine:
        """For what is asked several times a second and must never wait long, beside all transactions."""
        return self._engine("AUTOCOMMIT", "-c lock_timeout=100ms -c statement_timeout=1s", pool_size=1)

    def checkpoint(self, readers: Engine) -> None:
        pass

    def trouble(self) -> str | None:
        return None

    def is_about_rows(self, error: DBAPIError) -> bool:
        state = getattr(error.orig, "sqlstate", None)
        if state is None:  # the driver's own refusal, before the server saw it
            return isinstance(error, DataError | ProgrammingError | NotSupportedError)
        return state[:2] in _ABOUT_THE_ROWS and state != _NOT_ALLOWED

    def _engine(self, isolation: str, session: str = "", **more: Any) -> Engine:
        given = self._url.query.get("options", "")
        engine = create_engine(
            self._url,
            connect_args=_PATIENCE | {"options": f"{_UNLESS_GIVEN} {given} {_ALWAYS} {session}"},
            isolation_level=isolation,
            hide_parameters=True,  # what a row holds is for no log
            **more,
        )

        @event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: object) -> None:
            connection.adapters.register_dumper(str, _Text)

        @event.listens_for(engine, "handle_error")
        def _leave_a_stand_by(context: ExceptionContext) -> None:
            if getattr(context.original_exception, "sqlstate", None) == _READ_ONLY:
                context.is_disconnect = True

        return engine
