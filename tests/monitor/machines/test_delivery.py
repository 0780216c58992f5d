"""What becomes of a duty by the answer of its channel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.machines.delivery import (
    GIVE_UP_AFTER_TRIES,
    LONGEST_RETRY_S,
    SWITCH_AFTER_TRIES,
    Answer,
    DutyState,
    Outcome,
    Settlement,
    Trial,
    settle,
    wait_s,
)

NOW = datetime(2026, 3, 14, 15, 52, tzinfo=UTC)


def settled(outcome: Outcome, retry_after_s: float = 0.0, **given: Any) -> Settlement:
    trial = {"attempts": 1, "is_repeat": False, "has_other_way": False, "is_stopped": False} | given
    return settle(Trial(**trial), Answer(outcome, "", retry_after_s=retry_after_s), NOW)


def test_it_is_done_when_the_channel_has_it() -> None:
    assert settled(Outcome.DELIVERED, is_stopped=True) == Settlement(DutyState.SENT, NOW, is_repeat=False)


def test_it_sends_again_and_says_so_where_no_answer_came() -> None:
    again = settled(Outcome.UNKNOWN)
    assert (again.state, again.is_repeat) == (DutyState.WAITING, True)
    assert again.next_at == NOW + timedelta(seconds=1)


def test_it_marks_nothing_that_was_refused() -> None:
    assert not settled(Outcome.RETRY).is_repeat


def test_it_stays_marked_once_it_may_have_arrived() -> None:
    assert settled(Outcome.RETRY, is_repeat=True).is_repeat
    assert settled(Outcome.DELIVERED, is_repeat=True).is_repeat


def test_it_waits_longer_each_time() -> None:
    waits = [wait_s(attempts) for attempts in range(1, 20)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_RETRY_S


def test_it_waits_as_long_as_the_channel_asks() -> None:
    assert settled(Outcome.RETRY, retry_after_s=30).next_at == NOW + timedelta(seconds=30)


def test_it_does_not_wait_for_an_hour_because_a_server_asks_for_it() -> None:
    assert settled(Outcome.RETRY, retry_after_s=3600, has_other_way=True).state is DutyState.SWITCHED
    for absurd in (3600.0, 1e300, float("inf"), float("nan")):
        assert settled(Outcome.RETRY, retry_after_s=absurd).next_at == NOW + timedelta(seconds=LONGEST_RETRY_S)


@pytest.mark.parametrize("outcome", [Outcome.SWITCH, Outcome.PERMANENT, Outcome.OPERATOR])
def test_it_takes_another_way_at_once_where_this_one_is_closed(outcome: Outcome) -> None:
    assert settled(outcome, has_other_way=True).state is DutyState.SWITCHED
    assert settled(outcome).state is DutyState.DEAD


def test_it_takes_another_way_where_this_one_does_not_answer() -> None:
    assert settled(Outcome.UNKNOWN, has_other_way=True).state is DutyState.WAITING
    tried = settled(Outcome.UNKNOWN, has_other_way=True, attempts=SWITCH_AFTER_TRIES)
    assert (tried.state, tried.is_repeat) == (DutyState.SWITCHED, True)


def test_it_gives_up_in_the_end_and_shows_it() -> None:
    assert settled(Outcome.UNKNOWN, attempts=GIVE_UP_AFTER_TRIES - 1).state is DutyState.WAITING
    assert settled(Outcome.UNKNOWN, attempts=GIVE_UP_AFTER_TRIES).state is DutyState.DEAD


def test_it_tries_no_more_once_somebody_acknowledged() -> None:
    assert settled(Outcome.UNKNOWN, is_stopped=True, has_other_way=True).state is DutyState.STOPPED


def test_it_lays_no_text_to_be_copied_once_somebody_acknowledged() -> None:
    assert settled(Outcome.BY_HAND).state is DutyState.BY_HAND
    assert settled(Outcome.BY_HAND, is_stopped=True).state is DutyState.STOPPED
