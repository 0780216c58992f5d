"""A mistake in one round keeps no other from its turn, and is told."""

from __future__ import annotations

import pytest

from monitor.errors import StoreUnavailable
from monitor.rounds import Rounds
from tests.fakes import FakeClock


def broken() -> None:
    raise KeyError("a bug")


def test_it_goes_on_behind_a_round_that_fails_and_says_when(clock: FakeClock) -> None:
    gone: list[str] = []
    rounds = Rounds([broken, lambda: gone.append("shelves")], clock)
    rounds.go()
    assert (gone, rounds.failed_at) == (["shelves"], clock.now())


def test_it_leaves_a_store_that_cannot_be_written_to_the_writer(clock: FakeClock) -> None:
    def refused() -> None:
        raise StoreUnavailable("locked")

    with pytest.raises(StoreUnavailable):
        Rounds([refused], clock).go()
