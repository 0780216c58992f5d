"""The store as the senders reach it: they read beside the writer, and write on its thread like everybody else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from sqlalchemy import Connection

from monitor.ingest.intake import Intake
from monitor.journal.database import Store

T = TypeVar("T")


class WriterDesk:
    def __init__(self, store: Store, intake: Intake) -> None:
        self._store, self._intake = store, intake

    def read(self) -> AbstractContextManager[Connection]:
        return self._store.read()

    def write(self, work: Callable[[Connection], T]) -> T:
        """Raises ``StoreUnavailable``. Never from the writer itself, which would wait for itself."""
        return self._intake.submit(lambda: self._written(work)).result()

    def _written(self, work: Callable[[Connection], T]) -> T:
        with self._store.transaction() as tx:
            return work(tx)
