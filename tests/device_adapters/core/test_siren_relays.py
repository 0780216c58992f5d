from __future__ import annotations

from datetime import UTC, datetime

import pytest

from device_adapters import tasmota
from device_adapters.core.contract import DeviceClass
from device_adapters.core.orders import Sending, SirenSaid, SirenWord, SoundAct, SoundOrder
from tests.device_adapters.spoken import Post

NOW = datetime(2026, 3, 14, 11, 52, tzinfo=UTC)
STOP = SoundOrder("s-1", SoundAct.STOP, 0, NOW)
ON, OFF, LOUD = (SirenWord(said) for said in (SirenSaid.ACKNOWLEDGED, SirenSaid.OFF, SirenSaid.SOUNDING))


def sound(for_s: int = 60) -> SoundOrder:
    return SoundOrder("s-1", SoundAct.SOUND, for_s, NOW)


def words(post: Post, topic: str, body: object) -> list[tuple[str, SirenWord]]:
    return [(event.address, event.siren) for event in post.hears(topic, body) if event.siren]


def told_tasmota(order: SoundOrder, address: str = "coi", base: str = "") -> Sending | None:
    assert tasmota.ADAPTER.encode is not None
    return tasmota.ADAPTER.encode(order, base, DeviceClass.SIREN, address)


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
    assert words(post, "stat/coi/RESULT", {"POWER": "ON"}) == [("coi", ON)]
    assert words(post, "stat/coi/RESULT", {"POWER": "OFF"}) == [("coi", OFF)]
    assert words(post, "tele/coi/STATE", {"POWER1": "OFF"}) == [("coi", OFF)]
    assert words(post, "stat/coi/RESULT", {"PulseTime1": {"Set": 160, "Remaining": 160}}) == []
    assert words(post, "stat/coi/RESULT", {"Command": "Error"}) == []


def test_it_hears_that_a_siren_sounds_only_in_the_current_it_draws() -> None:
    post = Post(tasmota.ADAPTER, coi=DeviceClass.SIREN)
    assert words(post, "tele/coi/SENSOR", {"ENERGY": {"Power": 12}}) == [("coi", LOUD)]
    assert words(post, "tele/coi/SENSOR", {"ENERGY": {"Power": 0}}) == []


def test_it_keeps_the_relays_of_one_box_apart() -> None:
    post = Post(tasmota.ADAPTER, box=DeviceClass.SIREN)
    assert words(post, "stat/box/RESULT", {"POWER2": "ON"}) == []
    post.register("box/POWER2", device_class=DeviceClass.GONG)
    assert words(post, "stat/box/RESULT", {"POWER2": "ON"}) == [("box/POWER2", ON)]
    post.register("box", device_class=DeviceClass.BELL)
    assert words(post, "stat/box/RESULT", {"POWER1": "ON"}) == []
