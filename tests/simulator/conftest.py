from __future__ import annotations

from random import Random

import pytest

from simulator.world import World
from tests.simulator.stand_ins import Hand, RecordingLink


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def world(hand: Hand) -> World:
    return World(hand.timetable, hand.now_ms, Random(7), lambda line: None)


@pytest.fixture
def link() -> RecordingLink:
    return RecordingLink()
