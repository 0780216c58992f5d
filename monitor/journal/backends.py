"""What a store asks of the database it stands on; `database.py` is the same for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

# How long a writer waits for another process that writes: a command beside the monitor.
BUSY_TIMEOUT_S = 5.0
# The web reads from as many threads as its server has (40); none of them may wait for another's connection.
KEPT_CONNECTIONS, MOST_READERS = 5, 50


class Backend(Protocol):
    @property
    def folder(self) -> Path | None:
        """Where it grows on a disk of this machine; None: on another's."""

    def writer(self) -> Engine:
        """Transactions of which there is never more than one in a database, whoever writes; durable once committed."""

    def reader(self) -> Engine:
        """Transactions that see one moment of the database, and change nothing."""

    def settle(self, connection: Connection) -> None:
        """After the migrations, in their transaction."""

    def settled(self) -> None:
        """After they are committed."""

    def checkpoint(self, readers: Engine) -> None:
        """Moves what is committed to its place in the database, beside the writer; nothing where the server does."""

    def trouble(self) -> str | None:
        """Why nothing may be written although the database would take it."""

    def is_about_rows(self, error: DBAPIError) -> bool:
        """Whether the same rows would fail again; else it is the store's own trouble and they may be tried again."""
