"""A SQLite store for the tests: made by the migrations once for a run, and filled once, copied for each test."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.journal.database import Store

Fill = Callable[[Store], None]


def empty_store(file: Path) -> str:
    """The address of a new store in this file, with all its tables and nothing in them."""
    return filled_store(file, _with_nothing)


def filled_store(file: Path, fill: Fill) -> str:
    """The same with what ``fill``, a function of a module, put in once for all tests."""
    file.write_bytes(_as_filled(fill))
    return f"sqlite:///{file}"


def _with_nothing(store: Store) -> None:
    store.migrate()


@cache
def _as_filled(fill: Fill) -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "store.sqlite3"
        if fill is not _with_nothing:
            file.write_bytes(_as_filled(_with_nothing))
        store = Store(f"sqlite:///{file}")
        fill(store)
        store.close()
        return file.read_bytes()
