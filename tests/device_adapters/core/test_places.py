from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from device_adapters.core.contract import DeviceClass, DeviceFacts, Known, Message, Refused
from device_adapters.core.events import AlarmKind, Event, EventClass
from device_adapters.core.places import receipt_topic
from device_adapters.native import ADAPTER

BASE = "anninh/v1"
NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
PRESS = {"v": 1, "id": "a-1", "kind": "alarm", "input": "panic", "ts": 1_795_249_800_000, "boot": "a", "seq": 1}
CLEAR = PRESS | {"kind": "clear"}
BOOK = {
    "bank": DeviceFacts(device_id="bank", device_class=DeviceClass.BELL, alarm_kind=AlarmKind.HOLD_UP),
    "siren": DeviceFacts(device_id="siren", device_class=DeviceClass.SIREN),
    "cam": DeviceFacts(device_id="cam", device_class=DeviceClass.CAMERA),
    "nvr": DeviceFacts(device_id="nvr", device_class=DeviceClass.RECORDER),
    "probe": DeviceFacts(device_id="probe", device_class=DeviceClass.PROBE),
    "wired": DeviceFacts(device_id="wired", device_class=DeviceClass.BELL, parent_id="probe"),
    "broken": DeviceFacts(device_id="broken", device_class=DeviceClass.BELL, parent_id="probe"),
    "gateway": DeviceFacts(device_id="gateway", device_class=DeviceClass.GATEWAY),
}
KNOWN = Known(device=BOOK.get, recall=lambda _: None)
STRANGERS = ["camera/cam/{}/bank", "probe/cam/{}/bank", "probe/nobody/{}/bank", "camera/probe/{}/bank"]


def _says(topic: str, body: object) -> list[Event]:
    message = Message(f"{BASE}/{topic}", json.dumps(body).encode(), NOW)
    return list(ADAPTER.decode(message, BASE, KNOWN).events)


@pytest.mark.parametrize("sender", ["probe/probe", "gateway/gateway"])
@pytest.mark.parametrize(("body", "event_class"), [(PRESS, EventClass.ALARM), (CLEAR, EventClass.CLEAR)])
def test_it_lets_a_carrier_speak_for_its_bell(sender: str, body: dict[str, Any], event_class: EventClass) -> None:
    (event,) = _says(f"{sender}/alarm/bank", body)
    assert (event.event_class, event.address, event.kind) == (event_class, "bank", AlarmKind.HOLD_UP)
    assert event.flags == ()


def test_it_lets_a_carrier_tell_the_tamper_of_its_bell() -> None:
    assert [event.address for event in _says("probe/probe/event/bank", PRESS | {"kind": "tamper"})] == ["bank"]


@pytest.mark.parametrize("channel", ["alarm", "event"])
@pytest.mark.parametrize("topic", [*STRANGERS, "probe/probe/{}/cam", "probe/probe/{}/new"])
def test_it_rings_for_the_sender_who_may_not_ring_for_another(topic: str, channel: str) -> None:
    _, sender, _, child = topic.split("/")
    (event,) = _says(topic.format(channel), PRESS)
    assert (event.event_class, event.address, event.receipt_id) == (EventClass.ALARM, sender, "a-1")
    assert f"child:{child}" in event.flags


def test_it_rings_for_the_sender_whatever_it_says_of_another() -> None:
    (event,) = _says("camera/cam/alarm/bank", {"v": 2})
    assert (event.event_class, event.address, bool(event.degraded)) == (EventClass.ALARM, "cam", True)


def test_it_does_not_repeat_a_strange_name_in_a_flag() -> None:
    assert _says("probe/probe/alarm/a b\x1b", PRESS)[0].flags == ("child:?",)


def test_it_tells_two_children_apart_that_count_alike() -> None:
    one, two = (_says(f"probe/probe/alarm/{child}", PRESS)[0] for child in ("new-1", "new-2"))
    assert one.source_event_id != two.source_event_id


@pytest.mark.parametrize("topic", [*STRANGERS, "probe/probe/{}/cam", "probe/probe/{}/new", "bell/bank/{}/a/b"])
def test_it_lets_nobody_else_end_a_call(topic: str) -> None:
    with pytest.raises(Refused, match="the end of a call is not taken: "):
        _says(topic.format("alarm"), CLEAR)


@pytest.mark.parametrize("topic", [*STRANGERS, "probe/probe/{}/cam"])
@pytest.mark.parametrize("kind", ["tamper", "test", "low_battery", "trouble"])
def test_it_takes_no_other_event_of_a_child(topic: str, kind: str) -> None:
    with pytest.raises(Refused, match="an event of a child is not taken: "):
        _says(topic.format("event"), PRESS | {"kind": kind})


@pytest.mark.parametrize("topic", [*STRANGERS, "camera/cam/{}/new", "probe/probe/{}/bank", "probe/probe/{}/siren"])
@pytest.mark.parametrize("channel", ["status", "heartbeat"])
def test_it_refuses_the_state_of_what_is_no_camera_of_a_carrier(topic: str, channel: str) -> None:
    with pytest.raises(Refused, match=f"{channel} of a child: ") as refused:
        _says(topic.format(channel), {"v": 1, "s": "up"})
    assert refused.value.address == topic.split("/")[1]


@pytest.mark.parametrize("child", ["cam", "nvr", "new"])
def test_it_takes_the_state_of_a_camera_a_recorder_or_a_stranger(child: str) -> None:
    assert [event.address for event in _says(f"probe/probe/status/{child}", {"v": 1, "s": "up"})] == [child]
    heard = _says("probe/probe/heartbeat", {"v": 1, "cams": {child: {"s": "up"}}})
    assert [(event.address, event.flags) for event in heard] == [("probe", ()), (child, ())]


@pytest.mark.parametrize("sender", ["probe/probe", "camera/cam", "probe/cam"])
def test_it_does_not_let_a_heartbeat_keep_a_bell_alive(sender: str) -> None:
    (own,) = _says(f"{sender}/heartbeat", {"v": 1, "cams": {"bank": {"s": "up"}}})
    assert (own.event_class, own.address) == (EventClass.HEARTBEAT, sender.split("/")[1])
    assert own.flags == ("refused_child",)


def test_it_lets_a_heartbeat_tell_whether_a_bell_wired_to_its_sender_can_be_read() -> None:
    told = {"wired": {"s": "up"}, "broken": {"s": "down", "err": "No such file or directory"}}
    own, up, down = _says("probe/probe/heartbeat", {"v": 1, "bells": told})
    assert own.flags == ()
    assert (up.event_class, up.address) == (EventClass.HEARTBEAT, "wired")
    assert (down.event_class, down.address, down.detail) == (EventClass.OFFLINE, "broken", told["broken"]["err"])


@pytest.mark.parametrize(
    ("sender", "child"),
    [("probe/probe", "bank"), ("probe/probe", "cam"), ("probe/probe", "new"), ("gateway/gateway", "wired")],
)
def test_it_does_not_let_a_heartbeat_speak_for_a_bell_that_is_not_wired_to_its_sender(sender: str, child: str) -> None:
    (own,) = _says(f"{sender}/heartbeat", {"v": 1, "bells": {child: {"s": "up"}}})
    assert own.flags == ("refused_child",)


@pytest.mark.parametrize(
    ("topic", "receipt"),
    [
        ("bell/b1/alarm", "bell/b1/ack"),
        ("bell/b1/event", "bell/b1/ack"),
        ("probe/p1/alarm/b7", "probe/p1/ack/b7"),
        ("bell/alarm/alarm", "bell/alarm/ack"),
        ("bell/bell/alarm/alarm", "bell/bell/ack/alarm"),
        ("doorbell/b1/alarm", "doorbell/b1/ack"),
    ],
)
@pytest.mark.parametrize("base", [BASE, "a/bell", "x"])
def test_it_puts_the_receipt_where_its_sender_may_read(base: str, topic: str, receipt: str) -> None:
    assert receipt_topic(f"{base}/{topic}", base) == f"{base}/{receipt}"


@pytest.mark.parametrize(
    "topic",
    [f"{BASE}/bell/b1/alarm/a/b", f"{BASE}/bell/b1/status", f"{BASE}/b1/alarm", f"{BASE}/bell//alarm", "x/b/b/alarm"],
)
def test_it_gives_no_receipt_where_there_is_no_place_for_one(topic: str) -> None:
    assert receipt_topic(topic, BASE) is None
