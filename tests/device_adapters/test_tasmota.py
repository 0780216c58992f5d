from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from device_adapters.core.contract import DeviceClass, Refused
from device_adapters.core.events import LAST_WILL, AlarmKind, EventClass
from device_adapters.tasmota import ADAPTER
from tests.device_adapters.spoken import Post

BRIDGE_STATE = ("bridge", EventClass.HEARTBEAT)


@pytest.fixture
def post() -> Post:
    return Post(ADAPTER, bell=DeviceClass.BELL)


def rf(code: str, time: str) -> dict[str, Any]:
    return {"Time": time, "RfReceived": {"Data": code, "Bits": 24}}


@pytest.mark.parametrize("action", ["SINGLE", "DOUBLE", "HOLD"])
def test_it_rings_for_a_press_of_a_bell_only(post: Post, action: str) -> None:
    body = {"Button1": {"Action": action}}
    assert ("bell", EventClass.ALARM) in post.told("stat/bell/RESULT", body)
    assert post.told("stat/lamp/RESULT", body) == [("lamp", EventClass.HEARTBEAT)]


def test_it_counts_each_press_that_is_told_as_a_change(post: Post) -> None:
    body = {"Switch1": {"Action": "ON"}}
    assert [post.told("stat/bell/RESULT", body)[0][1] for _ in range(2)] == [EventClass.ALARM] * 2


def test_it_counts_a_repeated_state_once(post: Post) -> None:
    said = [post.told("tele/bell/SENSOR", {"Switch1": state})[0][1] for state in ("OFF", "ON", "ON", "OFF", "OFF")]
    beat, ring, over = EventClass.HEARTBEAT, EventClass.ALARM, EventClass.CLEAR
    assert said == [beat, ring, beat, over, beat]


def test_it_takes_an_input_registered_by_itself_for_a_device(post: Post) -> None:
    post.register("box/Button2", alarm_kind=AlarmKind.HOLD_UP)
    event = post.hears("stat/box/RESULT", {"Button2": {"Action": "SINGLE"}})[0]
    assert (event.address, event.kind) == ("box/Button2", AlarmKind.HOLD_UP)
    assert post.told("tele/box/LWT", b"Offline") == [("box", EventClass.OFFLINE), ("box/Button2", EventClass.OFFLINE)]


def test_it_finds_a_radio_button_by_its_code(post: Post) -> None:
    post.register("bridge/0x5A5A01")
    heard = post.told("tele/bridge/RESULT", rf("0x5A5A01", "2026-11-21T15:00:00"))
    assert heard == [("bridge/0x5A5A01", EventClass.ALARM), BRIDGE_STATE]
    assert post.told("tele/bridge/RESULT", rf("5A5A01", "2026-11-21T15:01:00"))[0][1] is EventClass.ALARM


@pytest.mark.parametrize(
    ("time", "rings"), [("2026-11-21T15:00:04", False), ("2026-11-21T15:00:06", True), ("x", True)]
)
def test_it_takes_a_burst_for_one_press(post: Post, time: str, rings: bool) -> None:
    post.register("bridge/0x5A5A01")
    post.hears("tele/bridge/RESULT", rf("0x5A5A01", "2026-11-21T15:00:00"))
    heard = post.told("tele/bridge/RESULT", rf("0x5A5A01", time))
    assert (("bridge/0x5A5A01", EventClass.ALARM) in heard) is rings


def test_it_lets_a_stranger_on_the_air_ring_nowhere(post: Post) -> None:
    assert post.told("tele/bridge/RESULT", rf("0x1", "2026-11-21T15:00:00")) == [
        BRIDGE_STATE,
        ("bridge", EventClass.IGNORE),
    ]


def test_it_knows_a_will_in_the_devices_own_words(post: Post) -> None:
    post.hears("tasmota/discovery/AA/config", {"t": "bell", "onln": "Co", "ofln": "Mat"})
    (event,) = post.hears("tele/bell/LWT", b"Mat")
    assert (event.event_class, event.flags) == (EventClass.OFFLINE, (LAST_WILL,))


def test_it_lets_a_sleeper_sleep(post: Post) -> None:
    post.hears("tasmota/discovery/AA/config", {"t": "bell", "onln": "Online", "ofln": "Offline", "dslp": 1})
    assert post.told("tele/bell/LWT", b"Offline") == [("bell", EventClass.IGNORE)]


def test_it_keeps_a_press_aside_that_it_cannot_read(post: Post) -> None:
    with pytest.raises(Refused):
        post.hears("stat/bell/RESULT", b'{"Button1":')


@pytest.mark.parametrize("registered", ["0xC88998", "0xc88998", "C88998", "c88998"])
@pytest.mark.parametrize("heard", ["0xC88998", "0xc88998", "C88998", "c88998"])
def test_it_finds_a_radio_button_however_its_code_is_written(registered: str, heard: str) -> None:
    post = Post(ADAPTER, **{f"bridge/{registered}": DeviceClass.BELL})
    body = rf(heard, "2026-11-21T15:00:00")
    assert post.told("tele/bridge/RESULT", body)[0] == (f"bridge/{registered}", EventClass.ALARM)
    agreed = Post(ADAPTER)
    agreed.register("bridge", device_class=DeviceClass.GATEWAY, options={"codes": {registered: "bell-1"}})
    assert agreed.told("tele/bridge/RESULT", body)[0] == ("bell-1", EventClass.ALARM)


@pytest.mark.parametrize(
    ("times", "after_s", "rings"),
    [
        (("1970-01-01T00:00:21", "1970-01-01T00:00:24"), 18_000, True),
        (("1970-01-01T00:00:21", "1970-01-01T00:00:22"), 1, False),
        (("2026-11-21T15:00:00", "2026-11-21T15:00:02"), 2, False),
        (("2026-11-21T15:00:00", "2026-11-21T15:00:02"), 18_000, True),
    ],
)
def test_it_takes_no_press_hours_later_for_the_same_burst(times: tuple[str, str], after_s: int, rings: bool) -> None:
    post = Post(ADAPTER, **{"bridge/0x5A5A01": DeviceClass.BELL})
    post.hears("tele/bridge/RESULT", rf("0x5A5A01", times[0]))
    post.now += timedelta(seconds=after_s)
    heard = post.told("tele/bridge/RESULT", rf("0x5A5A01", times[1]))
    assert (("bridge/0x5A5A01", EventClass.ALARM) in heard) is rings


@pytest.mark.parametrize(
    ("said", "rings"),
    [
        ({"Click": None}, False),
        ({"Click": []}, False),
        ({"Power": 0.0}, False),
        ({"Power": 1}, True),
        ({"ZoneStatus": "0x0001"}, True),
        ({"ZoneStatus": "1"}, True),
        ({"ZoneStatus": "x"}, False),
        ({"ZoneStatus": None, "ZoneStatusChange": 1}, True),
    ],
)
def test_it_reads_a_zigbee_button_in_other_types(post: Post, said: dict[str, Any], rings: bool) -> None:
    post.register("bridge/nut")
    heard = post.told("tele/bridge/SENSOR", {"ZbReceived": {"0x4AB2": {"Name": "nut"} | said}})
    assert (("bridge/nut", EventClass.ALARM) in heard) is rings
