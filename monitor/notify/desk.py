"""How the senders reach the store: they read beside the writer, and write through it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")


class DutyDesk(Protocol):
    """Both raise ``StoreUnavailable``."""

    def read(self) -> AbstractContextManager[Connection]: ...

    def write(self, work: Callable[[Connection], T]) -> T:
        """One transaction of the one writer; returns when it is committed."""
