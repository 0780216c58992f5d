"""The gateway speaks as Zigbee2MQTT does."""

from __future__ import annotations

import pytest

from simulator.commune import load
from simulator.wiring import wire
from simulator.world import World
from simulator.zigbee_gateway import ZigbeeGateway
from tests.simulator.stand_ins import Hand, RecordingLink

BUTTON = "zigbee2mqtt/sos-qtd-01-1"


@pytest.fixture
def gateway(world: World, link: RecordingLink) -> ZigbeeGateway:
    gateway = ZigbeeGateway("zigbee2mqtt", wire(load()).zigbee_buttons, world)
    gateway.connect(link)
    gateway.line().on_ready()
    return gateway


def test_it_presses_three_times_with_an_identity_each(gateway: ZigbeeGateway, link: RecordingLink, hand: Hand) -> None:
    gateway.press("BELL-DV-009")
    hand.forward(3)
    presses = [body for body in link.bodies(BUTTON) if "action" in body]
    assert [body["action"] for body in presses] == ["emergency"] * 3
    assert len({body["last_seen"] for body in presses}) == 3


def test_it_never_retains_a_press(gateway: ZigbeeGateway, link: RecordingLink, hand: Hand) -> None:
    gateway.press("BELL-DV-009")
    hand.forward(3)
    assert not any(message.is_retained for message in link.sent if message.topic == BUTTON)


def test_it_writes_the_time_as_zigbee2mqtt_does(gateway: ZigbeeGateway, link: RecordingLink) -> None:
    assert link.bodies(BUTTON)[0]["last_seen"] == "2026-11-21T08:25:30.000Z"


def test_it_retains_the_availability_of_every_button(gateway: ZigbeeGateway, link: RecordingLink) -> None:
    available = [message for message in link.sent if message.topic.endswith("/availability")]
    assert len(available) == 12
    assert all(message.is_retained for message in available)


def test_it_reports_a_low_battery_with_its_voltage(gateway: ZigbeeGateway, link: RecordingLink) -> None:
    gateway.set_battery("BELL-DV-009", 9)
    body = link.bodies(BUTTON)[-1]
    assert (body["battery"], body["voltage"], "action" in body) == (9, 2272, False)


def test_it_names_its_devices_by_their_hardware(gateway: ZigbeeGateway, link: RecordingLink) -> None:
    (devices,) = link.bodies("zigbee2mqtt/bridge/devices")
    names = {device["friendly_name"]: device["ieee_address"] for device in devices}
    assert names["sos-qtd-01-1"].startswith("0x00158d")


def test_it_shows_its_health_every_minute(gateway: ZigbeeGateway, link: RecordingLink, hand: Hand) -> None:
    hand.forward(300)
    assert 5 <= len(link.bodies("zigbee2mqtt/bridge/health")) <= 7


def test_it_drops_a_press_when_there_is_no_broker(gateway: ZigbeeGateway, link: RecordingLink, hand: Hand) -> None:
    link.is_up = False
    gateway.press("BELL-DV-009")
    hand.forward(3)
    link.is_up = True
    gateway.line().on_ready()
    assert not [body for body in link.bodies(BUTTON) if "action" in body]
