"""What a monitor has to itself: its database and its port. Whoever comes second is told what to do, or waits."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import structlog
from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from monitor.clock import Clock
from monitor.errors import StartError
from monitor.journal.database import Fence

if TYPE_CHECKING:
    from monitor.journal.lease import Lease

LOST_THE_LEASE = 75  # as a supervisor reads it: start me again
log = structlog.get_logger()


@contextmanager
def only_monitor_on(database_url: str) -> Iterator[Fence | None]:
    """Two monitors on one store throw each other off the broker, and each shows half of the presses.

    Yields what each transaction of the one must pass. Raises ``StartError`` where there is one already.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        with _locked(url):
            yield None
        return
    with _leased(url) as lease:
        if not lease.take():
            raise _taken(url)
        lease.keep(lost=_end)
        yield lease.insist


@contextmanager
def leading_monitor_on(database_url: str, clock: Clock) -> Iterator[Fence | None]:
    """The same for who may wait: on PostgreSQL it stands by until the one that leads has ended, or froze."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        with _locked(url):
            yield None
        return
    from monitor.journal.lease import ASK_EVERY_S

    with _leased(url) as lease:
        is_told = False
        while not _is_taken_over(lease):
            if not is_told:
                log.info("standing_by", reason="another monitor leads on this database")
            is_told = True
            clock.sleep(ASK_EVERY_S)
        lease.keep(lost=_end)
        log.info("leading", after_standing_by=is_told)
        yield lease.insist


@contextmanager
def _leased(url: URL) -> Iterator[Lease]:
    from monitor.journal.lease import Lease  # with PostgreSQL's driver, which nobody on SQLite waits for

    lease = Lease(url, f"{socket.gethostname()}:{os.getpid()}"[:200])
    try:
        lease.prepare()
        yield lease
    finally:
        lease.give_back()


def _is_taken_over(lease: Lease) -> bool:
    try:
        return lease.take()
    except SQLAlchemyError as error:
        log.warning("store_unavailable", reason=str(error).partition("\n")[0])
        return False


def _end() -> None:
    """Somebody else leads: whatever this process would still do, it would do twice."""
    log.critical("lease_lost", advice="another monitor has taken over; this one ends")
    os._exit(LOST_THE_LEASE)


@contextmanager
def _locked(url: URL) -> Iterator[None]:
    if not url.database:
        yield
        return
    lock = Path(f"{url.database}.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as closing:
        _file, is_ours = hold(lock, closing)
        if not is_ours:
            raise _taken(url)
        yield


def _taken(url: URL) -> StartError:
    return StartError(
        f"another monitor already runs on {url.database}. Stop it first, or choose another database with "
        "CHUONG_DATABASE_URL."
    )


def hold(lock: Path, closing: ExitStack) -> tuple[TextIO, bool]:
    """The file, and whether it is ours until ``closing``. The kernel lets go of it when we end, however we end: there
    is no stale lock to clean up."""
    import fcntl  # no such thing on Windows, where everything but `serve` and the demo works

    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW  # a link laid out for us in /tmp is not followed
    file = closing.enter_context(os.fdopen(os.open(lock, flags, 0o600), "r+", encoding="utf-8"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return file, False
    return file, True


def listener_on(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise StartError(
            f"cannot listen on {host}:{port}: {error.strerror}. Is another monitor running there? "
            "Stop it, or choose another port with CHUONG_HTTP_PORT."
        ) from error
    return listener
