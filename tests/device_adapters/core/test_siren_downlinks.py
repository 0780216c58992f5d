from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from device_adapters import chirpstack
from device_adapters.core.contract import DeviceClass
from device_adapters.core.orders import SirenSaid, SirenWord, SoundAct
from tests.device_adapters.spoken import Post

EUI = "a84041ffff000001"
BELOW = f"application/0b1c/device/{EUI}"


def post(model: str | None = None) -> Post:
    found = Post(chirpstack.ADAPTER)
    found.register(EUI, device_class=DeviceClass.SIREN, model=model)
    return found


def told(found: Post, act: SoundAct) -> dict[str, Any]:
    topic, payload = found.orders(act, EUI) or ("", b"{}")
    assert topic == f"{BELOW}/command/down"
    body: dict[str, Any] = json.loads(payload)
    return body


def up(**more: object) -> dict[str, object]:
    return {"time": "2026-11-21T08:29:00+00:00", "devAddr": "01ab", "fCnt": 7, **more}


def test_it_orders_nothing_of_what_was_never_heard() -> None:
    assert post().orders(SoundAct.SOUND, EUI) is None


def test_it_sends_an_object_to_the_port_the_siren_speaks_on() -> None:
    found = post()
    found.hears(f"{BELOW}/event/up", up(fPort=85))
    found.hears(f"{BELOW}/event/status", {"batteryLevel": 90})
    on, off = told(found, SoundAct.SOUND), told(found, SoundAct.STOP)
    assert on | {"id": ""} == {
        "id": "",
        "devEui": EUI,
        "confirmed": True,
        "fPort": 85,
        "object": {"siren": "on", "for_s": 60},
    }
    assert off["object"] == {"siren": "off", "for_s": 0}
    assert on["id"] != off["id"]
    assert on["id"] == told(found, SoundAct.SOUND)["id"]


def test_it_sends_a_dragino_relay_its_bytes() -> None:
    found = post("LT-22222-L")
    found.hears(f"{BELOW}/event/join", up())
    on, off = told(found, SoundAct.SOUND), told(found, SoundAct.STOP)
    assert [base64.b64decode(each["data"]) for each in (on, off)] == [b"\x03\x01\x11", b"\x03\x00\x11"]
    assert (on["fPort"], "object" in on) == (2, False)


@pytest.mark.parametrize(("act", "said"), [(SoundAct.SOUND, SirenSaid.ACKNOWLEDGED), (SoundAct.STOP, SirenSaid.OFF)])
def test_it_hears_that_an_order_was_acknowledged(act: SoundAct, said: SirenSaid) -> None:
    found = post()
    found.hears(f"{BELOW}/event/up", up(fPort=85))
    order_id = told(found, act)["id"]
    assert found.words(f"{BELOW}/event/ack", {"queueItemId": order_id, "acknowledged": True}) == [
        (EUI, SirenWord(said))
    ]
    assert found.words(f"{BELOW}/event/ack", {"queueItemId": order_id}) == []
    other = "0c7b2a34-45e1-4a0f-9bd0-0d8f2f8e5e35"
    assert found.words(f"{BELOW}/event/ack", {"queueItemId": other, "acknowledged": True}) == []


@pytest.mark.parametrize(
    ("told_state", "said"),
    [
        ({"RO1_status": "ON"}, SirenSaid.ACKNOWLEDGED),
        ({"RO1_status": "OFF"}, SirenSaid.OFF),
        ({"siren": True}, SirenSaid.SOUNDING),
        ({"siren": "off", "RO1_status": "ON"}, SirenSaid.OFF),
        ({"siren": None}, None),
    ],
)
def test_it_hears_in_an_uplink_whether_a_siren_is_on(told_state: object, said: SirenSaid | None) -> None:
    wanted = [(EUI, SirenWord(said))] if said else []
    assert post().words(f"{BELOW}/event/up", up(fPort=2, object=told_state)) == wanted
