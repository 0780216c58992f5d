"""An empty SQLite store for the tests: made by the migrations once for a run, copied for each test."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.journal.database import Store


def empty_store(file: Path) -> str:
    """The address of a new store in this file, with all its tables and nothing in them."""
    file.write_bytes(_as_migrated())
    return f"sqlite:///{file}"


@cache
def _as_migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "store.sqlite3"
        store = Store(f"sqlite:///{file}")
        store.migrate()
        store.close()
        return file.read_bytes()
