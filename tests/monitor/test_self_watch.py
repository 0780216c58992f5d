"""The watch on ourselves, where no wire is needed: the clock, the disk, the store, the writer."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from device_adapters.core.contract import Message
from monitor.errors import StoreUnavailable
from monitor.ingest.intake import Intake, Limits, Work
from monitor.ingest.mqtt import BrokerSession
from monitor.journal.database import Store
from monitor.machines.own_fault import Cause
from monitor.pipeline.canaries import CANARY, Canaries
from monitor.self_watch import SelfWatch, Stages
from tests.fakes import FakeClock

HOUR_S = 3600.0


class Watched:
    def __init__(self, store: Store, clock: FakeClock, least_mib: float = 1) -> None:
        self.clock, self.store = clock, store
        self.canaries = Canaries(clock, lambda _then: True)
        work = Work(process=lambda _: None, tick=lambda: None, flush=lambda: False, redeliver=lambda: None)
        intake = Intake(work, Limits(), clock)
        self.failed: dict[Cause, datetime] = {}
        self.no_panels: str | None = None
        failures = [
            (cause, partial(self.failed.get, cause))
            for cause in (Cause.TELLING, Cause.INCIDENT, Cause.SHELF, Cause.ROUNDS)
        ]
        self.forgotten_at: datetime | None = None  # by the broker
        self.is_connected = True
        line = cast("BrokerSession", self)
        stages = Stages([line], intake, store, self.canaries, least_mib, failures=failures, panels=self)
        self.watch = SelfWatch(stages, clock)

    def trouble(self) -> str | None:
        return self.no_panels

    def go(self, seconds: int) -> tuple[Cause, ...]:
        """What people are told after so many looks, one a second."""
        for _ in range(seconds):
            self.clock.forward(1)
            self.watch.look()
        return self.watch.fault.causes


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/store.sqlite3")
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def watched(store: Store, clock: FakeClock) -> Watched:
    return Watched(store, clock)


def test_it_finds_nothing_wrong_where_nothing_is(watched: Watched) -> None:
    assert watched.go(30) == ()


@pytest.mark.parametrize("by_s", [HOUR_S, -HOUR_S])
def test_it_tells_for_a_minute_that_the_clock_was_set(watched: Watched, by_s: float) -> None:
    watched.go(5)
    watched.clock.set_by(by_s)
    assert watched.go(1) == (Cause.CLOCK,)
    assert watched.watch.fault.blind_since_at is None
    assert watched.go(70) == ()


def test_it_tells_for_ten_minutes_that_the_broker_forgot_what_waited(watched: Watched) -> None:
    watched.forgotten_at = watched.clock.now()
    assert watched.go(1) == (Cause.DROPPED,)
    assert watched.watch.fault.blind_since_at is None
    assert watched.go(610) == ()


def test_it_tells_of_a_disk_that_is_nearly_full(store: Store, clock: FakeClock) -> None:
    assert Watched(store, clock, least_mib=10**9).go(1) == (Cause.DISK,)


def test_it_tells_of_a_store_that_is_locked_until_it_is_not(watched: Watched, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable), watched.store.transaction():
            pass
    assert watched.go(4) == (Cause.STORE,)
    with watched.store.transaction():
        pass
    assert watched.go(5) == ()


def test_it_tells_of_a_message_to_ourselves_that_does_not_come_through(watched: Watched) -> None:
    watched.canaries.song("alarm")
    assert watched.go(14) == (Cause.ROUND_TRIP,)
    assert watched.watch.fault.is_deaf


def test_it_tells_of_screens_that_are_told_nothing(watched: Watched) -> None:
    song = watched.canaries.song("alarm")
    watched.canaries.take([(CANARY, Message("anninh/v1/self/alarm", song, watched.clock.now()))], lambda _: None)
    assert watched.go(14) == (Cause.FEED,)
    assert not watched.watch.fault.is_deaf


def test_it_tells_that_no_panel_is_heard_and_is_neither_blind_nor_deaf_for_it(watched: Watched) -> None:
    watched.no_panels = "cannot listen"
    assert watched.go(10) == (Cause.PANELS,)
    assert (watched.watch.fault.blind_since_at, watched.watch.fault.is_deaf) == (None, False)
    watched.no_panels = None
    assert watched.go(10) == ()


@pytest.mark.parametrize("cause", [Cause.TELLING, Cause.INCIDENT, Cause.SHELF, Cause.ROUNDS])
def test_it_tells_for_a_while_what_could_not_be_written(watched: Watched, cause: Cause) -> None:
    watched.failed[cause] = watched.clock.now()
    assert watched.go(3) == (cause,)
    assert watched.watch.fault.blind_since_at is None
    assert watched.go(610) == ()
