from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from device_adapters.core.contract import DeviceClass, DeviceFacts, Known, Message, Refused
from device_adapters.core.events import LAST_WILL, AlarmKind, Event, EventClass
from device_adapters.native import ADAPTER

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
NOW_MS = 1_795_249_800_000
PRESS = {"v": 1, "id": "a-1", "kind": "alarm", "input": "panic", "ts": NOW_MS, "boot": "a", "seq": 1}


def _known(**facts: Any) -> Known:
    given = DeviceFacts(device_id="x", device_class=DeviceClass.BELL, **facts) if facts else None
    return Known(device=lambda _: given, recall=lambda _: None)


def _all(topic: str, body: object, known: Known | None = None) -> list[Event]:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    message = Message(f"anninh/v1/{topic}", payload, NOW)
    return list(ADAPTER.decode(message, "anninh/v1", known or _known()).events)


def _one(topic: str, body: object, known: Known | None = None) -> Event:
    (event,) = _all(topic, body, known)
    return event


def _press(known: Known | None = None, **changes: Any) -> Event:
    return _one("bell/b1/alarm", PRESS | changes, known)


def test_it_reads_a_press() -> None:
    event = _press()
    assert (event.event_class, event.address, event.kind) == (EventClass.ALARM, "b1", AlarmKind.PANIC)
    assert (event.occurred_at, event.receipt_id, event.degraded) == (NOW, "a-1", None)


@pytest.mark.parametrize("stated", ["hold_up", "duress", "fire", "medical", "intrusion"])
def test_it_believes_a_panel_that_says_what_kind_of_alarm(stated: str) -> None:
    assert _press(_known(alarm_kind=AlarmKind.HOLD_UP), input=stated).kind == stated


@pytest.mark.parametrize("changes", [{}, {"v": 9}])
def test_it_takes_the_kind_of_a_plain_button_from_the_inventory(changes: dict[str, Any]) -> None:
    assert _press(_known(alarm_kind=AlarmKind.HOLD_UP), **changes).kind is AlarmKind.HOLD_UP


def test_it_clears_under_the_kind_that_it_rang_under() -> None:
    cleared = _press(_known(alarm_kind=AlarmKind.HOLD_UP), kind="clear")
    assert (cleared.event_class, cleared.kind) == (EventClass.CLEAR, AlarmKind.HOLD_UP)


def test_it_knows_a_press_resent_from_a_spool() -> None:
    resent = _press(queued_s=31)
    assert resent.source_event_id == _press().source_event_id
    assert resent.queued_s == 31


@pytest.mark.parametrize("changes", [{"ts": NOW_MS + 1}, {"seq": 2}, {"boot": "b"}, {"input": "fire"}, {"note": "x"}])
def test_it_tells_an_id_used_again_from_a_press_resent(changes: dict[str, Any]) -> None:
    assert _press(**changes).source_event_id != _press().source_event_id


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"v": True}, "schema version"),
        ({"v": 2}, "schema version"),
        ({"kind": "Alarm"}, "kind"),
        ({"id": "a b"}, "no usable id"),
        ({"id": "x" * 65}, "no usable id"),
        ({"id": "00000000-0000-0000-0000-000000000000"}, "no usable id"),
        ({"ts": 1.5}, "ts"),
        ({"ts": 4_102_444_800_000}, "ts"),
        ({"seq": -1}, "seq"),
        ({"input": "flood"}, "input"),
        ({"input": []}, "input"),
    ],
)
def test_it_rings_degraded_and_says_why(changes: dict[str, Any], reason: str) -> None:
    event = _press(**changes)
    assert event.event_class is EventClass.ALARM
    assert reason in str(event.degraded)
    assert (event.source_event_id is None) is (reason == "no usable id")


def test_it_knows_a_damaged_press_resent_by_its_id() -> None:
    first, resent, second = _press(v=2), _press(v=2, queued_s=31), _press(v=2, id="a-2")
    assert first.source_event_id == resent.source_event_id != second.source_event_id


def test_it_still_receipts_a_damaged_press_so_that_its_spool_comes_to_rest() -> None:
    assert _press(v=9).receipt_id == "a-1"


@pytest.mark.parametrize("body", [b"", b"\xff\xd8\xff", b"[" * 4000, b'{"note":"' + b"x" * 4096 + b'"}'])
def test_it_rings_for_any_bytes_on_an_alarm_topic(body: bytes) -> None:
    event = _one("bell/b1/alarm", body)
    assert (event.event_class, bool(event.degraded)) == (EventClass.ALARM, True)


@pytest.mark.parametrize("topic", ["doorbell/b1/alarm", "bell/b1/alarm/c1/c2"])
def test_it_rings_for_an_odd_topic_below_a_devices_own_id(topic: str) -> None:
    event = _one(topic, PRESS)
    assert (event.event_class, event.address) == (EventClass.ALARM, "b1")
    assert "unexpected_topic" in event.flags


@pytest.mark.parametrize("offset", [timedelta(seconds=121), timedelta(days=-31)])
def test_it_flags_a_clock_that_is_wrong(offset: timedelta) -> None:
    assert "clock_skew" in _press(ts=NOW_MS + int(offset.total_seconds() * 1000)).flags


def test_it_rings_for_a_clock_that_was_never_set() -> None:
    event = _press(ts=0)
    assert (event.degraded, event.occurred_at, event.flags) == (None, None, ("clock_skew",))


def test_it_flags_a_payload_that_names_another_device() -> None:
    assert _press(device_id="b2").flags == ("identity_mismatch",)
    assert _press(device_id="b1").flags == ()


@pytest.mark.parametrize("queued_s", [-1, "31", True, 1e12])
def test_it_drops_an_absurd_wait(queued_s: object) -> None:
    event = _press(queued_s=queued_s)
    assert (event.queued_s, event.flags) == (None, ("bad_queued_s",))


@pytest.mark.parametrize(
    ("kind", "event_class"),
    [
        ("tamper", EventClass.TAMPER),
        ("test", EventClass.TEST),
        ("low_battery", EventClass.LOW_BATTERY),
        ("trouble", EventClass.TROUBLE),
        ("khac", EventClass.IGNORE),
        (None, EventClass.IGNORE),
        ([], EventClass.IGNORE),
    ],
)
def test_it_reads_each_kind_of_event(kind: object, event_class: EventClass) -> None:
    assert _one("bell/b1/event", {**PRESS, "kind": kind}).event_class is event_class


def test_it_rings_for_a_press_on_the_event_channel() -> None:
    assert _one("bell/b1/event", PRESS) == _one("bell/b1/alarm", PRESS)


def test_it_reads_the_level_of_a_low_battery() -> None:
    event = _one("bell/b1/event", {**PRESS, "kind": "low_battery", "pct": 11})
    assert (event.battery_pct, event.kind) == (11, AlarmKind.BATTERY_LOW)


@pytest.mark.parametrize("body", [b"offline", b"OFFLINE\n", {"v": 1, "state": "offline"}])
def test_it_marks_a_last_will(body: object) -> None:
    event = _one("bell/b1/status", body)
    assert (event.event_class, event.flags) == (EventClass.OFFLINE, (LAST_WILL,))


def test_it_calls_a_child_offline_at_its_probes_word() -> None:
    event = _one("probe/p1/status/cam-1", {"v": 1, "s": "down", "since": NOW_MS, "err": "timeout"})
    assert (event.address, event.event_class, event.flags) == ("cam-1", EventClass.OFFLINE, ())
    assert event.detail == "timeout"


@pytest.mark.parametrize(
    ("entry", "event_class", "detail"),
    [
        ({"s": "up"}, EventClass.HEARTBEAT, None),
        ({"s": "up", "skew_s": -120.5}, EventClass.HEARTBEAT, "trouble:clock"),
        ({"s": "auth", "skew_s": 500}, EventClass.HEARTBEAT, "trouble:credentials"),
        ({"s": "down"}, EventClass.OFFLINE, None),
    ],
)
def test_it_fans_a_probes_heartbeat_out(entry: dict[str, Any], event_class: EventClass, detail: str | None) -> None:
    own, child = _all("probe/p1/heartbeat", {"v": 1, "ts": NOW_MS, "cams": {"cam-1": entry}})
    assert (own.address, own.event_class) == ("p1", EventClass.HEARTBEAT)
    assert (child.address, child.event_class, child.detail) == ("cam-1", event_class, detail)


@pytest.mark.parametrize("cams", [[], {"cam-1": 5}, {"": {"s": "up"}}, {"cam-1": {"s": "asleep"}}])
def test_it_keeps_a_probe_alive_whose_children_cannot_be_read(cams: object) -> None:
    own = _one("probe/p1/heartbeat", {"v": 1, "cams": cams})
    assert (own.event_class, own.flags) == (EventClass.HEARTBEAT, ("bad_child",))


def test_it_drops_an_absurd_battery_and_keeps_the_device_alive() -> None:
    event = _one("bell/b1/heartbeat", {"v": 1, "battery": 1e308})
    assert (event.event_class, event.battery_pct, event.flags) == (EventClass.HEARTBEAT, None, ("bad_battery",))


@pytest.mark.parametrize(
    "topic",
    [
        "bell//alarm",
        "bell/b1",
        "bell/b1/alarm/",
        "bell/b1/firmware",
        "doorbell/b1/heartbeat",
        "bell/b1/status/c1/c2",
        "bell/b1/event/c1/c2",
    ],
)
def test_it_refuses_a_topic_that_is_none_of_the_contract(topic: str) -> None:
    with pytest.raises(Refused):
        _one(topic, PRESS)


@pytest.mark.parametrize("topic", ["bell/b1/command", "bell/b1/ack", "probe/p1/ack/b7", "doorbell/b1/ack"])
def test_it_ignores_what_it_said_itself(topic: str) -> None:
    assert _one(topic, b"x").event_class is EventClass.IGNORE


@pytest.mark.parametrize("changes", [{"ts": NOW_MS + 0.5}, {"ts": "now"}, {"input": "PANIC"}, {"id": "a:1"}, {"v": 2}])
def test_it_keeps_aside_a_release_that_it_cannot_read_wholly(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="clear"):
        _press(kind="clear", **changes)
    assert _press(**changes).event_class is EventClass.ALARM
