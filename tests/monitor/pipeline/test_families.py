"""What must hold for every family: its gateway's death is one alert, and no restart invents or swallows a press."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from device_adapters.core.contract import Message
from device_adapters.core.registry import adapters
from tests.monitor.conftest import Post
from tests.monitor.pipeline.families import FAMILIES, Family, Said, as_bytes
from tests.panels import Panel, a_panel, a_zone

STORES = ("sqlite",)
NAMES = [family.adapter for family in FAMILIES]
# Frigate's cameras press nothing.
WITHOUT_PRESSES = {"frigate"}
EVERY = pytest.mark.parametrize("family", FAMILIES, ids=NAMES)


def hears(post: Post, family: Family, *said: Said, is_replay: bool = False) -> None:
    for topic, what in said:
        message = Message(topic, as_bytes(what), post.clock.now(), is_replay=is_replay)
        post.pipeline.process([(family.adapter, message)])


def presses(post: Post) -> list[tuple[str, int]]:
    """Kind and count of each live alarm."""
    return [(alarm["kind"], alarm["presses"]) for alarm in post.alarms() if alarm["state"] != "NORMAL"]


def bell_of(family: Family) -> str:
    """By our own contract an address is the device id."""
    return family.bell if family.adapter == "native" else "bell-1"


@pytest.fixture
def standing(post: Post, family: Family) -> Post:
    """Registered, heard, and quiet."""
    post.register("gw-1", family.adapter, address=family.gateway, device_class=family.gateway_class)
    post.register(bell_of(family), family.adapter, address=family.bell, parent_id="gw-1")
    hears(post, family, *family.born(post.clock.now()))
    post.clock.forward(1)
    return post


def test_it_asks_it_of_every_family_that_can_call() -> None:
    assert set(NAMES) | WITHOUT_PRESSES == set(adapters()) - {"sia_dc09"}


@EVERY
def test_it_tells_of_the_gateway_alone_and_rings_late_for_what_comes_after(standing: Post, family: Family) -> None:
    if family.gone:
        hears(standing, family, family.gone)
    standing.wait(family.silent_s)
    assert (standing.state("gw-1"), standing.state(bell_of(family))) == ("OFFLINE", "UNKNOWN")
    assert presses(standing) == [("offline", 1)]
    pressed_at = standing.clock.now()
    standing.clock.forward(600)
    hears(standing, family, family.press(pressed_at, 2), is_replay=not family.is_timed)
    rung = next(each for each in standing.alarms() if each["kind"] == "panic")
    assert rung["late_s"] >= 600 or (rung["detail"] == "late_unknown" and not family.is_timed)


@pytest.mark.parametrize("word", [b"offline", b"stopped"])
def test_it_tells_of_the_recorder_alone_when_frigate_is_gone(post: Post, word: bytes) -> None:
    post.register("nvr-1", "frigate", address="frigate", device_class="recorder")
    post.register("cam-1", "frigate", address="san", device_class="camera", parent_id="nvr-1")
    for topic, said in (("available", b"online"), ("san/status/detect", b"online"), ("available", word)):
        post.receive(f"frigate/{topic}", said)
    post.wait(20)
    assert (post.state("nvr-1"), post.state("cam-1")) == ("OFFLINE", "UNKNOWN")
    assert presses(post) == [("offline", 1)]


def test_it_tells_of_the_root_alone_when_homie_says_goodbye(post: Post) -> None:
    (homie,) = (each for each in FAMILIES if each.adapter == "homie")
    post.register("gw-1", "homie", address="gw", device_class="gateway")
    post.register("bell-1", "homie", address="nut", parent_id="gw-1")
    hears(post, homie, *homie.born(post.clock.now()), ("homie/5/gw/$state", b"disconnected"))
    post.wait(20)
    assert (post.state("gw-1"), post.state("bell-1")) == ("OFFLINE", "UNKNOWN")
    assert presses(post) == [("offline", 1)]


def test_it_rings_late_for_what_a_panel_held_back_while_it_was_gone(post: Post) -> None:
    for device in (a_panel(), a_zone()):
        post.register(device.pop("id"), device_class=device.pop("class"), **device)
    panel = Panel(now=post.clock.now)
    post.receive("dc09/tcp", panel.link_test())
    post.wait(90)
    assert (post.state("PANEL-1234"), post.state("ZONE-1234-5")) == ("OFFLINE", "UNKNOWN")
    assert presses(post) == [("offline", 1)]
    held = panel.event("1122 01 005")
    post.clock.forward(600)
    post.receive("dc09/tcp", held)
    rung = next(each for each in post.alarms() if each["kind"] == "hold_up")
    assert (rung["device_id"], rung["late_s"] >= 600) == ("ZONE-1234-5", True)


@EVERY
def test_it_invents_nothing_and_swallows_nothing_at_any_restart(
    standing: Post, family: Family, reborn: Callable[[], Post]
) -> None:
    first = family.press(standing.clock.now(), 1)
    hears(standing, family, first)
    hears(standing, family, first, is_replay=True)  # the broker, or our connection to it
    assert presses(standing) == [("panic", 1)]
    again = reborn()  # the monitor
    hears(again, family, first, is_replay=True)
    assert presses(again) == [("panic", 1)]
    again.clock.forward(30)
    hears(again, family, *family.born(again.clock.now()))  # the gateway
    assert [kind for kind, _ in presses(again)] == ["panic"]
    assert presses(again) == [("panic", 1)]
    hears(again, family, family.press(again.clock.now(), 2))
    assert presses(again) == [("panic", 2)]


SAME_WORD = {
    "zigbee2mqtt": ("zigbee2mqtt/nut", {"action": "single"}),
    "ha_discovery": ("gw/nut/press", {"event_type": "single"}),
    "shelly": (
        "box/events/rpc",
        {"method": "NotifyEvent", "params": {"events": [{"component": "input:0", "event": "single_push"}]}},
    ),
    "tasmota": ("stat/rf/RESULT", {"Button1": {"Action": "SINGLE"}}),
    "sparkplug": ("spBv1.0/g/DDATA/gw/nut", None),
}  # fmt: skip


@pytest.mark.parametrize("device_class", ["bell", "siren"])
@pytest.mark.parametrize("family", [each for each in FAMILIES if each.adapter in SAME_WORD], ids=list(SAME_WORD))
def test_it_takes_the_same_word_for_a_panic_only_from_a_bell(post: Post, family: Family, device_class: str) -> None:
    """{"action":"single"} of a button that is registered as a bell, and of whatever else says it."""
    topic, said = SAME_WORD[family.adapter]
    address = {"tasmota": "rf", "shelly": "box"}.get(family.adapter, family.bell)
    post.register("thing-1", family.adapter, address=address, device_class=device_class)
    hears(post, family, *family.born(post.clock.now()))
    hears(post, family, (topic, said) if said else family.press(post.clock.now(), 1))
    assert presses(post) == ([("panic", 1)] if device_class == "bell" else [])
