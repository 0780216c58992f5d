"""Which of several monitors on one PostgreSQL leads: who holds the lease, and only its transactions are let through.

The lease runs out after ``LASTS_S`` by the server's own clock unless it is renewed; whoever takes it over raises its
epoch. Each transaction of the leader holds on to the row as the leader knows it, so that epoch and commit cannot cross:
a leader that was frozen and comes back finds that nothing it writes is taken any more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from monitor.errors import StoreUnavailable
from monitor.inventory.edits import core
from monitor.journal.postgresql_backend import WRITER_LOCK, PostgresqlBackend
from monitor.journal.tables import LeaseRow

LASTS_S, RENEW_EVERY_S, ASK_EVERY_S = 2.5, 0.5, 0.2
_NAME = "monitor"
_WAITED_IN_VAIN = "55P03"
log = structlog.get_logger()

_ANY = text("SELECT 1 FROM lease")
_MAKE = text(
    "INSERT INTO lease (name, epoch, holder, until_at) VALUES (:name, 0, '', clock_timestamp()) ON CONFLICT DO NOTHING"
)
_TAKE = text(
    "UPDATE lease SET epoch = epoch + 1, holder = :holder,"
    " until_at = clock_timestamp() + make_interval(secs => :lasts_s)"
    " WHERE name = :name AND until_at <= clock_timestamp() RETURNING epoch"
)
_RENEW = text(
    "UPDATE lease SET until_at = clock_timestamp() + make_interval(secs => :lasts_s)"
    " WHERE name = :name AND epoch = :epoch RETURNING epoch"
)
# Held to the commit. Epoch is a part of a key: whoever changes it waits for us, whoever renews does not.
_HOLD_ON = text("SELECT epoch FROM lease WHERE name = :name AND epoch = :epoch FOR KEY SHARE")
_THROW_OUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0"
    " AND objid = :lock AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Lease:
    """``holder``: for people to read. ``take`` until it is true, then ``keep``."""

    def __init__(self, url: URL, holder: str) -> None:
        backend = PostgresqlBackend(url)
        self._writer, self._steward = backend.writer(), backend.steward()
        self._holder = holder
        self._epoch: int | None = None
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def prepare(self) -> None:
        """Makes the row where there is none; before the migrations, for they are the leader's work."""
        with self._steward.connect() as connection:
            if inspect(connection).has_table(LeaseRow.__tablename__) and connection.execute(_ANY).first() is not None:
                return  # without waiting for a leader that stands frozen in a transaction
        with self._writer.begin() as tx:
            core(LeaseRow).create(tx, checkfirst=True)
            tx.execute(_MAKE, {"name": _NAME})

    def take(self) -> bool:
        """Whether it is ours now. Raises SQLAlchemy's errors where the server is away."""
        try:
            is_ours = self._try()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _WAITED_IN_VAIN:
                raise
            # Its time is over and it stands frozen in the middle of a transaction, which must never be committed.
            self._throw_out()
            return self._try()
        if is_ours:
            # Frozen between the writer's lock and the lease's row, it is in nobody's way here, but at every write.
            self._throw_out()
        return is_ours

    def _throw_out(self) -> None:
        with self._steward.connect() as connection:
            connection.execute(_THROW_OUT, {"lock": WRITER_LOCK})

    def _try(self) -> bool:
        asked = {"name": _NAME, "holder": self._holder, "lasts_s": LASTS_S}
        with self._steward.connect() as connection:
            self._epoch = connection.execute(_TAKE, asked).scalar()
        return self._epoch is not None

    def keep(self, lost: Callable[[], None]) -> None:
        """Renews it from now on, and calls ``lost`` once somebody else has it."""
        self._thread = threading.Thread(target=self._renew, args=(lost,), name="lease", daemon=True)
        self._thread.start()

    def insist(self, tx: Connection) -> None:
        """At the beginning of a transaction: what it writes is committed only while we lead."""
        if tx.execute(_HOLD_ON, {"name": _NAME, "epoch": self._epoch}).first() is None:
            raise StoreUnavailable("another monitor has taken over: this one may write nothing more")

    def give_back(self) -> None:
        """Whoever waits may have it at once."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
        try:
            with self._steward.connect() as connection:
                if self._epoch is not None:
                    connection.execute(_RENEW, {"name": _NAME, "epoch": self._epoch, "lasts_s": 0.0})
        except SQLAlchemyError:
            log.warning("lease_not_given_back")  # it runs out by itself
        self._writer.dispose()
        self._steward.dispose()

    def _renew(self, lost: Callable[[], None]) -> None:
        asked = {"name": _NAME, "epoch": self._epoch, "lasts_s": LASTS_S}
        while not self._stopped.wait(RENEW_EVERY_S):
            try:
                with self._steward.connect() as connection:
                    is_ours = connection.execute(_RENEW, asked).first() is not None
            except SQLAlchemyError:
                continue  # while the server is away nobody can take it from us
            if not is_ours:
                lost()
                return
