"""Chains of deadlines: what starts one, what stops it, and whom it names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.machines.alarm import AlarmState
from monitor.machines.escalation import Course, Recipient, Step, Way, course, duties

NOW = datetime(2026, 3, 14, 11, 52, tzinfo=UTC)
COPY = Way("copy", "Chỉ huy")
CHAIN = (Step(60, "commander"), Step(30, "second_officer"))
ROSTER = {
    "second_officer": (Recipient("Trực ban phụ", (Way("zalo", "u1"),)),),
    "commander": (Recipient("Chỉ huy", (Way("zalo", "u2"), COPY)), Recipient("Phó chỉ huy", (COPY,))),
}
A, B, C, D = (
    AlarmState.NORMAL,
    AlarmState.UNACKNOWLEDGED,
    AlarmState.ACKNOWLEDGED,
    AlarmState.RETURNED_UNACKNOWLEDGED,
)


def test_it_tells_each_of_a_role_by_its_deadline() -> None:
    found = [(due.recipient, due.due_at - NOW, due.way.channel) for due in duties(CHAIN, ROSTER, NOW)]
    assert found == [
        ("Trực ban phụ", timedelta(seconds=30), "zalo"),
        ("Chỉ huy", timedelta(seconds=60), "zalo"),
        ("Phó chỉ huy", timedelta(seconds=60), "copy"),
    ]


def test_it_keeps_the_other_ways_for_later() -> None:
    assert [due.otherwise for due in duties(CHAIN, ROSTER, NOW)] == [(), (COPY,), ()]


def test_it_tells_nobody_of_a_role_that_nobody_holds() -> None:
    assert list(duties(CHAIN, {}, NOW)) == []


@pytest.mark.parametrize("before", [A, C, AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE])
def test_it_starts_where_an_alarm_begins_to_ring(before: AlarmState) -> None:
    assert course(before, B, is_waiting=False) is Course.START


@pytest.mark.parametrize("after", [A, C, AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE])
def test_it_stops_where_somebody_answered_or_nothing_rings(after: AlarmState) -> None:
    assert course(B, after, is_waiting=True) is Course.STOP


@pytest.mark.parametrize("is_waiting", [True, False])
def test_it_goes_on_when_the_button_is_pressed_again_or_let_go(is_waiting: bool) -> None:
    assert course(B, B, is_waiting=is_waiting) is Course.GO_ON
    assert course(B, D, is_waiting=is_waiting) is Course.GO_ON


def test_it_lets_no_second_press_push_a_deadline_away() -> None:
    assert course(D, B, is_waiting=True) is Course.GO_ON
    assert course(D, B, is_waiting=False) is Course.START
