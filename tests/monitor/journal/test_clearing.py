"""What is old goes away a piece at a time, and is still counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from monitor.inventory.edits import core
from monitor.journal import clearing
from monitor.journal.bell_test_tables import BellTestRow, BellTestSessionRow
from monitor.journal.blind_rows import BLIND
from monitor.journal.clearing import AT_ONCE, cleared
from monitor.journal.database import Store
from monitor.journal.events import EVENT, QUARANTINE
from monitor.journal.hour_counts import COUNT, LocalHour, add_counts
from monitor.journal.incident_tables import IncidentAlarmRow, IncidentEntryRow, IncidentRow
from monitor.journal.layer_warnings import POST, WARNING
from monitor.journal.report_tables import TipRow
from monitor.journal.span_rows import SPAN
from monitor.journal.spans import Spent
from monitor.journal.tables import AlarmRow, ReceiptRow, TransitionRow
from monitor.journal.times import unix_ms

NOW = datetime(2026, 3, 14, 11, tzinfo=UTC)
OLD = NOW - timedelta(days=2000)
FIVE_YEARS_AGO = NOW - timedelta(days=1830)
ALARM, RECEIPT, TRANSITION = core(AlarmRow), core(ReceiptRow), core(TransitionRow)
INCIDENT, PART, ENTRY = core(IncidentRow), core(IncidentAlarmRow), core(IncidentEntryRow)
SESSION, TRIAL, TIP = core(BellTestSessionRow), core(BellTestRow), core(TipRow)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    store.migrate()
    yield store
    store.close()


def put(store: Store, source: Any, *rows: dict[str, Any]) -> None:
    with store.transaction() as tx:
        tx.execute(insert(source), list(rows))


def ids(store: Store, source: Any) -> list[Any]:
    with store.read() as connection:
        return list(connection.execute(select(source).order_by(*source.primary_key)).scalars())


def counted(store: Store) -> dict[str, int]:
    with store.read() as connection:
        return cleared(connection)


def an_alarm(number: int, at: datetime, state: str = "NORMAL") -> dict[str, Any]:
    times = dict.fromkeys(("raised_at", "received_at", "rung_at", "last_press_at"), at)
    more = {"is_condition_present": False, "late_s": 0.0, "is_audible": True, "presses": 1, "duplicates": 0}
    row = {"id": number, "source": f"native:b-{number}", "kind": "panic", "state": state, "priority": 1, "version": 1}
    return row | times | more


def an_incident(number: int, closed_at: datetime | None) -> dict[str, Any]:
    row = {"id": number, "code": f"BD-{number}", "kind": "hold_up", "place_key": "x", "version": 1, "verification": 0}
    return row | {"stage": "CLOSED", "opened_at": OLD, "closed_at": closed_at, "merged_into": None}


def a_step(number: int, at: datetime, alarm_id: int | None = None) -> dict[str, Any]:
    machine = "liveness" if alarm_id is None else "alarm"
    states = {"from_state": "", "to_state": "ONLINE", "reason": "heard", "actor": "device", "version": 0}
    return {"id": number, "machine": machine, "alarm_id": alarm_id, "device_id": "b-1", "at": at, **states}


def an_event(number: int, at: datetime, alarm_id: int | None) -> dict[str, Any]:
    row = {"id": number, "source": "native:b-1", "event_class": "alarm", "received_at": at, "alarm_id": alarm_id}
    return row | {"late_s": 0.0, "duplicates": 0, "flags": "", "topic": "t", "payload": b"", "payload_digest": b""}


def a_message(number: int, at: datetime) -> dict[str, Any]:
    return {"id": number, "received_at": at, "adapter": "native", "topic": "t", "payload": b"{", "reason": "no JSON"}


def test_it_takes_an_old_alarm_away_with_all_that_belongs_to_it(store: Store) -> None:
    put(store, ALARM, an_alarm(1, OLD), an_alarm(2, NOW), an_alarm(3, NOW))
    put(store, TRANSITION, a_step(1, OLD, 1), a_step(2, NOW, 2))
    put(store, EVENT, an_event(1, OLD, 1), an_event(2, NOW, 2))
    receipt = {"alarm_id": 1, "version": 1, "screen_id": "s", "kind": "shown", "user_name": "u", "at": OLD}
    put(store, RECEIPT, receipt)
    with store.transaction() as tx:
        clearing.clear_alarms(tx, FIVE_YEARS_AGO, NOW)
    assert [ids(store, source) for source in (ALARM, TRANSITION, EVENT, RECEIPT)] == [[2, 3], [2], [2], []]
    assert counted(store) == {"alarm": 1}


def test_it_takes_an_old_incident_away_before_its_alarms(store: Store) -> None:
    """With what was merged into it, its timeline and its warnings; one that nobody closed stays, and its alarm too."""
    put(store, ALARM, *(an_alarm(number, OLD) for number in (1, 2, 3)), an_alarm(4, NOW))
    put(store, INCIDENT, an_incident(1, OLD), an_incident(2, OLD) | {"stage": "MERGED", "merged_into": 1})
    put(store, INCIDENT, an_incident(3, None) | {"stage": "ON_SCENE"}, an_incident(4, NOW))
    put(store, PART, *({"alarm_id": number, "incident_id": number} for number in (1, 2, 3, 4)))
    put(store, ENTRY, *({"id": n, "incident_id": n, "at": OLD, "actor": "x", "kind": "note"} for n in (1, 2, 3, 4)))
    warning = {"id": 1, "incident_id": 1, "alarm_id": 1, "plan_id": "p", "plan_name": "p", "begun_at": OLD}
    put(store, WARNING, {**warning, "is_settled": True})
    put(store, POST, {"id": 1, "warning_id": 1, "area_id": "a", "name": "a"})
    for clear in (clearing.clear_alarms, clearing.clear_incidents, clearing.clear_alarms):
        with store.transaction() as tx:
            clear(tx, FIVE_YEARS_AGO, NOW)
    assert [ids(store, source) for source in (INCIDENT, PART, ENTRY, ALARM)] == [[3, 4]] * 4
    assert [ids(store, source) for source in (WARNING, POST)] == [[], []]
    assert counted(store) == {"incident": 2, "alarm": 2}


def test_it_takes_old_bell_tests_signals_and_tips_away(store: Store) -> None:
    session = {"code_word": "x", "opened_by": "o", "expires_at": OLD, "ended_at": OLD}
    put(store, SESSION, *({"id": number, "opened_at": at, **session} for number, at in ((1, OLD), (2, NOW))))
    trial = {"device_id": "b-1", "result": "passed", "is_over": True, "presses": 1, "version": 0}
    put(store, TRIAL, *({"id": n, "session_id": n, "at": at, **trial} for n, at in ((1, OLD), (2, NOW))))
    tip = {"source": "phone", "text": "x", "logged_by": "o"}
    put(store, TIP, *({"id": n, "told_at": at, "logged_at": at, **tip} for n, at in ((1, OLD), (2, NOW))))
    with store.transaction() as tx:
        clearing.clear_bell_tests(tx, FIVE_YEARS_AGO, NOW)
        clearing.clear_reported(tx, FIVE_YEARS_AGO, NOW)
    assert [ids(store, source) for source in (SESSION, TRIAL, TIP)] == [[2]] * 3


def test_it_keeps_an_open_alarm_however_old_it_is(store: Store) -> None:
    put(store, ALARM, an_alarm(1, OLD, "UNACKNOWLEDGED"), an_alarm(2, NOW))
    with store.transaction() as tx:
        clearing.clear_alarms(tx, FIVE_YEARS_AGO, NOW)
    assert ids(store, ALARM) == [1, 2]


def test_it_keeps_the_steps_of_alarms_and_of_what_is_no_span_yet(store: Store) -> None:
    put(store, TRANSITION, a_step(1, OLD), a_step(2, OLD, 7), a_step(3, OLD), a_step(4, OLD), a_step(5, NOW))
    with store.transaction() as tx:
        clearing.remember(tx, "history", "transition", "3")
        clearing.clear_steps(tx, NOW - timedelta(days=30), NOW)
    assert ids(store, TRANSITION) == [2, 4, 5]


def test_it_never_gives_the_newest_number_free(store: Store) -> None:
    put(store, TRANSITION, a_step(1, OLD), a_step(2, OLD))
    with store.transaction() as tx:
        clearing.remember(tx, "history", "transition", "2")
        clearing.clear_steps(tx, NOW, NOW)
    assert ids(store, TRANSITION) == [2]


def test_it_keeps_the_newest_of_a_flood_of_messages(store: Store) -> None:
    put(store, QUARANTINE, *(a_message(number, NOW) for number in range(1, 11)))
    with store.transaction() as tx:
        clearing.clear_quarantine(tx, OLD, 4, NOW)
    assert ids(store, QUARANTINE) == [7, 8, 9, 10]
    assert counted(store) == {"quarantine": 6}


def test_it_takes_a_bounded_piece_and_says_that_there_is_more(store: Store) -> None:
    put(store, QUARANTINE, *(a_message(number, OLD) for number in range(1, AT_ONCE + 12)))
    with store.transaction() as tx:
        assert clearing.clear_quarantine(tx, NOW, 10_000, NOW) is True
    with store.transaction() as tx:
        assert clearing.clear_quarantine(tx, NOW, 10_000, NOW) is False
    assert len(ids(store, QUARANTINE)) == 1


def test_it_drops_old_counts(store: Store) -> None:
    with store.transaction() as tx:
        for day in (date(2025, 1, 1), date(2026, 3, 14)):
            add_counts(tx, LocalHour(day, 5), [("b-1", 3)])
        clearing.clear_counts(tx, date(2026, 1, 1), NOW)
        assert tx.execute(select(COUNT.c.day)).scalars().all() == [date(2026, 3, 14)]


def a_day(*minutes: tuple[int, str]) -> list[dict[str, Any]]:
    """Spans of a device, one after another, each so many minutes long, from noon in Vietnam on."""
    at_ms = unix_ms(datetime(2025, 6, 1, 5, tzinfo=UTC))
    rows = []
    for minute, state in minutes:
        ended_ms = at_ms + minute * 60_000
        row = {"device_id": "b-1", "began_ms": at_ms, "ended_ms": ended_ms, "state": state, "is_planned": False}
        rows.append({**row, "changes": 1})
        at_ms = ended_ms
    return rows


def test_it_makes_one_row_of_a_busy_day_with_what_it_came_to(store: Store) -> None:
    rows = a_day((10, "ONLINE"), (5, "OFFLINE"), (20, "ONLINE"), (7, "OFFLINE"))
    put(store, SPAN, *rows)
    put(store, BLIND, {"began_ms": rows[0]["began_ms"], "ended_ms": rows[0]["began_ms"] + 60_000, "reason": "frozen"})
    with store.transaction() as tx:
        clearing.merge_busy_days(tx, NOW, NOW)
        (row,) = tx.execute(select(SPAN)).all()
    whole = (row.began_ms, row.ended_ms, row.changes, row.state)
    assert whole == (rows[0]["began_ms"], rows[-1]["ended_ms"], 4, "OFFLINE")
    minutes = Spent(*(getattr(row, name) // 60_000 for name in Spent.__slots__))
    assert minutes == Spent(working_ms=29, down_ms=12, blind_ms=1)


def test_it_leaves_a_quiet_day_and_what_crosses_midnight(store: Store) -> None:
    put(store, SPAN, *a_day((10, "ONLINE"), (5, "OFFLINE"), (900, "ONLINE"), (7, "OFFLINE"), (9, "ONLINE")))
    with store.transaction() as tx:
        clearing.merge_busy_days(tx, NOW, NOW)
    assert len(ids(store, SPAN)) == 5
