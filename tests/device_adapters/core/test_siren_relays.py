from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from device_adapters import shelly, tasmota
from device_adapters.core.contract import DeviceClass, Known
from device_adapters.core.orders import Sending, SirenSaid, SirenWord, SoundAct, SoundOrder
from tests.device_adapters.spoken import Post

NOW = datetime(2026, 3, 14, 11, 52, tzinfo=UTC)
STOP = SoundOrder("s-1", SoundAct.STOP, 0, NOW)
NOBODY = Known(device=lambda _: None, recall=lambda _: None)
ON, OFF, LOUD = (SirenWord(said) for said in (SirenSaid.ACKNOWLEDGED, SirenSaid.OFF, SirenSaid.SOUNDING))


def sound(for_s: int = 60) -> SoundOrder:
    return SoundOrder("s-1", SoundAct.SOUND, for_s, NOW)


def told_tasmota(order: SoundOrder, address: str = "coi", base: str = "") -> Sending | None:
    assert tasmota.ADAPTER.encode is not None
    return tasmota.ADAPTER.encode(order, base, address, NOBODY)


def test_it_orders_a_tasmota_relay_that_ends_by_itself() -> None:
    assert told_tasmota(sound(60)) == Sending("cmnd/coi/Backlog", b"PulseTime1 160; Power1 1")
    assert told_tasmota(STOP) == Sending("cmnd/coi/Backlog", b"Power1 0")
    assert told_tasmota(sound(60), "coi/POWER2", "xa") == Sending("xa/cmnd/coi/Backlog", b"PulseTime2 160; Power2 1")


@pytest.mark.parametrize(("for_s", "pulse"), [(1, 10), (11, 110), (12, 112), (360, 460), (90_000, 64_900)])
def test_it_tells_tasmota_its_time_in_its_own_steps(for_s: int, pulse: int) -> None:
    told = told_tasmota(sound(for_s))
    assert told is not None
    assert told.payload == f"PulseTime1 {pulse}; Power1 1".encode()


def test_it_orders_nothing_of_what_is_no_relay() -> None:
    assert told_tasmota(sound(), "rf/0x7028D2") is None


def test_it_hears_in_a_tasmota_relay_whether_it_has_the_order() -> None:
    post = Post(tasmota.ADAPTER, coi=DeviceClass.SIREN)
    assert post.words("stat/coi/RESULT", {"POWER": "ON"}) == [("coi", ON)]
    assert post.words("stat/coi/RESULT", {"POWER": "OFF"}) == [("coi", OFF)]
    assert post.words("tele/coi/STATE", {"POWER1": "OFF"}) == [("coi", OFF)]
    assert post.words("stat/coi/RESULT", {"PulseTime1": {"Set": 160, "Remaining": 160}}) == []
    assert post.words("stat/coi/RESULT", {"Command": "Error"}) == []


def test_it_hears_that_a_siren_sounds_only_in_the_current_it_draws() -> None:
    post = Post(tasmota.ADAPTER, coi=DeviceClass.SIREN)
    assert post.words("tele/coi/SENSOR", {"ENERGY": {"Power": 12}}) == [("coi", LOUD)]
    assert post.words("tele/coi/SENSOR", {"ENERGY": {"Power": 0}}) == []


def test_it_keeps_the_relays_of_one_box_apart() -> None:
    post = Post(tasmota.ADAPTER, box=DeviceClass.SIREN)
    assert post.words("stat/box/RESULT", {"POWER2": "ON"}) == []
    post.register("box/POWER2", device_class=DeviceClass.GONG)
    assert post.words("stat/box/RESULT", {"POWER2": "ON"}) == [("box/POWER2", ON)]
    post.register("box", device_class=DeviceClass.BELL)
    assert post.words("stat/box/RESULT", {"POWER1": "ON"}) == []


def told_shelly(order: SoundOrder, address: str = "coi", base: str = "") -> tuple[str, Any]:
    assert shelly.ADAPTER.encode is not None
    sending = shelly.ADAPTER.encode(order, base, address, NOBODY)
    assert sending is not None
    return sending.topic, json.loads(sending.payload)


def test_it_orders_a_shelly_relay_that_ends_by_itself() -> None:
    topic, asked = told_shelly(sound(60), "coi/switch:1", "xa")
    assert (topic, asked["src"], asked["method"]) == ("xa/coi/rpc", "xa/chuong", "Switch.Set")
    assert asked["params"] == {"id": 1, "on": True, "toggle_after": 60}
    topic, asked = told_shelly(STOP)
    assert (topic, asked["src"], asked["params"]) == ("coi/rpc", "chuong", {"id": 0, "on": False})


def test_it_orders_nothing_of_a_shellys_input() -> None:
    assert shelly.ADAPTER.encode is not None
    assert shelly.ADAPTER.encode(sound(), "", "coi/input:0", NOBODY) is None


@pytest.mark.parametrize("address", ["coi", "coi/switch:1"])
@pytest.mark.parametrize(
    ("order", "answer", "said"),
    [
        (sound(), {"result": {"was_on": False}}, SirenSaid.ACKNOWLEDGED),
        (sound(), {"error": {"code": -105, "message": "not found"}}, SirenSaid.REFUSED),
        (STOP, {"result": {"was_on": True}}, SirenSaid.OFF),
        (STOP, {"error": {"code": -105, "message": "not found"}}, None),
    ],
)
def test_it_hears_which_order_a_shelly_answers(
    address: str, order: SoundOrder, answer: dict[str, Any], said: SirenSaid | None
) -> None:
    post = Post(shelly.ADAPTER)
    post.register(address, device_class=DeviceClass.SIREN)
    _, asked = told_shelly(order, address)
    body = {"id": asked["id"], "src": "coi", "dst": asked["src"], **answer}
    assert post.words("chuong/rpc", body) == ([(address, SirenWord(said, "s-1"))] if said else [])
    assert post.words("chuong/rpc", body | {"id": 71}) == []
    assert post.words("others/rpc", body) == []


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ({"output": True}, ON),
        ({"output": True, "apower": 0.0}, ON),
        ({"output": False, "apower": 12.1}, OFF),
        ({"apower": 12.1}, LOUD),
        ({"temperature": {"tC": 40}}, None),
    ],
)
def test_it_hears_in_a_shelly_relay_whether_its_siren_sounds(state: dict[str, Any], word: SirenWord | None) -> None:
    post = Post(shelly.ADAPTER, coi=DeviceClass.SIREN, lamp=DeviceClass.BELL)
    told = {"method": "NotifyStatus", "params": {"ts": 1795249000, "switch:0": {"id": 0, **state}}}
    heard = [("coi", word)] if word else []
    assert post.words("coi/events/rpc", told) == heard
    assert post.words("coi/status/switch:0", {"id": 0, **state}) == heard
    assert post.words("coi/status/switch:1", {"id": 1, **state}) == []
    assert post.words("lamp/events/rpc", told) == []
