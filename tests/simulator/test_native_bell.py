"""A native bell keeps each press until the monitor has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.native_bell import NativeBell
from simulator.spool import Spool
from simulator.world import World
from tests.simulator.stand_ins import Hand, RecordingLink

ALARM = "anninh/v1/bell/BELL-DV-013/alarm"
EVENT = "anninh/v1/bell/BELL-DV-013/event"


@pytest.fixture
def bell(world: World, link: RecordingLink, tmp_path: Path) -> NativeBell:
    bell = NativeBell("anninh/v1", "BELL-DV-013", "hold_up", Spool(tmp_path / "spool"), world)
    bell.connect(link)
    return bell


def acknowledge(bell: NativeBell, event_id: str) -> None:
    bell.line().on_message("…/ack", json.dumps({"v": 1, "id": event_id}).encode())


def test_it_says_what_the_contract_asks_of_a_press(bell: NativeBell, link: RecordingLink) -> None:
    bell.press()
    (body,) = link.bodies(ALARM)
    assert body["id"] == f"{body['boot']}-{body['seq']:06d}"
    assert (body["v"], body["kind"], body["input"], body["ts"]) == (1, "alarm", "hold_up", 1_795_249_530_000)


def test_it_sends_a_press_again_under_the_same_id_until_it_is_acknowledged(
    bell: NativeBell, link: RecordingLink, hand: Hand
) -> None:
    bell.press()
    hand.forward(8)
    bodies = link.bodies(ALARM)
    assert len(bodies) == 3
    assert len({body["id"] for body in bodies}) == 1
    assert bodies[-1]["queued_s"] >= 6


def test_it_is_silent_about_a_press_once_it_is_acknowledged(bell: NativeBell, link: RecordingLink, hand: Hand) -> None:
    bell.press()
    acknowledge(bell, link.bodies(ALARM)[0]["id"])
    hand.forward(120)
    assert (len(link.bodies(ALARM)), bell.unacknowledged) == (1, 0)


@pytest.mark.parametrize("payload", [b"", b"[]", b'{"v":2,"id":"x"}', b'{"v":1,"id":7}', b"\xff"])
def test_it_takes_nothing_else_for_a_receipt(bell: NativeBell, payload: bytes) -> None:
    bell.press()
    bell.line().on_message("…/ack", payload)
    assert bell.unacknowledged == 1


def test_it_sends_the_newest_press_first_when_the_line_is_back(
    bell: NativeBell, link: RecordingLink, hand: Hand
) -> None:
    link.is_up = False
    bell.press()
    hand.forward(5)
    bell.press()
    link.is_up = True
    bell.line().on_ready()
    assert [body["seq"] for body in link.bodies(ALARM)] == [2, 1]


def test_it_brings_back_a_press_from_before_a_power_cut(
    world: World, link: RecordingLink, hand: Hand, tmp_path: Path
) -> None:
    dead = RecordingLink(is_up=False)
    before = NativeBell("anninh/v1", "BELL-DV-013", "hold_up", Spool(tmp_path / "spool"), world)
    before.connect(dead)
    before.press()
    hand.forward(60)
    after = NativeBell("anninh/v1", "BELL-DV-013", "hold_up", Spool(tmp_path / "spool"), world)
    after.connect(link)
    after.line().on_ready()
    assert [body["queued_s"] for body in link.bodies(ALARM)] == [60]


def test_it_keeps_a_test_press_like_any_other(bell: NativeBell, link: RecordingLink, hand: Hand) -> None:
    bell.test()
    hand.forward(3)
    assert [body["kind"] for body in link.bodies(EVENT)] == ["test", "test"]


def test_it_beats_about_every_twenty_seconds(bell: NativeBell, link: RecordingLink, hand: Hand) -> None:
    bell.line().on_ready()
    hand.forward(200)
    assert 9 <= len(link.bodies("anninh/v1/bell/BELL-DV-013/heartbeat")) <= 12


def test_it_leaves_a_retained_will_and_a_retained_birth(bell: NativeBell, link: RecordingLink) -> None:
    bell.line().on_ready()
    will, birth = bell.line().will, link.sent[0]
    assert will is not None
    assert (will.topic, will.is_retained, birth.topic, birth.is_retained) == (birth.topic, True, will.topic, True)
