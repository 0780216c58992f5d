from __future__ import annotations

from typing import Any

import pytest

from device_adapters.axis import ADAPTER
from device_adapters.core.contract import DeviceClass, Refused
from device_adapters.core.events import LAST_WILL, EventClass, Shape
from tests.device_adapters.spoken import Post

PORT = "axis/cam/event/tns:onvif/Device/tns:axis/IO/Port/$source/port/0"


@pytest.fixture
def post() -> Post:
    return Post(ADAPTER, cam=DeviceClass.BELL)


def told(state: str, ts: object = 1795249530123, topic: str = "onvif:Device/axis:IO/Port") -> dict[str, Any]:
    return {"timestamp": ts, "topic": topic, "message": {"source": {"port": "0"}, "data": {"state": state}}}


def test_it_knows_a_press_by_the_time_of_the_change(post: Post) -> None:
    first, again, other = (post.hears(PORT, told("1", 1795249530000 + ms))[0] for ms in (0, 0, 1))
    assert first.source_event_id == again.source_event_id != other.source_event_id


def test_it_reads_an_input_without_a_time_as_a_level(post: Post) -> None:
    assert post.hears(PORT, told("1", None))[0].shape is Shape.LEVEL


def test_it_rings_for_an_input_of_a_camera_registered_by_itself() -> None:
    post = Post(ADAPTER, cam=DeviceClass.CAMERA)
    post.register("cam/port:0")
    assert post.told(PORT, told("1")) == [
        ("cam/port:0", EventClass.ALARM),
        ("cam", EventClass.HEARTBEAT),
    ]
    assert ("cam/port:0", EventClass.OFFLINE) in post.told("axis/cam/event/connection", {"connected": False})


def test_it_tells_a_supervised_port_that_was_cut(post: Post) -> None:
    assert post.told(PORT, told("tampered", topic="onvif:Device/axis:IO/SupervisedPort"))[0][1] is EventClass.TAMPER


def test_it_knows_the_will(post: Post) -> None:
    assert post.hears("axis/cam/event/connection", {"connected": False})[0].flags == (LAST_WILL,)


def test_it_keeps_an_input_aside_that_it_cannot_read(post: Post) -> None:
    with pytest.raises(Refused):
        post.hears(PORT, b'{"timestamp":')


INPUT = "axis/cam/event/tns:onvif/Device/Trigger/DigitalInput/$source/InputToken/0"


def digital(state: str, ts: int, **source: str) -> dict[str, Any]:
    message = {"source": source or {"InputToken": "0"}, "data": {"LogicalState": state}}
    return {"timestamp": ts, "topic": "onvif:Device/Trigger/DigitalInput", "message": message}


def test_it_rings_for_the_input_as_onvif_names_it() -> None:
    post = Post(ADAPTER, **{"cam/port:0": DeviceClass.BELL})
    assert post.told(INPUT, digital("1", 1795249530123))[0] == ("cam/port:0", EventClass.ALARM)


def test_it_counts_a_press_once_that_comes_under_both_names(post: Post) -> None:
    told = [
        post.hears(topic, body)[0].event_class
        for topic, body in (
            (PORT, told_at("1", 0)),
            (INPUT, digital("1", 1795249530040)),
            (PORT, told_at("0", 300)),
            (INPUT, digital("0", 1795249530340)),
            (INPUT, digital("1", 1795249530900)),
            (PORT, told_at("1", 930)),
        )
    ]
    alarm, clear, same = EventClass.ALARM, EventClass.CLEAR, EventClass.IGNORE
    same = EventClass.HEARTBEAT
    assert told == [alarm, same, clear, same, alarm, same]


def told_at(state: str, ms: int) -> dict[str, Any]:
    return told(state, 1795249530000 + ms)


def test_it_finds_the_port_behind_other_names_of_its_source() -> None:
    post = Post(ADAPTER, **{"cam/port:0": DeviceClass.BELL})
    body = told("1") | {"message": {"source": {"device": "x", "port": "0"}, "data": {"state": "1"}}}
    assert post.told(PORT, body)[0] == ("cam/port:0", EventClass.ALARM)
