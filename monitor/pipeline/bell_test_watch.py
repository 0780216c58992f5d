"""Bell tests on the writer: sessions end by themselves, and whose last test is too long ago is an alarm."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from device_adapters.core.events import AlarmKind
from monitor.clock import Clock
from monitor.inventory.alarm_classes import AlarmClass
from monitor.journal.database import Store
from monitor.journal.feed import FeedEntry
from monitor.journal.queries import alarms_by_ids
from monitor.pipeline import bell_tests, tested_sites
from monitor.pipeline.alarm_log import AlarmChange
from monitor.pipeline.bell_tests import Acted
from monitor.pipeline.flow import Pipeline
from monitor.pipeline.tested_sites import DEVICE
from monitor.pipeline.trial_log import TRIAL

LOOK_EVERY_S = 1.0
# A walk past every button that is tried on a schedule; a late test is late by minutes then, after weeks.
WALK_EVERY_S = 60.0


class BellTestWatch:
    """Lives on the writer thread, and keeps nothing that the store does not: any moment may be the last."""

    def __init__(
        self,
        store: Store,
        pipeline: Pipeline,
        classes: Mapping[AlarmKind, AlarmClass],
        clock: Clock,
        feed: Callable[[list[FeedEntry]], None],
    ) -> None:
        self._store, self._pipeline, self._clock, self._feed = store, pipeline, clock, feed
        self._rules = classes[AlarmKind.TEST_OVERDUE]
        self._looked_s = self._walked_s = float("-inf")
        self._at: str | None = None  # the last button of the walk so far

    def turn(self) -> None:
        """Once a second: one short look, and a piece of the walk. Raises ``StoreUnavailable``."""
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = now_s
        self._end_sessions()
        if self._at is not None:
            self._walk_on()
        elif now_s - self._walked_s >= WALK_EVERY_S:
            self._walked_s, self._at = now_s, ""
            self._end_alarms()
            self._walk_on()

    def act(self, work: Callable[[Connection, datetime], Acted]) -> int:
        """One transaction of an officer's; then the screens are told. The session's number."""
        with self._store.transaction() as tx:
            acted = work(tx, self._clock.now())
            rows, told = self._news(tx, acted)
        self._tell(acted, rows, told)
        return acted.session_id

    def _end_sessions(self) -> None:
        with self._store.read() as connection:
            if not bell_tests.due(connection, self._clock.now()):
                return
        with self._store.transaction() as tx:
            done = bell_tests.let_time_pass(tx, self._clock.now())
            news = [(acted, *self._news(tx, acted)) for acted in done]
        for each in news:
            self._tell(*each)

    def _end_alarms(self) -> None:
        """Also where nobody pressed: a button was retired, or its interval changed."""
        with self._store.read() as connection:
            if not (sources := tested_sites.sites_overdue(connection)):
                return
        with self._store.transaction() as tx:
            ended = [tested_sites.end_overdue(tx, source, self._clock.now()) for source in sources]
            changes = [change for change in ended if change]
            rows = _rows(tx, changes)
            self._pipeline.follow(tx, changes, rows)
        self._pipeline.tell_alarms(changes, rows)

    def _walk_on(self) -> None:
        now = self._clock.now()
        with self._store.read() as connection:
            buttons = tested_sites.tried_after(connection, self._at or "")
        self._at = buttons[-1].device_id if len(buttons) == tested_sites.AT_ONCE else None
        overdue = [each for each in buttons if each.is_overdue(now)]
        if not overdue:
            return
        with self._store.transaction() as tx:
            changes = tested_sites.raise_overdue(tx, overdue, self._rules, now)
            rows = _rows(tx, changes)
            self._pipeline.follow(tx, changes, rows)
        self._pipeline.tell_alarms(changes, rows)

    def _news(self, tx: Connection, acted: Acted) -> tuple[dict[int, dict[str, Any]], FeedEntry]:
        what = {"what": acted.what, "ending": acted.ending}
        return _rows(tx, acted.alarms), bell_test_entry(tx, self._pipeline.seq, acted.session_id, what)

    def _tell(self, acted: Acted, rows: Mapping[int, dict[str, Any]], told: FeedEntry) -> None:
        self._pipeline.tell_alarms(acted.alarms, rows)
        self._feed([told])


def bell_test_entry(connection: Connection, seq: int, session_id: int, what: Mapping[str, Any]) -> FeedEntry:
    """Tells no more than that something of it changed: who may see it asks."""
    ids = select(TRIAL.c.device_id).where(TRIAL.c.session_id == session_id)
    places = connection.execute(select(DEVICE.c.group_id, DEVICE.c.area_id).where(DEVICE.c.id.in_(ids)))
    return FeedEntry(seq, "bell_test", {"id": session_id, **what}, tuple((each[0], each[1]) for each in places))


def _rows(tx: Connection, changes: Sequence[AlarmChange]) -> dict[int, dict[str, Any]]:
    return alarms_by_ids(tx, [change.alarm_id for change in changes]) if changes else {}
