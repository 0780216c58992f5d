"""What can happen to the monitor itself in the middle of its work: a full disk, and a death at a commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from monitor.clock import Clock
from monitor.journal.database import Store


class MonitorDied(BaseException):
    """As with ``kill -9``: nothing after this moment happens."""


@dataclass
class Accidents:
    """``die_at``: one of these places is the last; ``passes``: how many of them it comes through before."""

    clock: Clock
    full_until_s: float = 0.0
    die_at: str | None = None
    passes: int = 0
    commits: int = 0

    def die(self, place: str, passes: int) -> None:
        self.die_at, self.passes = place, passes

    def are_over(self) -> None:
        """With the story: a death that was to come at a later commit does not come at the last one."""
        self.die_at, self.full_until_s = None, 0.0

    def reached(self, place: str) -> None:
        if self.die_at != place:
            return
        if self.passes:
            self.passes -= 1
            return
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
        for role, engine in (("writer", self._writer), ("reader", self._readers)):
            _share_what_is_compiled(role, engine)
        event.listen(self._writer, "commit", accidents.before_commit)
        event.listen(self._writer, "commit", self._move_on)
        self._open: Connection | None = None
        self._is_read = self._is_behind = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """On a connection that is kept, at a moment that is kept until a commit: hundreds a second of a story read."""
        if self._is_read:
            with super().read() as connection:
                yield connection
            return
        self._is_read = True
        try:
            if self._open is None:
                self._open = self._readers.connect()
            if self._is_behind:
                self._open.rollback()
                self._is_behind = False
            yield self._open
        except DBAPIError as error:
            raise self._unavailable(error) from error
        finally:
            self._is_read = False

    def _move_on(self, *_connection: Any) -> None:
        self._is_behind = True

    def put_down(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None
        super().put_down()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        with super().transaction() as tx:
            yield tx
        self._accidents.reached("after_commit")


_FIRST: dict[str, Engine] = {}


def _share_what_is_compiled(role: str, engine: Engine) -> None:
    """Statements are kept compiled by the engine and its dialect, and a store is opened anew with each story and death:
    to compile them again was a fifth of an explorer's time."""
    first: Any = _FIRST.setdefault(role, engine)
    if first is not engine:
        later: Any = engine
        later.dialect = first.dialect
        later._compiled_cache = first._compiled_cache  # noqa: SLF001 — there is no other way to share it
