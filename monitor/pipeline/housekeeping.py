"""What the writer does when nothing waits: spans and counts are made from the journal, and what is old goes away.

One bounded piece of work a turn, each a transaction of its own of a few milliseconds, so that a press never waits
behind more than one. What fails is tried again later and stops nothing else: history may be late, alarms may not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

import structlog
from sqlalchemy import Connection

from monitor.clock import Clock
from monitor.errors import StoreUnavailable
from monitor.journal import clearing
from monitor.journal.blind_rows import keep_blind, last_watched, lasting_since, note_watched
from monitor.journal.database import Store
from monitor.journal.hour_counts import LocalHour, add_counts, hour_of
from monitor.journal.span_rows import catch_up
from monitor.journal.times import moment_of
from monitor.machines.blindness import Sight, look, woken
from monitor.settings import Settings

log = structlog.get_logger()

# Measured on two busy cores with 20,000 devices: at 250 a piece of turns took 36 ms, and a press behind it as long.
AT_ONCE = 100
AGAIN_AFTER_A_FAULT_S = 60.0
# Even when messages never stop, history must not fall behind for ever.
LONGEST_PAUSE_S = 5.0

# A piece of work in an open transaction; True: there may be more of it.
Piece: TypeAlias = Callable[[Connection, datetime], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How many days what is kept; a busy day is merged after ``busy_days_after``."""

    alarms_days: int = 1830
    spans_days: int = 1830
    busy_days_after: int = 100
    hour_counts_days: int = 100
    steps_days: int = 30
    quarantine_days: int = 90
    quarantine_rows: int = 20_000


def keep_of(settings: Settings) -> Keep:
    return Keep(
        alarms_days=settings.keep_alarms_days,
        spans_days=settings.keep_spans_days,
        busy_days_after=settings.merge_busy_days_after_days,
        hour_counts_days=settings.keep_hour_counts_days,
        steps_days=settings.keep_steps_days,
        quarantine_days=settings.keep_quarantine_days,
        quarantine_rows=settings.quarantine_max_rows,
    )


@dataclass(slots=True)
class _Job:
    name: str
    every_s: float
    piece: Piece
    due_s: float = 0.0


class Housekeeper:
    """Lives on the writer thread. ``take_counts``: how often each device was heard since it was last asked."""

    def __init__(self, store: Store, keep: Keep, take_counts: Callable[[], Mapping[str, int]], clock: Clock) -> None:
        self._store, self._keep, self._clock = store, keep, clock
        self._take_counts = take_counts
        self._sight = Sight()
        self._hour: LocalHour | None = None
        self._counts: list[tuple[LocalHour, Sequence[tuple[str, int]]]] = []
        self._writing: tuple[LocalHour, Sequence[tuple[str, int]]] | None = None
        self._worked_s = clock.monotonic_s()
        self._jobs = [
            _Job("watched", 10.0, self._note_watched),
            _Job("spans", 2.0, lambda tx, _now: catch_up(tx, AT_ONCE) >= AT_ONCE),
            _Job("counts", 600.0, self._write_counts, self._worked_s + 600.0),
            *(_Job(name, 3600.0, piece, self._worked_s + 60.0) for name, piece in self._clearing().items()),
        ]

    def load(self) -> None:
        """Blind since the last time anybody was there to see."""
        with self._store.read() as connection:
            since_ms, watched_at = lasting_since(connection), last_watched(connection)
        since = moment_of(since_ms) if since_ms is not None else watched_at
        self._sight = woken(since, is_told=since_ms is not None)

    def watch(self, *, is_linked: bool) -> None:
        """Once a tick: whether we see at all. Raises ``StoreUnavailable``; the next look then tells it."""
        now = self._clock.now()
        seen, blind = look(self._sight, now=now, monotonic_s=self._clock.monotonic_s(), is_linked=is_linked)
        if blind is not None:
            with self._store.transaction() as tx:
                keep_blind(tx, blind.began_at, blind.ended_at, blind.why)
        self._sight = seen
        self._sort_counts(hour_of(now))

    def turn(self, *, is_idle: bool) -> None:
        """At most one piece of work: the one that has waited longest."""
        now_s = self._clock.monotonic_s()
        job = min(self._jobs, key=lambda each: each.due_s)
        if job.due_s > now_s or not (is_idle or now_s - self._worked_s >= LONGEST_PAUSE_S):
            return
        self._worked_s = now_s
        job.due_s = now_s + AGAIN_AFTER_A_FAULT_S
        try:
            with self._store.transaction() as tx:
                has_more = job.piece(tx, self._clock.now())
        except StoreUnavailable:
            self._put_back()  # the writer says so, and tries again, with the next press or beat
        except Exception:
            self._put_back()
            log.exception("housekeeping_failed", job=job.name)
        else:
            self._writing = None
            job.due_s = now_s if has_more else now_s + job.every_s

    def finish(self) -> None:
        """At the very end: the counts in memory, and that we were here until now."""
        self._sort_counts(None)
        with self._store.transaction() as tx:
            while self._counts:
                self._write_counts(tx, self._clock.now())
            self._note_watched(tx, self._clock.now())

    def _note_watched(self, tx: Connection, now: datetime) -> bool:
        note_watched(tx, now)
        return False

    def _sort_counts(self, hour: LocalHour | None) -> None:
        """What was heard belongs to the hour in which it was heard: taken at its end."""
        if hour == self._hour:
            return
        if self._hour is not None:
            self._set_aside(self._hour)
        self._hour = hour

    def _set_aside(self, hour: LocalHour) -> None:
        counts = list(self._take_counts().items())
        pieces = (counts[start : start + AT_ONCE] for start in range(0, len(counts), AT_ONCE))
        self._counts.extend((hour, piece) for piece in pieces)

    def _write_counts(self, tx: Connection, _now: datetime) -> bool:
        if not self._counts and self._hour is not None:
            self._set_aside(self._hour)
        if self._counts:
            hour, counts = self._counts[-1]
            add_counts(tx, hour, counts)
            self._writing = self._counts.pop()
        return bool(self._counts)

    def _put_back(self) -> None:
        if self._writing is not None:
            self._counts.append(self._writing)
            self._writing = None

    def _clearing(self) -> Mapping[str, Piece]:
        keep = self._keep
        return {
            "steps": lambda tx, now: clearing.clear_steps(tx, _ago(now, keep.steps_days), now),
            "quarantine": lambda tx, now: clearing.clear_quarantine(
                tx, _ago(now, keep.quarantine_days), keep.quarantine_rows, now
            ),
            "incidents": lambda tx, now: clearing.clear_incidents(tx, _ago(now, keep.alarms_days), now),
            "bell_tests": lambda tx, now: clearing.clear_bell_tests(tx, _ago(now, keep.alarms_days), now),
            "reported": lambda tx, now: clearing.clear_reported(tx, _ago(now, keep.alarms_days), now),
            "alarms": lambda tx, now: clearing.clear_alarms(tx, _ago(now, keep.alarms_days), now),
            "events": lambda tx, now: clearing.clear_events(tx, _ago(now, keep.alarms_days), now),
            "hour_counts": lambda tx, now: clearing.clear_counts(
                tx, hour_of(_ago(now, keep.hour_counts_days)).day, now
            ),
            "spans": lambda tx, now: clearing.clear_spans(tx, _ago(now, keep.spans_days), now),
            "busy_days": lambda tx, now: clearing.merge_busy_days(tx, _ago(now, keep.busy_days_after), now),
        }


def _ago(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)
