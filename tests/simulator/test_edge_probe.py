"""A probe speaks for its cameras."""

from __future__ import annotations

import pytest

from simulator.commune import load
from simulator.edge_probe import EdgeProbe
from simulator.wiring import wire
from simulator.world import World
from tests.simulator.stand_ins import Hand, RecordingLink

HEARTBEAT = "anninh/v1/probe/PROBE-DV-01/heartbeat"


@pytest.fixture
def probe(world: World, link: RecordingLink) -> EdgeProbe:
    probe = EdgeProbe("anninh/v1", wire(load()).probes[0], world)
    probe.connect(link)
    probe.line().on_ready()
    return probe


def test_it_carries_all_its_cameras_in_one_heartbeat_at_once(probe: EdgeProbe, link: RecordingLink) -> None:
    (body,) = link.bodies(HEARTBEAT)
    assert len(body["cams"]) == 9
    assert all(eye["s"] == "up" for eye in body["cams"].values())


def test_it_beats_about_every_thirty_seconds(probe: EdgeProbe, link: RecordingLink, hand: Hand) -> None:
    hand.forward(300)
    assert 10 <= len(link.bodies(HEARTBEAT)) <= 12


def test_it_reports_a_dead_camera_at_once_below_its_own_id(probe: EdgeProbe, link: RecordingLink) -> None:
    probe.set_eye("CAM-DV-0003", is_up=False)
    message = link.sent[-1]
    assert (message.topic, message.is_retained) == ("anninh/v1/probe/PROBE-DV-01/status/CAM-DV-0003", True)
    assert link.bodies(message.topic)[-1]["s"] == "down"


def test_it_keeps_reporting_a_dead_camera_until_it_is_back(probe: EdgeProbe, link: RecordingLink, hand: Hand) -> None:
    probe.set_eye("CAM-DV-0003", is_up=False)
    hand.forward(40)
    down = link.bodies(HEARTBEAT)[-1]["cams"]["CAM-DV-0003"]
    probe.set_eye("CAM-DV-0003", is_up=True)
    hand.forward(40)
    assert (down["s"], link.bodies(HEARTBEAT)[-1]["cams"]["CAM-DV-0003"]["s"]) == ("down", "up")
