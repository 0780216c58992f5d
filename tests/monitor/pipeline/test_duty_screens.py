from __future__ import annotations

from typing import Any

import pytest

from monitor.inventory.territory import EVERYWHERE
from monitor.journal.feed import FeedEntry
from monitor.machines.duty_screen import Patience, SoundState
from monitor.pipeline.duty_screens import DutyScreens, ScreenWord
from tests.fakes import FakeClock

WORD = ScreenWord("desk-1", "desk", is_visible=True, sound=SoundState.ON)


def told(version: int = 1, **given: Any) -> FeedEntry:
    plain = {"id": 7, "version": version, "priority": 1, "state": "UNACKNOWLEDGED", "is_audible": True}
    return FeedEntry(version, "alarm", {**plain, "group_id": None, "area_id": None, **given})


class Post:
    def __init__(self, clock: FakeClock) -> None:
        self.clock, self.screens = clock, DutyScreens(clock, Patience(3, 60))
        self.screens.hear(WORD, "truc-ban", EVERYWHERE)

    def go(self, seconds: float) -> str | None:
        self.clock.forward(seconds)
        self.screens.hear(WORD, "truc-ban", EVERYWHERE)
        return self.screens.trouble()

    def receipts(self, version: int) -> None:
        for kind in ("shown", "sounded"):
            self.screens.receipt(7, {"screen_id": "desk-1", "version": version, "kind": kind})


@pytest.fixture
def post(clock: FakeClock) -> Post:
    return Post(clock)


def test_it_misses_the_receipts_of_a_ring_until_they_come(post: Post) -> None:
    post.screens.told([told()])
    assert post.go(2) is None
    assert post.go(2) is not None
    post.receipts(version=1)
    assert post.go(0) is None
    assert set(post.screens.all()[0].receipts) == {"shown", "sounded"}


def test_it_owes_new_receipts_for_a_further_press(post: Post) -> None:
    post.screens.told([told()])
    post.receipts(version=1)
    post.screens.told([told(2)])
    assert post.go(4) is not None


def test_it_owes_nothing_for_what_was_taken_over(post: Post) -> None:
    post.screens.told([told(), told(2, state="ACKNOWLEDGED")])
    assert post.go(4) is None


def test_it_owes_nothing_for_what_rang_while_it_was_away(post: Post) -> None:
    post.clock.forward(20)
    post.screens.told([told()])
    post.go(2)
    assert "desk-1 did" not in (post.go(3) or "")


def test_it_forgets_a_screen_that_only_its_own_officer_closed(post: Post) -> None:
    post.screens.leave("desk-1", "somebody-else")
    assert len(post.screens.all()) == 1
    post.screens.leave("desk-1", "truc-ban")
    assert post.screens.all() == []


def test_it_passes_a_wish_to_hear_the_tone_on_once(post: Post) -> None:
    assert post.screens.ask_for_tone("desk-1")
    assert not post.screens.ask_for_tone("desk-2")
    assert post.screens.hear(WORD, "truc-ban", EVERYWHERE)
    assert not post.screens.hear(WORD, "truc-ban", EVERYWHERE)
