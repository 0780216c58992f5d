from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.machines.bell_test import (
    QUIET_AFTER,
    Ending,
    Look,
    Session,
    Trial,
    days_overdue,
    is_on_test,
    look,
    overdue_at,
)

OPENED = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
WAITING, SECOND = Trial("BELL-1"), timedelta(seconds=1)


def a_session(*trials: Trial, minutes: int = 15) -> Session:
    return Session(OPENED, OPENED + timedelta(minutes=minutes), trials or (WAITING,))


def after(seconds: float) -> datetime:
    return OPENED + timedelta(seconds=seconds)


def is_trial(pressed_s: float, received_s: float | None = None, trial: Trial = WAITING) -> bool:
    received_at = after(pressed_s if received_s is None else received_s)
    return is_on_test(a_session(), trial, pressed_at=after(pressed_s), received_at=received_at)


def test_it_takes_a_press_inside_the_session_for_a_trial() -> None:
    assert is_trial(0)
    assert is_trial(899)


@pytest.mark.parametrize(("pressed_s", "received_s"), [(-1, 5), (900, 900), (899, 901)])
def test_it_takes_no_press_of_before_or_after_it_for_one(pressed_s: float, received_s: float) -> None:
    assert not is_trial(pressed_s, received_s)


def test_it_puts_a_button_on_duty_again_a_minute_after_its_last_press() -> None:
    pressed = Trial("BELL-1", last_press_at=after(30))
    assert is_trial(89, trial=pressed)
    assert not is_trial(90, trial=pressed)
    assert not is_trial(31, trial=Trial("BELL-1", after(30), is_over=True))


def test_it_keeps_a_button_that_nobody_has_pressed_on_test() -> None:
    session = a_session(Trial("BELL-1", after(30)), Trial("BELL-2"))
    assert look(session, after(89)) == Look()
    assert look(session, after(90)) == Look(over=("BELL-1",))


def test_it_is_done_when_every_button_was_pressed_and_is_quiet() -> None:
    session = a_session(Trial("BELL-1", after(30), is_over=True), Trial("BELL-2", after(60)))
    assert look(session, after(60) + QUIET_AFTER) == Look(("BELL-2",), Ending.DONE)


def test_it_expires_whatever_is_going_on() -> None:
    session = a_session(Trial("BELL-1", after(890)), Trial("BELL-2"))
    assert look(session, after(899)).ending is None
    assert look(session, after(900)) == Look(("BELL-1", "BELL-2"), Ending.EXPIRED)


def test_a_test_is_overdue_a_tenth_and_two_minutes_after_its_interval() -> None:
    late_at = OPENED + timedelta(days=33, minutes=2)
    assert overdue_at(OPENED, 30) == late_at
    assert days_overdue(OPENED, 30, late_at - SECOND) == 0
    assert days_overdue(OPENED, 30, late_at) == 3


def test_it_counts_whole_days_since_the_test_was_due() -> None:
    assert days_overdue(OPENED, 30, OPENED + timedelta(days=34, hours=5)) == 4
    assert days_overdue(OPENED, 1, overdue_at(OPENED, 1)) == 1
