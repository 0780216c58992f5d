"""The same things in other words: what codecs, templates and firmware of the same families make of them."""

from __future__ import annotations

import base64

import pytest

from device_adapters.core.bodies import figure, truth
from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import EventClass
from device_adapters.core.registry import adapters
from tests.device_adapters.sparkplug_bodies import body, metric
from tests.device_adapters.spoken import Post

ALARM, CLEAR, LOW, TAMPER = EventClass.ALARM, EventClass.CLEAR, EventClass.LOW_BATTERY, EventClass.TAMPER
BEAT, GONE = EventClass.HEARTBEAT, EventClass.OFFLINE
UP = "application/0b1c/device/24e124535d0777aa/event/up"
PORT = "axis/B8A44F000007/event"


def up(port: int, **more: object) -> dict[str, object]:
    frame = {"time": "2026-11-21T08:15:30.775023242+00:00", "devAddr": "01", "fCnt": 4, "fPort": port}
    return frame | {"deviceInfo": {"deviceProfileName": "WS101"}} | more


def pressed_by_axis(**more: object) -> dict[str, object]:
    return {
        "timestamp": 1_795_249_530_123,
        "message": {"source": {"port": "0"}, "key": {}, "data": {"state": "1"}},
    } | more


@pytest.mark.parametrize(
    ("adapter", "bell", "topic", "payload", "first"),
    [
        ("zigbee2mqtt", "nut", "zigbee2mqtt/nut", {"sos": "true"}, ALARM),
        ("zigbee2mqtt", "nut", "zigbee2mqtt/nut", {"sos": "OFF", "battery": 90}, CLEAR),
        ("zigbee2mqtt", "nut", "zigbee2mqtt/nut", {"battery": "9", "action": None}, LOW),
        ("zigbee2mqtt", "nut", "zigbee2mqtt/nut", {"battery": None, "battery_low": "true"}, LOW),
        ("zigbee2mqtt", "nut", "zigbee2mqtt/nut", {"tamper": 1, "action": ""}, TAMPER),
        ("zigbee2mqtt", "nut", "zigbee2mqtt/nut", {"action": "1_short_release"}, BEAT),
        ("tasmota", "chuong", "chuong/stat/RESULT", {"Button1": {"Action": "SINGLE"}}, ALARM),
        ("tasmota", "chuong", "chuong/tele/LWT", b"Offline", GONE),
        ("tasmota", "chuong", "chuong/tele/STATE", {"Time": "2026-11-21T15:25:30"}, BEAT),
        ("tasmota", "chuong", "stat/chuong/RESULT", {"Button1": {"Action": "single"}}, ALARM),
        ("tasmota", "rf/0x7028D2", "tele/rf/RESULT", {"RfReceived": {"Data": "0x7028d2", "Bits": 24}}, ALARM),
        ("tasmota", "rf/7028D2", "tele/rf/RESULT", {"RfReceived": {"Data": "0x7028D2", "Bits": 24}}, ALARM),
        (
            "chirpstack",
            "24e124535d0777aa",
            UP,
            up(85, object={}, data=base64.b64encode(b"\xff\x2e\x01").decode()),
            ALARM,
        ),
        ("chirpstack", "24e124535d0777aa", UP, up(85, object={"battery": "9"}), LOW),
        ("chirpstack", "24e124535d0777aa", UP, up(85, object={"button_event": "short press"}), ALARM),
        ("chirpstack", "24e124535d0777aa", UP, up(147, object={"status": "1"}), ALARM),
        ("chirpstack", "24e124535d0777aa", UP, up(2, object={"Alarm": True}), ALARM),
        ("chirpstack", "24e124535d0777aa", UP, up(2, object={"Alarm": "FALSE", "tamper": "true"}), TAMPER),
        (
            "onvif",
            "cam/DI_1",
            "cam/onvif-ej/Device/Trigger/DigitalInput/&DI_1",
            {"Data": {"LogicalState": "TRUE"}},
            ALARM,
        ),
        ("axis", "B8A44F000007/port:0", f"{PORT}/Device/IO/Port/$source/port/0", pressed_by_axis(), ALARM),
        ("axis", "B8A44F000007/port:0", PORT, pressed_by_axis(topic="onvif:Device/axis:IO/Port"), ALARM),
        (
            "axis",
            "B8A44F000007/port:0",
            f"{PORT}/tns:onvif/Device/tns:axis/IO/Port/$source/port/0",
            {"timestamp": 1_795_249_530_123, "message": {"data": {"state": "1"}}},
            ALARM,
        ),
        ("homie", "chuong/nut/bam", "homie/chuong/nut/bam", b"True", ALARM),
        ("homie", "chuong", "homie/chuong/nguon/charging", b"true", BEAT),
    ],
)
def test_it_understands_other_words_for_the_same(
    adapter: str, bell: str, topic: str, payload: object, first: EventClass
) -> None:
    post = Post(adapters()[adapter])
    post.register(bell)
    assert post.told(topic, payload)[0] == (bell, first)


def test_it_counts_presses_of_a_whole_device_only_where_presses_are_counted() -> None:
    post = Post(adapters()["homie"], chuong=DeviceClass.BELL)
    for name, wanted in (("moitruong/temperature", BEAT), ("nut/count", ALARM), ("button/n", ALARM)):
        told = [post.told(f"homie/chuong/{name}", value)[0][1] for value in (b"23", b"24")]
        assert told == [BEAT, wanted], name


def test_it_reads_a_boolean_of_sparkplug_that_travelled_as_a_number() -> None:
    post = Post(adapters()["sparkplug"], g__gw__bell=DeviceClass.BELL)
    post.register("g/gw/bell")
    post.hears("spBv1.0/g/NBIRTH/gw", body(0, metric("bdSeq", 1, datatype=4)))
    post.hears("spBv1.0/g/DBIRTH/gw/bell", body(1, metric("Inputs/Panic", 0, alias=1, datatype=11)))
    assert post.told("spBv1.0/g/DDATA/gw/bell", body(2, metric("", 1, alias=1)))[0] == ("g/gw/bell", ALARM)


@pytest.mark.parametrize("value", [None, "", "maybe", 2, -1, 1.0, [], {}])
def test_it_takes_nothing_else_for_yes_or_no(value: object) -> None:
    assert truth(value) is None


@pytest.mark.parametrize("value", [None, "", "nan", "1e999", "9%", True, [], "101"])
def test_it_takes_nothing_else_for_a_figure(value: object) -> None:
    assert figure(value, 0, 100) is None
