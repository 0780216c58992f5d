"""The press ledger: what each sender counted beside what was heard of it, so that a loss is shown and not guessed.

In memory: after a restart each sender is counted from where it stands then. What is found is a row. It must never take
a press with it: what fails here is logged and tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from monitor.clock import Clock
from monitor.errors import StoreUnavailable
from monitor.inventory.lookup import DeviceBook
from monitor.journal.database import Store
from monitor.journal.gaps import LOST, RESTART, clear_gaps, keep_gap
from monitor.machines.tally import Count, Hole, heard, overdue
from monitor.pipeline.reading import Reading

log = structlog.get_logger()

# The senders of a post; a million devices would cost more memory than their holes are worth.
MOST_RUNS = 50_000
LOOK_EVERY_S = 5.0
CLEAR_EVERY = timedelta(days=1)
_AT_ONCE = 100


class PressLedger:
    """Lives on the writer thread."""

    def __init__(self, store: Store, book: DeviceBook, clock: Clock) -> None:
        self._store, self._book, self._clock = store, book, clock
        self._counts: dict[tuple[str, str], Count] = {}
        self._runs: dict[str, str] = {}  # the run that each source was last heard in
        self._sources: dict[tuple[str, str], str] = {}
        self._waiting: dict[tuple[str, str], None] = {}  # a set in the order of what came, for rows are written in it
        self._found: list[dict[str, Any]] = []
        self._looked_s = clock.monotonic_s()
        self._cleared_at = clock.now()

    def count(self, readings: Sequence[Reading]) -> None:
        """What was stored a moment ago."""
        for reading in readings:
            if reading.tally is not None and not reading.message.is_replay:
                self._heard(reading)

    def turn(self) -> None:
        """Called a few times a second: writes what is proved."""
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = now_s
        for key in list(self._waiting):
            for hole in overdue(self._counts[key], now_s):
                self._note(key, LOST, hole)
            if not self._counts[key].missing:
                self._waiting.pop(key, None)
                if self._runs.get(self._sources[key]) != key[1]:
                    self._forget(key)
        try:
            self._write()
        except (StoreUnavailable, SQLAlchemyError):
            log.exception("press_ledger_not_written", found=len(self._found))

    def _heard(self, reading: Reading) -> None:
        tally, now_s = reading.tally, self._clock.monotonic_s()
        if tally is None:
            return
        source, key = f"{reading.adapter}:{tally.address}", (reading.adapter, tally.run)
        count = self._counts.get(key)
        if count is None:
            self._begin(source, key, tally.seq, now_s)
            return
        if (hole := heard(count, tally.seq, tally.wraps, now_s)) is not None:
            self._note(key, LOST, hole)
        if count.missing:
            self._waiting[key] = None

    def _begin(self, source: str, key: tuple[str, str], seq: int, now_s: float) -> None:
        if len(self._counts) >= MOST_RUNS:
            return
        before = self._runs.get(source)
        self._counts[key] = Count(seq, now_s)
        self._sources.setdefault(key, source)
        self._runs[source] = key[1]
        if before is not None:
            ended = (key[0], before)
            if (count := self._counts.get(ended)) is not None and not count.missing:
                self._forget(ended)
            self._note(key, RESTART, Hole(seq, seq, 0))

    def _forget(self, key: tuple[str, str]) -> None:
        """A run that is over, with nothing of it awaited."""
        del self._counts[key], self._sources[key]
        self._waiting.pop(key, None)

    def _note(self, key: tuple[str, str], kind: str, hole: Hole) -> None:
        source = self._sources[key]
        adapter, _, address = source.partition(":")
        device = self._book.at_address(adapter, address)
        row: dict[str, Any] = {"source": source[:300], "kind": kind, "run": key[1]}
        row["device_id"] = device.device_id if device else None
        row |= {"first_seq": hole.first, "last_seq": hole.last, "lost": hole.count, "noticed_at": self._clock.now()}
        self._found.append(row)

    def _write(self) -> None:
        now = self._clock.now()
        if not self._found and now - self._cleared_at < CLEAR_EVERY:
            return
        with self._store.transaction() as tx:
            for row in self._found[:_AT_ONCE]:
                keep_gap(tx, row)
            if now - self._cleared_at >= CLEAR_EVERY:
                clear_gaps(tx, now)
        self._found = self._found[_AT_ONCE:]
        self._cleared_at = max(self._cleared_at, now) if now - self._cleared_at >= CLEAR_EVERY else self._cleared_at
