"""Alarm discipline on the writer: what officers put aside and take back, and what ends or is forgotten by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from device_adapters.core.events import AlarmKind
from monitor.clock import Clock
from monitor.errors import StoreUnavailable
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.territory import Territory
from monitor.journal.database import Store
from monitor.journal.feed import FeedEntry
from monitor.journal.queries import alarms_by_ids, latest_seq
from monitor.machines.discipline import Rules
from monitor.pipeline import chatter, out_of_service, shelves
from monitor.pipeline.alarm_log import AlarmChange
from monitor.pipeline.duty_log import Told
from monitor.pipeline.incident_commands import Followers
from monitor.pipeline.out_of_service import Taken
from monitor.pipeline.record import Record
from monitor.pipeline.shelves import NewShelf

log = structlog.get_logger()

LOOK_EVERY_S = 1.0
# Thousands of steps of the journal are read for it, on the thread that a press waits for.
LOOK_BACK_EVERY_S = 10.0


class SetAside:
    """Each command is one transaction, and raises what it refuses. Keeps nothing that the store does not: any moment
    may be the last. ``after``: what follows from what was done. ``failed_at``: when what time does could last not be
    done.
    """

    def __init__(
        self,
        store: Store,
        after: Followers,
        known: tuple[Mapping[AlarmKind, AlarmClass], Rules],
        clock: Clock,
        feed: Callable[[list[FeedEntry]], None],
    ) -> None:
        self._store, self._after, self._clock, self._feed = store, after, clock, feed
        self._classes, self.rules = known
        self._forgotten = self._classes[AlarmKind.SHELF_FORGOTTEN]
        self._looked_s = float("-inf")
        self._seen, self._looked_back_s = -1, float("-inf")
        self.failed_at: datetime | None = None

    # -- what officers do --------------------------------------------------------------------------------------------

    def shelve(self, new: NewShelf, within: Territory) -> dict[str, Any]:
        """The alarm afterwards."""
        known = (self._classes, self.rules)
        rows = self._do("shelved", lambda tx, now: [shelves.put_on(tx, new, within, known, now)])
        return rows[new.alarm_id]

    def take_off(self, shelf_id: int, by: str, within: Territory) -> None:
        self._do("taken_off", lambda tx, now: shelves.take_off(tx, shelf_id, by, within, now))

    def take_out(self, taken: Taken, within: Territory) -> None:
        self._do("taken_out", lambda tx, now: out_of_service.take_out(tx, taken, within, now))

    def bring_back(self, device_id: str, by: str, within: Territory) -> None:
        self._do("brought_back", lambda tx, now: out_of_service.bring_back(tx, device_id, by, within, now))

    # -- what time does ----------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Once a second. A mistake in here must not stop the clock that everything else runs by."""
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = now_s
        for each in (self._expire, self._tell_forgotten, self._begin_chatter, self._end_chatter):
            try:
                each(self._clock.now())
            except (OperationalError, StoreUnavailable):
                raise
            except Exception:
                self.failed_at = self._clock.now()
                log.exception("discipline_not_kept", what=each.__name__)

    def _expire(self, now: datetime) -> None:
        with self._store.read() as connection:
            is_due = shelves.due(connection, now)
        if is_due:
            self._do("expired", shelves.expire)

    def _tell_forgotten(self, now: datetime) -> None:
        with self._store.read() as connection:
            late = shelves.forgotten(connection, now, self.rules)
            out = out_of_service.forgotten(connection, now, self.rules)
        if late or out:
            self._do("forgotten", lambda tx, at: [
                *(shelves.tell_forgotten(tx, row, self._forgotten, at) for row in late),
                *(out_of_service.tell_forgotten(tx, row, self._forgotten, at) for row in out),
            ])  # fmt: skip

    def _begin_chatter(self, now: datetime) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_back_s < LOOK_BACK_EVERY_S:
            return
        self._looked_back_s = now_s
        with self._store.read() as connection:
            seen = latest_seq(connection)
            begun = chatter.found(connection, seen, now, self.rules) if seen != self._seen else []
        if begun:
            self._do("chattering", lambda tx, at: chatter.begin(tx, begun, at))
        self._seen = seen

    def _end_chatter(self, now: datetime) -> None:
        with self._store.read() as connection:
            calm = chatter.calm(connection, now, self.rules)
        if calm:
            self._do("calm", lambda tx, at: chatter.let_go(tx, calm, self._classes, at))

    def _do(self, what: str, work: Callable[[Connection, datetime], Sequence[AlarmChange]]) -> Told:
        with self._store.transaction() as tx:
            changes = work(tx, self._clock.now())
            rows = alarms_by_ids(tx, [change.alarm_id for change in changes]) if changes else {}
            self._after.follow(tx, changes, rows)
            seq = latest_seq(tx)
        self._after.tell(Record(alarms=list(changes), rows=rows, last_seq=seq))
        # A word that names nothing: who may see it asks.
        self._feed([FeedEntry(seq, "set_aside", {"what": what}, None)])
        return rows
