"""Handing over is two acts of two people, and a slip is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import Refusal
from monitor.machines.shift import Shift, ShiftState, Taking, give_back, hand_over, take, take_back

NOW = datetime(2026, 3, 14, 11, tzinfo=UTC)
LATER = NOW + timedelta(hours=12)
DAY = Shift(ShiftState.ON_DUTY, 1, "ca-ngay", NOW)
TAKING = Taking("ca-dem", has_read_back=True, is_heard=True)


def test_it_passes_from_one_officer_to_the_next() -> None:
    handed = hand_over(DAY, "ca-ngay", LATER)
    assert (handed.state, handed.is_over) == (ShiftState.HANDING_OVER, False)
    before, mine = take(handed, TAKING, LATER)
    assert before == replace(handed, state=ShiftState.OVER, version=3, ended_at=LATER)
    assert mine == Shift(ShiftState.ON_DUTY, 1, "ca-dem", LATER)


@pytest.mark.parametrize(
    ("before", "taking", "code"),
    [
        (None, replace(TAKING, has_read_back=False), "not_read_back"),
        (DAY, TAKING, "not_handed_over"),
        (None, replace(TAKING, is_heard=False), "not_heard"),
        (DAY, replace(TAKING, officer="ca-ngay"), "on_duty"),
    ],
)
def test_it_is_not_taken_lightly(before: Shift | None, taking: Taking, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        take(before, taking, LATER)
    assert refused.value.code == code


def test_somebody_sits_there_though_nobody_handed_over_or_the_speaker_is_dead() -> None:
    _, mine = take(DAY, replace(TAKING, is_heard=False, reason="ca ngày đi cấp cứu; đã gọi thợ loa"), LATER)
    assert mine.officer == "ca-dem"


def test_it_is_handed_over_by_its_own_officer_once_and_taken_back() -> None:
    handed = hand_over(DAY, "ca-ngay", LATER)
    for again in (lambda: hand_over(handed, "ca-ngay", LATER), lambda: hand_over(DAY, "ca-dem", LATER)):
        with pytest.raises(Refusal):
            again()
    assert take_back(handed, "ca-ngay") == replace(DAY, version=3)


def test_a_shift_taken_by_mistake_is_given_back_and_the_one_before_goes_on() -> None:
    handed = hand_over(DAY, "ca-ngay", LATER)
    ended, mine = take(handed, TAKING, LATER)
    again, undone = give_back(mine, ended, "ca-dem", LATER + timedelta(minutes=9))
    assert again is not None
    assert (again.state, again.ended_at, undone.state) == (ShiftState.HANDING_OVER, None, ShiftState.UNDONE)
    with pytest.raises(Refusal):
        give_back(mine, ended, "ca-dem", LATER + timedelta(minutes=11))
