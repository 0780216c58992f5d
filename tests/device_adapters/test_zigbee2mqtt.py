from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest

from device_adapters.core.contract import Decoded, DeviceClass, DeviceFacts, Known, Message, Refused
from device_adapters.core.events import LAST_WILL, AlarmKind, Event, EventClass, Shape
from device_adapters.zigbee2mqtt import ADAPTER

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
IEEE = "0x00158d0007e1a2b3"


class Gateway:
    """A gateway with an inventory and the adapter's own memory between its messages."""

    def __init__(self, **devices: DeviceClass) -> None:
        self.devices = {
            address: DeviceFacts(device_id=address, device_class=device_class)
            for address, device_class in devices.items()
        }
        self.memory: dict[str, str] = {}

    def register(self, address: str, **facts: Any) -> None:
        self.devices[address] = DeviceFacts(device_id=address, **{"device_class": DeviceClass.BELL} | facts)

    def says(self, topic: str, body: object) -> list[Event]:
        payload = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        known = Known(device=self.devices.get, recall=self.memory.get)
        decoded: Decoded = ADAPTER.decode(Message(f"zigbee2mqtt/{topic}", payload, NOW), "zigbee2mqtt", known)
        self.memory |= decoded.remember
        return list(decoded.events)

    def classes(self, topic: str, body: object) -> list[EventClass]:
        return [event.event_class for event in self.says(topic, body)]


@pytest.fixture
def gateway() -> Gateway:
    return Gateway(bell=DeviceClass.BELL, siren=DeviceClass.SIREN)


@pytest.mark.parametrize("action", ["emergency", "sos", "panic"])
@pytest.mark.parametrize("name", ["bell", "siren", "nobody"])
def test_it_rings_for_a_call_for_help_whoever_sends_it(gateway: Gateway, name: str, action: str) -> None:
    (event,) = gateway.says(name, {"action": action})
    assert (event.event_class, event.address, event.kind) == (EventClass.ALARM, name, AlarmKind.PANIC)


@pytest.mark.parametrize("action", ["single", "double", "hold", "1_single", "long_press", "on", "toggle"])
def test_it_rings_for_a_plain_press_of_a_bell_only(gateway: Gateway, action: str) -> None:
    assert gateway.classes("bell", {"action": action}) == [EventClass.ALARM]
    assert gateway.classes("siren", {"action": action}) == [EventClass.HEARTBEAT]
    assert gateway.classes("nobody", {"action": action}) == [EventClass.HEARTBEAT]


@pytest.mark.parametrize("action", ["", None, "release", "hold_release", "disarm", "arm_all_zones", 5, ["emergency"]])
def test_it_does_not_ring_for_what_is_no_press(gateway: Gateway, action: object) -> None:
    assert gateway.classes("bell", {"action": action, "battery": 90}) == [EventClass.HEARTBEAT]


def test_it_takes_the_kind_of_alarm_from_the_inventory(gateway: Gateway) -> None:
    gateway.register("quay", alarm_kind=AlarmKind.HOLD_UP)
    assert [event.kind for event in gateway.says("quay", {"action": "emergency"})] == [AlarmKind.HOLD_UP]


def test_it_clears_a_bell_that_says_off(gateway: Gateway) -> None:
    (event,) = gateway.says("bell", {"action": "off"})
    assert (event.event_class, event.kind) == (EventClass.CLEAR, AlarmKind.PANIC)


@pytest.mark.parametrize(("sos", "event_class"), [(True, EventClass.ALARM), (False, EventClass.CLEAR)])
def test_it_reads_a_standing_call_as_a_level(gateway: Gateway, sos: bool, event_class: EventClass) -> None:
    (event,) = gateway.says("nobody", {"sos": sos})
    assert (event.event_class, event.shape) == (event_class, Shape.LEVEL)


def test_it_counts_one_press_where_a_message_says_it_twice(gateway: Gateway) -> None:
    (event,) = gateway.says("bell", {"action": "emergency", "sos": True})
    assert event.shape is Shape.EDGE


def test_it_puts_the_press_before_the_tamper_and_the_battery(gateway: Gateway) -> None:
    body = {"battery_low": True, "tamper": True, "sos": True}
    assert gateway.classes("bell", body) == [EventClass.ALARM, EventClass.TAMPER, EventClass.LOW_BATTERY]


def test_it_puts_the_battery_before_the_end_of_a_call(gateway: Gateway) -> None:
    assert gateway.classes("bell", {"sos": False, "battery_low": True}) == [EventClass.LOW_BATTERY, EventClass.CLEAR]


@pytest.mark.parametrize(
    ("last_seen", "stated"),
    [
        ("2026-11-21T08:15:30.123Z", True),
        ("2026-11-21T15:15:30.123+07:00", True),
        (1_795_248_930_123, True),
        ("2026-11-21T15:15:30.123", False),
        (12, False),
        (None, False),
    ],
)
def test_it_knows_a_press_by_its_time_where_the_gateway_tells_it(
    gateway: Gateway, last_seen: object, stated: bool
) -> None:
    (event,) = gateway.says("bell", {"action": "single", "last_seen": last_seen})
    assert event.source_event_id == ("single@1795248930123" if stated else None)
    assert (event.occurred_at is not None) is stated


@pytest.mark.parametrize("body", [{"battery": 14.9}, {"battery_low": True}, {"battery_low": True, "battery": 80}])
def test_it_reads_a_low_battery(gateway: Gateway, body: dict[str, Any]) -> None:
    (event,) = gateway.says("bell", body)
    assert (event.event_class, event.shape) == (EventClass.LOW_BATTERY, Shape.LEVEL)


def test_it_takes_the_limit_of_a_battery_from_the_inventory(gateway: Gateway) -> None:
    gateway.register("quay", low_battery_below_pct=30.0)
    assert gateway.classes("quay", {"battery": 29}) == [EventClass.LOW_BATTERY]


@pytest.mark.parametrize("battery", [1e308, -3, "nine", True, 101])
def test_it_drops_an_absurd_battery(gateway: Gateway, battery: object) -> None:
    (event,) = gateway.says("bell", {"battery": battery})
    assert (event.event_class, event.battery_pct) == (EventClass.HEARTBEAT, None)


@pytest.mark.parametrize(("name", "kind"), [("tamper", AlarmKind.TAMPER), ("battery_low", AlarmKind.BATTERY_LOW)])
def test_it_ends_a_condition_once_and_only_after_it_was_told(gateway: Gateway, name: str, kind: AlarmKind) -> None:
    told = [[(event.event_class, event.kind) for event in gateway.says("bell", {name: is_so})] for is_so in (2, "")]
    assert told == [[(EventClass.HEARTBEAT, None)]] * 2
    heard = [gateway.classes("bell", {name: is_so})[0] for is_so in (False, True, True, False, False)]
    assert heard[0] is heard[4] is EventClass.HEARTBEAT
    assert heard[1] is heard[2]
    assert heard[3] is EventClass.CLEAR


@pytest.mark.parametrize("alarm", [True, False])
def test_it_does_not_take_a_sounding_siren_for_a_press(gateway: Gateway, alarm: bool) -> None:
    assert gateway.classes("siren", {"alarm": alarm, "melody": "10"}) == [EventClass.HEARTBEAT]


@pytest.mark.parametrize("channel", ["set", "get", "set/warning", "action", "battery"])
def test_it_ignores_commands_and_second_channels(gateway: Gateway, channel: str) -> None:
    assert gateway.classes(f"bell/{channel}", b"emergency") == [EventClass.IGNORE]


@pytest.mark.parametrize("channel", ["bell", "bell/availability"])
def test_it_ignores_the_zero_bytes_of_a_rename(gateway: Gateway, channel: str) -> None:
    assert gateway.classes(channel, b"") == [EventClass.IGNORE]


@pytest.mark.parametrize("body", [b"offline", b'{"state":"offline"}'])
def test_it_tells_the_gateways_will_from_a_devices_silence(gateway: Gateway, body: bytes) -> None:
    (own,), (other,) = gateway.says("bridge/state", body), gateway.says("bell/availability", body)
    assert (own.address, own.event_class, own.flags) == ("bridge", EventClass.OFFLINE, (LAST_WILL,))
    assert (other.address, other.event_class, other.flags) == ("bell", EventClass.OFFLINE, ())


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("bell", b"\xff\xff"),
        ("bell", b"[]"),
        ("bell/availability", b"asleep"),
        ("bridge/devices", b"{}"),
        ("bridge/health", b"x"),
        ("a//b", b"{}"),
    ],
)
def test_it_refuses_what_it_cannot_read(gateway: Gateway, topic: str, body: bytes) -> None:
    with pytest.raises(Refused):
        gateway.says(topic, body)


def test_it_finds_a_device_registered_by_its_hardware_address(gateway: Gateway) -> None:
    gateway.register(IEEE)
    gateway.says("bridge/devices", [{"friendly_name": "tổ 3/nút", "ieee_address": IEEE}, {"type": "Coordinator"}, 5])
    assert [event.address for event in gateway.says("tổ 3/nút", {"action": "single"})] == [IEEE]


def test_it_finds_a_device_whose_name_was_typed_in_another_unicode_form(gateway: Gateway) -> None:
    gateway.register(unicodedata.normalize("NFC", "Tổ 3/nút"))
    decomposed = unicodedata.normalize("NFD", "Tổ 3/nút")
    assert gateway.classes(decomposed, {"action": "single"}) == [EventClass.ALARM]


@pytest.mark.parametrize(
    "data", [{"ieee_address": IEEE}, {"ieee_address": IEEE, "friendly_name": IEEE}, {"friendly_name": "bell"}]
)
def test_it_calls_a_device_offline_that_left_the_network(gateway: Gateway, data: dict[str, str]) -> None:
    gateway.says("bridge/devices", [{"friendly_name": "bell", "ieee_address": IEEE}])
    (event,) = gateway.says("bridge/event", {"type": "device_leave", "data": data})
    assert (event.event_class, event.address) == (EventClass.OFFLINE, "bell")


@pytest.mark.parametrize("body", [{"type": "device_joined", "data": {}}, {"type": "device_leave"}, {}])
def test_it_ignores_other_news_of_the_network(gateway: Gateway, body: dict[str, Any]) -> None:
    assert gateway.classes("bridge/event", body) == [EventClass.IGNORE]


def test_it_lets_a_sleeping_button_be_silent_for_a_day() -> None:
    assert ADAPTER.supervision[DeviceClass.BELL].deadline_s > 25 * 3600


@pytest.mark.parametrize("end", ["sos", "action", "tamper", "battery"])
@pytest.mark.parametrize("is_registered", [True, False])
def test_it_rings_for_a_button_whose_name_ends_like_an_attribute(end: str, is_registered: bool) -> None:
    name, gateway = f"Tầng 1/{end}", Gateway()
    if is_registered:
        gateway.register(name)
    (event,) = gateway.says(name, {"action": "emergency"})
    assert (event.event_class, event.address) == (EventClass.ALARM, name)


@pytest.mark.parametrize("value", [b"true", b"emergency", b"97", b'"on"', b""])
def test_it_takes_a_bare_value_for_an_attribute(gateway: Gateway, value: bytes) -> None:
    assert [(event.address, event.event_class) for event in gateway.says("bell/sos", value)] == [
        ("bell", EventClass.IGNORE)
    ]


@pytest.mark.parametrize("is_registered", [True, False])
def test_it_keeps_aside_what_it_cannot_read_of_a_button_named_like_an_attribute(is_registered: bool) -> None:
    gateway = Gateway()
    if is_registered:
        gateway.register("bell/sos")
    with pytest.raises(Refused):
        gateway.says("bell/sos", b'{"action":"emer')
