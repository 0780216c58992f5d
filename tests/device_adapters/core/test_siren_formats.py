from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from device_adapters import native, zigbee2mqtt
from device_adapters.core.contract import DeviceClass, DeviceFacts, Known, Message, Refused
from device_adapters.core.events import Event, EventClass
from device_adapters.core.orders import SirenSaid, SirenWord, SoundAct, SoundOrder

NOW = datetime(2026, 3, 14, 11, 52, tzinfo=UTC)
SOUND = SoundOrder("s-1", SoundAct.SOUND, 60, NOW)
STOP = SoundOrder("s-1", SoundAct.STOP, 0, NOW)
SIREN = DeviceFacts(device_id="SIREN-1", device_class=DeviceClass.SIREN)
KNOWN = Known(device=lambda _: SIREN, recall=lambda _: None)


def heard(adapter: Any, topic: str, body: object, facts: DeviceFacts | None = SIREN) -> Event:
    known = Known(device=lambda _: facts, recall=lambda _: None)
    (event,) = adapter.decode(Message(topic, json.dumps(body).encode(), NOW), adapter.default_base, known).events
    return event


def test_it_orders_a_siren_of_our_own_contract() -> None:
    sound, stop = (native.ADAPTER.encode(each, "anninh/v1", "SIREN-1", KNOWN) for each in (SOUND, STOP))
    assert sound.topic == stop.topic == "anninh/v1/siren/SIREN-1/command"
    until = 1_773_489_120_000
    assert json.loads(sound.payload) == {"v": 1, "order": "s-1", "do": "sound", "until": until, "for_s": 60}
    assert json.loads(stop.payload) == {"v": 1, "order": "s-1", "do": "stop", "until": until}


def test_it_orders_a_siren_behind_zigbee2mqtt() -> None:
    encode, name = zigbee2mqtt.ADAPTER.encode, "Còi/Nhà văn hóa"
    sound, stop = (encode(each, "zigbee2mqtt", name, KNOWN) for each in (SOUND, STOP))
    assert sound.topic == stop.topic == "zigbee2mqtt/Còi/Nhà văn hóa/set"
    assert json.loads(sound.payload)["warning"] == {
        "mode": "emergency",
        "level": "very_high",
        "strobe_level": "very_high",
        "strobe": True,
        "strobe_duty_cycle": 10,
        "duration": 60,
    }
    assert (
        json.loads(stop.payload)["warning"] | {"mode": "stop", "strobe": False, "duration": 0}
        == json.loads(stop.payload)["warning"]
    )


@pytest.mark.parametrize("said", SirenSaid)
def test_it_hears_what_a_siren_of_ours_says_of_an_order(said: SirenSaid) -> None:
    body = {"v": 1, "id": "a-1", "kind": "siren", "order": "s-1", "said": said}
    event = heard(native.ADAPTER, "anninh/v1/siren/SIREN-1/event", body)
    assert (event.event_class, event.receipt_id) == (EventClass.HEARTBEAT, "a-1")
    assert event.siren == SirenWord(said, "s-1")
    with pytest.raises(Refused):
        heard(native.ADAPTER, "anninh/v1/siren/SIREN-1/event", {**body, "said": "perhaps"})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"alarm": True}, SirenSaid.SOUNDING),
        ({"alarm": False}, SirenSaid.OFF),
        ({"warning": {"mode": "burglar"}}, SirenSaid.SOUNDING),
        ({"warning": {"mode": "stop"}, "alarm": None}, SirenSaid.OFF),
        ({"battery": 90}, None),
    ],
)
def test_it_hears_in_a_sirens_state_whether_it_sounds(body: object, said: SirenSaid | None) -> None:
    event = heard(zigbee2mqtt.ADAPTER, "zigbee2mqtt/Còi 1", body)
    assert event.siren == (SirenWord(said) if said else None)
    # What an alarm of some other device may be is not for us to say.
    assert heard(zigbee2mqtt.ADAPTER, "zigbee2mqtt/Còi 1", body, None).siren is None
