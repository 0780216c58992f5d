from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from sqlmodel import SQLModel

from monitor.errors import UnknownRecord
from monitor.inventory.edits import core
from monitor.inventory.folding import search_text
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE
from monitor.journal import device_queries, queries
from monitor.journal.database import Store
from monitor.journal.queries import AlarmFilter
from monitor.journal.tables import AlarmRow, DeviceStateRow, EventRow, TransitionRow
from monitor.journal.times import iso, unix_ms

AT = datetime(2026, 3, 14, 11, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    store = Store(database_url)
    with store.transaction() as tx:
        yield tx
    store.close()


def put(tx: Connection, model: type[SQLModel], **values: Any) -> int:
    """Its id, where it has a number."""
    written = tx.execute(insert(core(model)).values(**values))
    key = written.inserted_primary_key
    return int(key[0]) if key and str(key[0]).isdigit() else 0


def an_alarm(tx: Connection, device_id: str = "bell-01", **values: Any) -> int:
    times = dict.fromkeys(("raised_at", "received_at", "rung_at", "last_press_at"), AT)
    plain = {"source": f"native:{device_id}", "device_id": device_id, "kind": "panic", "priority": 1}
    return put(tx, AlarmRow, **{**plain, "state": "UNACKNOWLEDGED", **times, **values})


def a_device(tx: Connection, device_id: str, **values: Any) -> None:
    plain = {"device_class": "bell", "name": device_id, "adapter": "native", "address": device_id}
    fields = {**plain, "registered_at": AT, **values}
    put(tx, Device, id=device_id, **{"search_text": search_text(device_id, fields["name"]), **fields})


def a_transition(tx: Connection, **values: Any) -> int:
    plain = {"machine": "alarm", "from_state": "NORMAL", "to_state": "UNACKNOWLEDGED", "reason": "alarm", "at": AT}
    return put(tx, TransitionRow, **{**plain, "actor": "device", **values})


def test_it_writes_a_time_in_utc_to_the_millisecond() -> None:
    assert iso(AT) == "2026-03-14T11:00:00.123Z"
    assert iso(AT.astimezone(tz=None)) == "2026-03-14T11:00:00.123Z"
    assert iso(None) is None


def test_it_counts_milliseconds_without_rounding_up() -> None:
    assert unix_ms(AT) == 1773486000123
    assert unix_ms(None) is None


def test_it_joins_an_alarm_to_its_device(tx: Connection) -> None:
    a_device(tx, "bell-01", name="Nút quầy 1", group_name="Tổ 1", is_silent_at_site=True)
    alarm = queries.alarm_by_id(tx, an_alarm(tx), EVERYWHERE)
    assert (alarm["device_name"], alarm["group_name"], alarm["is_silent_at_site"]) == ("Nút quầy 1", "Tổ 1", True)


def test_it_keeps_an_alarm_without_a_device(tx: Connection) -> None:
    alarm = queries.alarm_by_id(tx, an_alarm(tx, device_id="stranger"), EVERYWHERE)
    assert (alarm["device_name"], alarm["is_silent_at_site"]) == (None, False)


def test_it_raises_for_an_alarm_that_is_not(tx: Connection) -> None:
    with pytest.raises(UnknownRecord, match="no alarm 5"):
        queries.alarm_by_id(tx, 5, EVERYWHERE)


def test_it_tells_open_alarms_from_closed(tx: Connection) -> None:
    closed = an_alarm(tx, state="NORMAL")
    still_open = [an_alarm(tx), an_alarm(tx, device_id="bell-02", state="ACKNOWLEDGED", priority=2)]
    assert [alarm["id"] for alarm in queries.open_alarms(tx, EVERYWHERE)] == still_open
    assert [alarm["id"] for alarm in queries.closed_alarms(tx, 10, EVERYWHERE)] == [closed]
    assert queries.count_open_alarms(tx) == {1: 1, 2: 1}


def test_it_pages_alarms_within_a_filter(tx: Connection) -> None:
    seen = [an_alarm(tx, device_id=f"bell-{number}", state="ACKNOWLEDGED") for number in range(3)]
    an_alarm(tx, device_id="bell-9")
    chosen = AlarmFilter(states=("ACKNOWLEDGED",))
    first, next_id = queries.alarms_page(tx, chosen, EVERYWHERE, limit=2)
    rest, end = queries.alarms_page(tx, chosen, EVERYWHERE, limit=2, before_id=next_id)
    assert [alarm["id"] for alarm in first + rest] == seen[::-1]
    assert end is None


def test_it_filters_alarms_by_the_time_they_came_in(tx: Connection) -> None:
    an_alarm(tx, device_id="bell-1", received_at=AT - timedelta(seconds=1))
    late = an_alarm(tx, device_id="bell-2", raised_at=AT - timedelta(days=3))
    items, _ = queries.alarms_page(tx, AlarmFilter(since=AT), EVERYWHERE, limit=10)
    assert [alarm["id"] for alarm in items] == [late]


def test_it_gathers_the_events_of_an_alarm(tx: Connection) -> None:
    alarm = an_alarm(tx)
    event = {"source": "native:bell-01", "event_class": "alarm", "received_at": AT, "topic": "t", "payload": b"{}"}
    for number in range(2):
        put(tx, EventRow, **event, alarm_id=alarm, source_event_id=str(number), payload_digest=b"")
    shown = queries.alarm_detail(tx, alarm, EVERYWHERE)["events"]
    assert [each["received_at"] for each in shown] == ["2026-03-14T11:00:00.123Z"] * 2
    assert shown[0]["id"] < shown[1]["id"]


def test_it_starts_the_feed_at_zero(tx: Connection) -> None:
    assert queries.latest_seq(tx) == 0


def test_it_finds_the_transitions_after_a_place(tx: Connection) -> None:
    for _ in range(4):
        a_transition(tx, alarm_id=1)
    assert queries.latest_seq(tx) == 4
    assert [row["id"] for row in queries.transitions_since(tx, 1, EVERYWHERE, up_to=3, limit=10)] == [2, 3]
    assert [row["id"] for row in queries.transitions_since(tx, 0, EVERYWHERE, up_to=4, limit=2)] == [1, 2]


def test_it_calls_a_device_that_was_never_heard_unknown(tx: Connection) -> None:
    a_device(tx, "cam-01")
    assert device_queries.device_by_id(tx, "cam-01", EVERYWHERE)["state"] == "UNKNOWN"
    assert device_queries.count_devices(tx) == {("bell", "UNKNOWN"): 1}


def test_it_shows_the_stored_life_of_a_device(tx: Connection) -> None:
    a_device(tx, "cam-01")
    put(tx, DeviceStateRow, device_id="cam-01", state="ONLINE", since_at=AT, last_seen_at=AT, battery_pct=80.0)
    device = device_queries.device_by_id(tx, "cam-01", EVERYWHERE)
    assert (device["state"], device["last_seen_at"], device["battery_pct"]) == ("ONLINE", iso(AT), 80.0)


def test_it_names_each_group_once(tx: Connection) -> None:
    for number in range(2):
        a_device(tx, f"cam-{number}", group_id="to-1", group_name="Tổ 1")
    a_device(tx, "cam-2", group_id="to-2")
    a_device(tx, "cam-3")
    assert device_queries.groups(tx, EVERYWHERE) == [("to-1", "Tổ 1"), ("to-2", "to-2")]
