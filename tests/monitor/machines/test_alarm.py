from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_adapters.core.events import CALLS_UNDER_THREAT, AlarmKind
from monitor.errors import Refusal
from monitor.machines.alarm import Alarm, AlarmState, Given, step

AT = datetime(2026, 3, 14, 11, 52, tzinfo=UTC)
A, B, C, D, E, F, G = AlarmState
AWAY = {E, F, G}
LEAVES = {Given.SHELVE: E, Given.SUPPRESS: F, Given.TAKE_OUT_OF_SERVICE: G}
RETURNS = {Given.UNSHELVE: E, Given.UNSUPPRESS: F, Given.RETURN_TO_SERVICE: G}
# ANSI/ISA-18.2 as the house draws it: (from, given) → to. What is not here is refused.
DRAWN = {
    (A, Given.ALARM): B,
    (A, Given.RESTORE): A,
    (B, Given.ALARM): B,
    (B, Given.ACKNOWLEDGE): C,
    (B, Given.RESTORE): D,
    (C, Given.ALARM): B,
    (C, Given.RESTORE): A,
    (D, Given.ALARM): B,
    (D, Given.ACKNOWLEDGE): A,
    (D, Given.RESTORE): D,
}


def an_alarm(state: AlarmState, kind: AlarmKind = AlarmKind.TAMPER, **more: object) -> Alarm:
    known = {"is_latching": True, "is_condition_present": state in (B, C), "version": 3, "presses": 1, **more}
    return Alarm(kind=kind, state=state, **known)  # type: ignore[arg-type]


def expected(state: AlarmState, what: Given, *, is_present: bool) -> AlarmState | None:
    if what is Given.SUPPRESS and state in (E, G):
        return state  # a person's word stands
    if what in LEAVES:
        return LEAVES[what]
    if what in RETURNS:
        return (B if is_present else A) if RETURNS[what] is state else None
    if state in AWAY:
        return None if what is Given.ACKNOWLEDGE else state
    return DRAWN.get((state, what))


@pytest.mark.parametrize("is_present", [True, False])
@pytest.mark.parametrize("what", Given)
@pytest.mark.parametrize("state", AlarmState)
def test_it_follows_every_cell_of_the_table(state: AlarmState, what: Given, is_present: bool) -> None:
    before = an_alarm(state, is_condition_present=is_present)
    target = expected(state, what, is_present=is_present)
    if target is None:
        with pytest.raises(Refusal):
            step(before, what, at=AT, by="duty officer")
    else:
        assert step(before, what, at=AT, by="duty officer").state is target


@pytest.mark.parametrize("kind", sorted(CALLS_UNDER_THREAT))
@pytest.mark.parametrize("what", LEAVES)
def test_it_never_hushes_a_call_under_threat(kind: AlarmKind, what: Given) -> None:
    with pytest.raises(Refusal):
        step(an_alarm(B, kind), what, at=AT, by="commander")


@pytest.mark.parametrize("kind", [AlarmKind.FIRE, AlarmKind.MEDICAL])
def test_it_shelves_no_call_for_help(kind: AlarmKind) -> None:
    with pytest.raises(Refusal, match="call for help"):
        step(an_alarm(B, kind), Given.SHELVE, at=AT, by="commander")


def test_it_keeps_a_press_of_200_ms_until_somebody_has_seen_it() -> None:
    pressed = step(Alarm(kind=AlarmKind.HOLD_UP, is_latching=True), Given.ALARM, at=AT, by="device")
    released = step(pressed, Given.RESTORE, at=AT, by="device")
    assert released.state is D
    assert step(released, Given.ACKNOWLEDGE, at=AT, by="duty officer").state is A


def test_it_lets_an_alarm_that_does_not_latch_end_by_itself() -> None:
    assert step(an_alarm(B, is_latching=False), Given.RESTORE, at=AT, by="device").state is A


def test_it_rings_again_when_an_acknowledged_hold_up_is_pressed_again() -> None:
    acknowledged = step(an_alarm(B, AlarmKind.HOLD_UP), Given.ACKNOWLEDGE, at=AT, by="duty officer")
    again = step(acknowledged, Given.ALARM, at=AT, by="device")
    assert (again.state, again.acknowledged_by, again.presses) == (B, None, 2)


def test_it_writes_down_who_acknowledged_and_when() -> None:
    after = step(an_alarm(B), Given.ACKNOWLEDGE, at=AT, by="duty officer")
    assert (after.acknowledged_by, after.acknowledged_at, after.version) == ("duty officer", AT, 4)


def test_it_changes_nothing_where_nothing_happened() -> None:
    quiet = an_alarm(A)
    assert step(quiet, Given.RESTORE, at=AT, by="device") is quiet


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(AlarmKind), st.booleans(), st.lists(st.sampled_from(Given), max_size=30))
def test_it_keeps_its_promises_on_any_walk(kind: AlarmKind, is_latching: bool, walk: list[Given]) -> None:
    alarm = Alarm(kind=kind, is_latching=is_latching)
    was_pressed_unseen = False
    for what in walk:
        try:
            after = step(alarm, what, at=AT, by="somebody")
        except Refusal:
            continue
        assert after.version == alarm.version + (after is not alarm)
        was_pressed_unseen = what is Given.ALARM or (was_pressed_unseen and what is not Given.ACKNOWLEDGE)
        if kind in CALLS_UNDER_THREAT:
            assert after.state not in (E, F, G)
            # Only a person's acknowledgement quiets a press.
            if was_pressed_unseen and is_latching:
                assert after.state in (B, D)
        assert after.is_condition_present or after.state not in (B, C)
        alarm = after
