from __future__ import annotations

from typing import Any

import pytest

from device_adapters.core.contract import DeviceClass, Refused
from device_adapters.core.events import AlarmKind, EventClass, Shape
from device_adapters.onvif import ADAPTER
from tests.device_adapters.spoken import Post

INPUT = "xa/cam/onvif-ej/Device/Trigger/DigitalInput/&DI_1"


@pytest.fixture
def post() -> Post:
    return Post(ADAPTER, **{"xa/cam": DeviceClass.BELL})


def told(state: object, time: str = "2026-11-21T08:15:30Z", **source: str) -> dict[str, Any]:
    return {"UtcTime": time, "Source": source or {"InputToken": "DI_1"}, "Data": {"State": state}}


@pytest.mark.parametrize("state", ["true", True, "1", 1, "active"])
def test_it_rings_for_an_input_however_its_state_is_written(post: Post, state: object) -> None:
    assert post.told(INPUT, told(state))[0] == ("xa/cam", EventClass.ALARM)


def test_it_knows_a_press_by_the_time_of_the_change(post: Post) -> None:
    first, again, other = (post.hears(INPUT, told("true", f"2026-11-21T08:15:{s}Z"))[0] for s in (30, 30, 31))
    assert first.source_event_id == again.source_event_id != other.source_event_id


def test_it_reads_an_input_without_a_time_as_a_level(post: Post) -> None:
    assert post.hears(INPUT, told("true", "yesterday"))[0].shape is Shape.LEVEL


def test_it_rings_for_an_input_of_a_camera_registered_by_itself() -> None:
    post = Post(ADAPTER, **{"xa/cam": DeviceClass.CAMERA})
    assert post.told(INPUT, told("true")) == [("xa/cam", EventClass.HEARTBEAT)]
    post.register("xa/cam/DI_1", alarm_kind=AlarmKind.HOLD_UP)
    assert post.told(INPUT, told("true")) == [
        ("xa/cam/DI_1", EventClass.ALARM),
        ("xa/cam", EventClass.HEARTBEAT),
    ]
    assert ("xa/cam/DI_1", EventClass.HEARTBEAT) in post.told("xa/cam/onvif-ej/Monitoring/ProcessorUsage", told(3))


def test_it_ends_a_tampering_when_each_cause_of_it_is_over(post: Post) -> None:
    dark, moved = ("xa/cam/onvif-ej/VideoSource/" + topic for topic in ("ImageTooDark/x", "GlobalSceneChange/x"))
    said = [
        post.told(topic, told(state))[0][1]
        for topic, state in ((dark, 1), (moved, 1), (dark, 0), (moved, 0), (moved, 0))
    ]
    beat, tamper, over = EventClass.HEARTBEAT, EventClass.TAMPER, EventClass.CLEAR
    assert said == [tamper, tamper, beat, over, beat]


def test_it_keeps_an_input_aside_that_it_cannot_read(post: Post) -> None:
    with pytest.raises(Refused):
        post.hears(INPUT, b'{"UtcTime":')


@pytest.mark.parametrize("key", ["LogicalState", "State"])
@pytest.mark.parametrize(("state", "event_class"), [("true", EventClass.ALARM), ("false", EventClass.CLEAR)])
def test_it_reads_the_state_by_its_name(post: Post, key: str, state: str, event_class: EventClass) -> None:
    other = "0" if state == "true" else "1"
    body = {"Source": {"InputToken": "DI_1"}, "Data": {"Index": other, key: state}}
    assert post.told(INPUT, body)[0] == ("xa/cam", event_class)


def test_it_reads_a_tampering_by_its_name(post: Post) -> None:
    body = {"Source": {"Source": "1"}, "Data": {"Count": "0", "State": "true"}}
    topic = "xa/cam/onvif-ej/VideoSource/GlobalSceneChange/ImagingService"
    assert post.told(topic, body)[0] == ("xa/cam", EventClass.TAMPER)


@pytest.mark.parametrize("data", [{"Index": "1", "Group": "0"}, {"LogicalState": "pressed"}, {"State": 7}])
def test_it_keeps_aside_a_bell_whose_state_it_cannot_read(post: Post, data: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        post.hears(INPUT, {"Source": {"InputToken": "DI_1"}, "Data": data})


@pytest.mark.parametrize(
    ("input_name", "source", "topic"),
    [
        ("1", {"InputToken": 1}, ""),
        ("1", {"InputToken": 1.0}, ""),
        ("DI_1", {}, "/&DI_1"),
        ("DI_1", {"Vendor": "x", "InputToken": "DI_1"}, ""),
        ("DI_1", {"Vendor": "x", "Anything": "DI_1"}, ""),
        ("DI_1", {"Vendor": "x"}, "/&x/&DI_1"),
        ("DI_1", [{"Name": "InputToken", "Value": "DI_1"}], ""),
        ("AlarmIn_1", {"VideoSource": "vs0", "AlarmInToken": "AlarmIn_1"}, ""),
    ],
)
def test_it_finds_the_input_however_it_is_named(input_name: str, source: object, topic: str) -> None:
    post = Post(ADAPTER, **{f"xa/cam/{input_name}": DeviceClass.BELL})
    body = {"Source": source, "Data": [{"Name": "LogicalState", "Value": 1.0}]}
    path = f"xa/cam/onvif-ej/Device/Trigger/DigitalInput{topic}"
    assert post.told(path, body)[0] == (f"xa/cam/{input_name}", EventClass.ALARM)
