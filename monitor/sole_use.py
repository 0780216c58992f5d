"""What a monitor has to itself: its database and its port. Whoever comes second is told what to do."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from sqlalchemy import make_url

from monitor.errors import StartError
from monitor.journal.postgresql_backend import PostgresqlBackend


@contextmanager
def only_monitor_on(database_url: str) -> Iterator[None]:
    """Two monitors on one store throw each other off the broker, and each shows half of the presses."""
    database = make_url(database_url)
    if database.get_backend_name() != "sqlite":
        with PostgresqlBackend(database).only_monitor() as is_alone:
            if not is_alone:
                raise _taken(str(database.database))
            yield
        return
    lock = Path(f"{database.database}.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as closing:
        _file, is_ours = hold(lock, closing)
        if not is_ours:
            raise _taken(str(database.database))
        yield


def _taken(database: str) -> StartError:
    return StartError(
        f"another monitor already runs on {database}. Stop it first, or choose another database with "
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
