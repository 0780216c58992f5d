"""What the writer does when nothing waits: spans, counts, blind times, and the clearing of what is old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby

import pytest
from sqlalchemy import Connection, func, select

from monitor.errors import StoreUnavailable
from monitor.inventory.device_records import change_lifecycle
from monitor.inventory.edits import Edit, core
from monitor.inventory.kinds import Lifecycle
from monitor.journal.blind_rows import BLIND
from monitor.journal.hour_counts import counts_of, hour_of
from monitor.journal.span_rows import SPAN, states_at
from monitor.journal.tables import TransitionRow
from monitor.journal.times import moment_of
from tests.monitor.conftest import Post

TRANSITION = core(TransitionRow)
BEAT = "anninh/v1/bell/bell-1/heartbeat"


def beat(post: Post) -> None:
    post.receive(BEAT, {"v": 1})


def spans(post: Post) -> list[tuple[str, float | None]]:
    """State and how long it lasted, in seconds."""
    with post.store.read() as connection:
        rows = connection.execute(select(SPAN).order_by(SPAN.c.began_ms)).all()
    return [(row.state, row.ended_ms and (row.ended_ms - row.began_ms) / 1000) for row in rows]


def blind(post: Post) -> list[tuple[str, float | None]]:
    with post.store.read() as connection:
        rows = connection.execute(select(BLIND).order_by(BLIND.c.began_ms)).all()
    return [(row.reason, row.ended_ms and (row.ended_ms - row.began_ms) / 1000) for row in rows]


def becomes(post: Post, lifecycle: Lifecycle) -> None:
    def work(tx: Connection, now: datetime) -> None:
        change_lifecycle(tx, ["bell-1"], lifecycle, now.date(), Edit("operator", now, "form"))

    post.commands.change(work, "operator")


def test_it_keeps_what_was_when(bell: Post) -> None:
    beat(bell)
    bell.wait(100)
    beat(bell)
    bell.wait(5)
    assert spans(bell) == [("ONLINE", 47.0), ("LATE", 40.0), ("OFFLINE", 13.0), ("ONLINE", None)]


def test_it_makes_the_same_spans_after_a_crash_in_the_middle(bell: Post, reborn: Callable[[], Post]) -> None:
    beat(bell)
    bell.wait(10)
    again = reborn()
    again.wait(100)
    reborn().wait(5)
    assert [state for state, _ in spans(again)] == ["ONLINE", "LATE", "OFFLINE"]


def test_it_keeps_planned_work_apart(bell: Post) -> None:
    beat(bell)
    bell.wait(5)
    becomes(bell, Lifecycle.MAINTENANCE)
    bell.wait(5)
    becomes(bell, Lifecycle.ACTIVE)
    bell.wait(5)
    with bell.store.read() as connection:
        told = connection.execute(select(SPAN.c.is_planned).order_by(SPAN.c.began_ms)).scalars().all()
    # The device's state changes within it too: several spans may follow each other that are all planned.
    assert [is_planned for is_planned, _ in groupby(told)] == [False, True, False]


def test_it_ends_the_story_of_a_retired_device(bell: Post) -> None:
    beat(bell)
    bell.wait(5)
    becomes(bell, Lifecycle.RETIRED)
    bell.wait(5)
    assert spans(bell) == [("ONLINE", 5.0)]


def test_it_knows_the_state_of_any_moment_before_the_spans_have_followed(bell: Post) -> None:
    beat(bell)
    bell.clock.forward(1)
    with bell.store.read() as connection:
        assert states_at(connection, bell.clock.now()) == {"bell-1": "ONLINE"}
        assert states_at(connection, bell.clock.now() - timedelta(hours=1)) == {}


def test_it_still_knows_that_state_when_the_steps_are_gone(bell: Post) -> None:
    beat(bell)
    bell.wait(100)
    then = bell.clock.now()
    assert steps(bell, until=then) == 3
    beat(bell)
    tell_something_newer(bell)
    bell.clock.forward(31 * 86_400)
    bell.wait(100)
    assert steps(bell, until=then) == 0
    with bell.store.read() as connection:
        assert states_at(connection, then)["bell-1"] == "OFFLINE"


def tell_something_newer(post: Post) -> None:
    """The newest step of the journal always stays."""
    post.register("bell-2")
    post.receive("anninh/v1/bell/bell-2/alarm", {"v": 1, "kind": "panic", "id": "p-1"})


def steps(post: Post, until: datetime) -> int:
    """Of devices, in the journal."""
    known = select(func.count()).where(TRANSITION.c.machine == "liveness", TRANSITION.c.at <= until)
    with post.store.read() as connection:
        return connection.execute(known).scalar_one()


def test_it_was_blind_from_its_last_sign_to_the_next_start(bell: Post, reborn: Callable[[], Post]) -> None:
    bell.wait(20)
    bell.clock.forward(600)
    again = reborn()
    again.wait(5)
    ((why, lasted_s),) = blind(again)
    assert why == "stopped"
    assert 600 <= (lasted_s or 0) <= 611


def test_it_is_blind_while_the_broker_is_gone(bell: Post) -> None:
    bell.wait(5)
    bell.wait(60, is_linked=False)
    assert blind(bell) == [("unlinked", None)]
    bell.wait(5)
    assert blind(bell) == [("unlinked", 60.0)]


def test_it_counts_by_the_hour(bell: Post) -> None:
    started = hour_of(bell.clock.now())
    for _ in range(3):
        beat(bell)
        bell.wait(10)
    bell.clock.forward(3600)
    bell.wait(1)
    beat(bell)
    bell.wait(700)
    with bell.store.read() as connection:
        counted = counts_of(connection, "bell-1", started.day, started.day)[started.day]
    assert counted[started.hour : started.hour + 2] == (3, 1)


def test_it_keeps_the_counts_when_it_is_told_to_stop(bell: Post) -> None:
    bell.wait(1)
    beat(bell)
    bell.housekeeper.finish()
    today = hour_of(bell.clock.now()).day
    with bell.store.read() as connection:
        assert sum(counts_of(connection, "bell-1", today, today)[today]) == 1


def test_it_loses_no_counts_to_a_store_that_fails(bell: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    bell.wait(1)
    beat(bell)
    with monkeypatch.context() as broken:

        def full(*_: object) -> None:
            raise StoreUnavailable("database or disk is full")

        broken.setattr("monitor.pipeline.housekeeping.add_counts", full)
        bell.wait(620)
    bell.wait(700)
    with bell.store.read() as connection:
        today = hour_of(moment_of(0) + (bell.clock.now() - moment_of(0))).day
        assert sum(counts_of(connection, "bell-1", today, today)[today]) == 1


def test_it_stops_nothing_else_when_a_piece_fails(bell: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bool:
        raise ValueError("a bug")

    monkeypatch.setattr("monitor.pipeline.housekeeping.clearing.clear_quarantine", broken)
    beat(bell)
    bell.wait(100)
    assert [state for state, _ in spans(bell)] == ["ONLINE", "LATE", "OFFLINE"]


def test_it_waits_while_messages_come_but_not_for_ever(bell: Post) -> None:
    beat(bell)
    for _ in range(3):
        bell.clock.forward(1)
        bell.housekeeper.turn(is_idle=False)
    assert spans(bell) == []
    for _ in range(12):
        bell.clock.forward(1)
        bell.housekeeper.turn(is_idle=False)
    assert spans(bell) == [("ONLINE", None)]
