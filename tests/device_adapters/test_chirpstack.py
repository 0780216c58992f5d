from __future__ import annotations

import base64
from typing import Any

import pytest

from device_adapters.chirpstack import ADAPTER
from device_adapters.core.contract import DeviceClass, Refused
from device_adapters.core.events import AlarmKind, EventClass
from tests.device_adapters.spoken import Post

UP = "application/a/device/eui/event/up"


@pytest.fixture
def post() -> Post:
    return Post(ADAPTER, eui=DeviceClass.BELL)


def frame(port: int = 85, data: bytes = b"\xff\x2e\x01", **more: Any) -> dict[str, Any]:
    told = {"time": "2026-11-21T08:15:30.775023242+00:00", "devAddr": "01", "fCnt": 7, "fPort": port}
    return told | {"data": base64.b64encode(data).decode()} | more


def identity(post: Post, **more: Any) -> str | None:
    return post.hears(UP, frame(**more))[0].source_event_id


def test_it_knows_a_frame_again_that_is_sent_twice(post: Post) -> None:
    first = identity(post)
    assert identity(post, time="2026-11-21T08:15:36+00:00", deduplicationId="new") == first
    assert identity(post, fCnt=8) != first


@pytest.mark.parametrize("change", [{"devAddr": "02"}, {"time": "2026-11-22T08:15:30+00:00"}])
def test_it_tells_a_counter_that_began_anew(post: Post, change: dict[str, str]) -> None:
    assert identity(post) != identity(post, **change)


def test_it_takes_the_kind_of_alarm_from_the_inventory(post: Post) -> None:
    post.register("eui", alarm_kind=AlarmKind.HOLD_UP)
    assert post.hears(UP, frame())[0].kind is AlarmKind.HOLD_UP


@pytest.mark.parametrize("info", [{"tags": {"loai": "panic"}}, {"deviceName": "Nút SOS 1"}])
def test_it_rings_for_a_stranger_that_is_called_a_panic_button(info: dict[str, Any]) -> None:
    post = Post(ADAPTER)
    assert post.told(UP, frame(deviceInfo=info))[0][1] is EventClass.ALARM
    assert post.told(UP, frame(deviceInfo={"tags": 5}))[0][1] is EventClass.HEARTBEAT


def test_it_ends_a_tamper_once(post: Post) -> None:
    said = [post.told(UP, frame(data=b"", object={"tamper": is_so}))[0][1] for is_so in (False, True, False, False)]
    assert said == [EventClass.HEARTBEAT, EventClass.TAMPER, EventClass.CLEAR, EventClass.HEARTBEAT]


def test_it_knows_a_device_registered_in_small_letters() -> None:
    post = Post(ADAPTER, abc1=DeviceClass.BELL)
    assert post.told("application/a/device/ABC1/event/up", frame())[0] == ("abc1", EventClass.ALARM)


def test_it_keeps_a_frame_aside_that_is_no_json(post: Post) -> None:
    with pytest.raises(Refused, match="must send JSON"):
        post.hears(UP, b"\x0a\x12")


def test_it_lets_a_sleeping_button_be_silent_for_a_day() -> None:
    assert ADAPTER.supervision[DeviceClass.BELL].deadline_s > 25 * 3600


@pytest.mark.parametrize(
    "told",
    [{}, {"err": "codec"}, {"press": 1}, {"press": True}, {"battery": 92}, {"button_event": {"status": 1}},
     {"button_event": "short press"}, {"press": "none"}],
)  # fmt: skip
def test_it_reads_the_bytes_where_a_codec_says_nothing_of_a_press(post: Post, told: dict[str, Any]) -> None:
    pressed = frame(data=bytes.fromhex("01755cff2e01"), object=told)
    assert post.told(UP, pressed)[0] == ("eui", EventClass.ALARM)


@pytest.mark.parametrize("told", [{"press": 0}, {"press": "none"}, {"button_event": {"status": 0}}, {"press": False}])
def test_it_takes_no_press_from_a_codec_that_says_there_is_none(post: Post, told: dict[str, Any]) -> None:
    assert post.told(UP, frame(data=b"\x01\x75\x5c", object=told)) == [("eui", EventClass.HEARTBEAT)]


@pytest.mark.parametrize(("port", "told"), [(147, {"status": True}), (2, {"Alarm": 1}), (2, {"Alarm": "1"})])
def test_it_reads_a_press_in_other_types(post: Post, port: int, told: dict[str, Any]) -> None:
    assert post.told(UP, frame(port, b"", object=told))[0] == ("eui", EventClass.ALARM)


@pytest.mark.parametrize(("data", "rings"), [("ff1801ff2e01", True), ("0367ee00ff2e02", True), ("ff1801ff2e07", False)])
def test_it_looks_for_a_press_behind_a_channel_it_does_not_know(post: Post, data: str, rings: bool) -> None:
    told = post.told(UP, frame(data=bytes.fromhex(data)))[0][1]
    assert told is (EventClass.ALARM if rings else EventClass.HEARTBEAT)


@pytest.mark.parametrize("typed", ["24E124535B316056", "24e124535b316056", "24-E1-24-53-5B-31-60-56"])
def test_it_finds_a_device_however_its_eui_was_typed(typed: str) -> None:
    post = Post(ADAPTER)
    post.register(ADAPTER.canonical(typed))
    assert post.told("application/a/device/24e124535b316056/event/up", frame())[0][1] is EventClass.ALARM
    older = Post(ADAPTER, **{"24E124535B316056": DeviceClass.BELL})  # from before, as it was typed
    assert older.told("application/a/device/24e124535b316056/event/up", frame())[0][1] is EventClass.ALARM
