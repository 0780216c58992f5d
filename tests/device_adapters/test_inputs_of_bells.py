"""A bell that is registered as a whole: which of its inputs ring, and that none of them masks or ends another."""

from __future__ import annotations

import pytest

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind, EventClass
from device_adapters.core.registry import adapters
from tests.device_adapters.spoken import Post

ALARM, CLEAR, BEAT = EventClass.ALARM, EventClass.CLEAR, EventClass.HEARTBEAT


@pytest.fixture
def homie() -> Post:
    return Post(adapters()["homie"], b=DeviceClass.BELL)


def first(post: Post, topic: str, *values: bytes) -> list[EventClass]:
    return [post.told(topic, value)[0][1] for value in values]


@pytest.mark.parametrize("name", ["system/uptime", "sensor/humidity", "wifi/quality", "button/volume", "boot/count"])
def test_it_counts_no_number_of_homie_that_is_none_of_presses(homie: Post, name: str) -> None:
    assert first(homie, f"homie/b/{name}", b"3600", b"3660") == [BEAT, BEAT]


@pytest.mark.parametrize("name", ["led/on", "ota/enabled", "system/status", "net/wifi-connected", "cua/door"])
def test_it_leaves_a_boolean_of_homie_alone_that_says_it_is_something_else(homie: Post, name: str) -> None:
    assert first(homie, f"homie/b/{name}", b"true", b"false") == [BEAT, BEAT]
    assert first(homie, "homie/b/button/pressed", b"true") == [ALARM]
    assert first(homie, f"homie/b/{name}", b"false") == [BEAT]


@pytest.mark.parametrize("name", ["input/state", "gpio/4", "led-button/on", "panic/status", "n/k"])
def test_it_rings_for_a_boolean_of_homie_that_calls_or_says_nothing(homie: Post, name: str) -> None:
    assert first(homie, f"homie/b/{name}", b"true", b"false") == [ALARM, CLEAR]


def test_it_rings_for_whatever_was_agreed() -> None:
    post = Post(adapters()["homie"], **{"b/led/on": DeviceClass.BELL})
    post.register("c", options={"property": "wifi/status"})
    assert [first(post, f"homie/{name}", b"true") for name in ("b/led/on", "c/wifi/status")] == [[ALARM], [ALARM]]


def test_it_hears_doors_of_a_bell_against_intruders() -> None:
    post = Post(adapters()["homie"])
    post.register("b", alarm_kind=AlarmKind.INTRUSION)
    assert first(post, "homie/b/cua/door", b"true") == [ALARM]


def test_it_refuses_what_it_cannot_read_of_an_agreed_input_and_ends_nothing(homie: Post) -> None:
    homie.register("b", options={"property": "nut/bam"})
    assert first(homie, "homie/b/nut/bam", b"true", b"maybe") == [ALARM, BEAT]
    assert homie.refused
    assert first(homie, "homie/b/nut/bam", b"false") == [CLEAR]
    assert not homie.refused


def test_it_keeps_two_buttons_of_one_bell_apart(homie: Post) -> None:
    one, two = "homie/b/nut/1", "homie/b/nut/2"
    homie.hears(two, b"false")
    assert first(homie, one, b"true", b"true") == [ALARM, ALARM]
    assert homie.hears(two, b"true")[0].shape == "edge", "the first does not mask it"
    assert first(homie, one, b"false") == [BEAT], "nor ends it"
    assert first(homie, two, b"false", b"false") == [CLEAR, BEAT]
