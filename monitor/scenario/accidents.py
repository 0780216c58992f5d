"""What can happen to the monitor itself in the middle of its work: a full disk, and a death at a commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from monitor.clock import Clock
from monitor.journal.database import Store


class MonitorDied(BaseException):
    """As with ``kill -9``: nothing after this moment happens."""


@dataclass
class Accidents:
    """``die_at``: the next of these places is the last. ``at_commit``: the explorer's own choice, asked each time."""

    clock: Clock
    full_until_s: float = 0.0
    die_at: str | None = None
    commits: int = 0
    at_commit: Callable[[str], None] = field(default=lambda _place: None)

    def reached(self, place: str) -> None:
        self.at_commit(place)
        if self.die_at == place:
            self.die_at = None
            raise MonitorDied(place)

    def before_commit(self, *_connection: Any) -> None:
        self.commits += 1
        if self.clock.monotonic_s() < self.full_until_s:
            raise OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full"))
        self.reached("before_commit")


class FragileStore(Store):
    def __init__(self, url: str, accidents: Accidents) -> None:
        super().__init__(url)
        self._accidents = accidents
        event.listen(self._writer, "commit", accidents.before_commit)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with super().transaction() as tx:
            yield tx
        self._accidents.reached("after_commit")
