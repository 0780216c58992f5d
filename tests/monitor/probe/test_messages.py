"""What the probe says, read by the adapter that hears it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from device_adapters.core.contract import Decoded, DeviceClass, DeviceFacts, Known, Message
from device_adapters.native import ADAPTER
from monitor.probe.answers import Found
from monitor.probe.camera_state import CameraState, after
from monitor.probe.messages import MAX_BODY_B, Outgoing, Speaker, acknowledged_id, with_queued_s

NOW_MS = 1_795_249_530_000
FACTS = {
    "pi-3": DeviceFacts(device_id="pi-3", device_class=DeviceClass.PROBE),
    "chuong-7": DeviceFacts(device_id="chuong-7", device_class=DeviceClass.BELL),
}
KNOWN = Known(device=FACTS.get, recall=lambda _: None)
NOW = datetime.fromtimestamp(NOW_MS / 1000, UTC)


@pytest.fixture
def speaker() -> Speaker:
    return Speaker("anninh/v1", "pi-3", "c1c8f0d2")


def decoded(message: Outgoing) -> Decoded:
    return ADAPTER.decode(Message(message.topic, message.body, NOW), "anninh/v1", KNOWN)


def state(*looks: Found) -> CameraState:
    found = CameraState()
    for each in looks:
        found = after(found, each, NOW_MS)
    return found


def test_it_tells_all_cameras_in_one_message(speaker: Speaker) -> None:
    miss = Found("tcp", err="timeout")
    states = {
        "well": state(Found("rtsp", 14, 200)),
        "dead": state(miss, miss, miss),
        "refuses": state(Found("rtsp", 11, 401, is_refused=True)),
        "late": state(Found("onvif", 41, 200, skew_s=-25_200.0)),
    }
    fields = ((name, each.fields()) for name, each in states.items())
    (beat,) = speaker.heartbeats(NOW_MS, {"ntp": True}, fields)
    told = {event.address: (event.event_class, event.detail) for event in decoded(beat).events}
    assert told == {
        "pi-3": ("heartbeat", None),
        "well": ("heartbeat", None),
        "dead": ("offline", "timeout"),
        "refuses": ("heartbeat", "trouble:credentials"),
        "late": ("heartbeat", "trouble:clock"),
    }


def test_it_beats_without_cameras(speaker: Speaker) -> None:
    (beat,) = speaker.heartbeats(NOW_MS, {}, ())
    assert [event.address for event in decoded(beat).events] == ["pi-3"]


def test_it_splits_what_a_broker_would_refuse(speaker: Speaker) -> None:
    each = state(Found("rtsp", 14, 200, skew_s=-1.5)).fields()
    fields = ((f"camera-{number:04}", each) for number in range(3000))
    beats = list(speaker.heartbeats(NOW_MS, {}, fields))
    assert all(len(beat.body) <= MAX_BODY_B for beat in beats)
    assert sum(len(decoded(beat).events) - 1 for beat in beats) == 3000
    assert [json.loads(beat.body)["seq"] for beat in beats] == list(range(1, len(beats) + 1))


def test_it_rings_for_a_bell_that_is_wired_to_it(speaker: Speaker) -> None:
    identity, body = speaker.kept("alarm", NOW_MS, {"input": "hold_up"})
    told = decoded(Outgoing(speaker.topic("alarm", "chuong-7"), body.encode()))
    (event,) = told.events
    assert (event.address, event.event_class, event.kind, event.receipt_id) == (
        "chuong-7",
        "alarm",
        "hold_up",
        identity,
    )
    assert (event.flags, event.degraded) == ((), None)
    assert told.tally is not None
    assert (told.tally.run, told.tally.seq) == ("c1c8f0d2", 1)


def test_it_is_the_same_press_however_long_it_waited(speaker: Speaker) -> None:
    _, body = speaker.kept("alarm", NOW_MS, {"input": "panic"})
    topic = speaker.topic("alarm", "chuong-7")
    said = [decoded(Outgoing(topic, with_queued_s(body, waited_s))).events[0] for waited_s in (0, 31)]
    assert said[0].source_event_id == said[1].source_event_id
    assert [event.queued_s for event in said] == [None, 31]


def test_it_tells_what_a_camera_came_to_be(speaker: Speaker) -> None:
    turned = state(Found("rtsp", 14, 200))
    (event,) = decoded(speaker.camera_status("cam-1", turned.since_ms, turned.fields())).events
    assert (event.address, event.event_class) == ("cam-1", "online")


@pytest.mark.parametrize("word", ["online", "offline"])
def test_it_says_that_it_is_there(speaker: Speaker, word: str) -> None:
    (event,) = decoded(speaker.status(word, {"ts": NOW_MS})).events
    assert (event.address, event.event_class) == ("pi-3", word)


def test_it_knows_a_receipt() -> None:
    assert acknowledged_id(b'{"v":1,"id":"c1c8f0d2-000001"}') == "c1c8f0d2-000001"


@pytest.mark.parametrize("payload", [b"", b"?", b"[]", b'{"v":2,"id":"x"}', b'{"v":1,"id":7}', b"[" * 100_000])
def test_it_takes_nothing_else_for_one(payload: bytes) -> None:
    assert acknowledged_id(payload) is None
