"""The life of an alarm: the ISA-18.2 states as a table, with the house rule that nobody can hush a call for help.

States and their letters are those of ANSI/ISA-18.2, figure 2, as alerta spells them out. Four rules are ours:
a latching alarm that returns stays until a person has seen it; a call for help is never set aside, not even where its
device is out of service, for whoever presses does not know that; what a person set aside no common cause takes over;
an acknowledgement covers only the version the officer had on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from device_adapters.core.events import CALLS_FOR_HELP, CALLS_UNDER_THREAT, NEVER_SHELVED, AlarmKind
from monitor.errors import Refusal


class AlarmState(StrEnum):
    NORMAL = "NORMAL"  # A
    UNACKNOWLEDGED = "UNACKNOWLEDGED"  # B
    ACKNOWLEDGED = "ACKNOWLEDGED"  # C
    RETURNED_UNACKNOWLEDGED = "RETURNED_UNACKNOWLEDGED"  # D
    SHELVED = "SHELVED"  # E
    SUPPRESSED = "SUPPRESSED"  # F
    OUT_OF_SERVICE = "OUT_OF_SERVICE"  # G


class Given(StrEnum):
    """What can happen to an alarm; also the reason written beside the transition."""

    ALARM = "alarm"
    RESTORE = "restore"
    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    SUPPRESS = "suppress"
    UNSUPPRESS = "unsuppress"
    TAKE_OUT_OF_SERVICE = "take_out_of_service"
    RETURN_TO_SERVICE = "return_to_service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What the machine needs to know. ``is_latching``: a return does not clear what nobody has seen."""

    kind: AlarmKind
    is_latching: bool
    state: AlarmState = AlarmState.NORMAL
    is_condition_present: bool = False
    presses: int = 0
    version: int = 0
    rung_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    restored_at: datetime | None = None
    closed_at: datetime | None = None


_A, _B, _C, _D = (
    AlarmState.NORMAL,
    AlarmState.UNACKNOWLEDGED,
    AlarmState.ACKNOWLEDGED,
    AlarmState.RETURNED_UNACKNOWLEDGED,
)
_AWAY = frozenset({AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE})

# (state, given) → next state. A pair that is not here and not one of the rules below is refused.
_TABLE: dict[tuple[AlarmState, Given], AlarmState] = {
    (_A, Given.ALARM): _B,
    (_A, Given.RESTORE): _A,
    (_B, Given.ALARM): _B,
    (_B, Given.ACKNOWLEDGE): _C,
    (_B, Given.RESTORE): _D,
    (_C, Given.ALARM): _B,
    (_C, Given.RESTORE): _A,
    (_D, Given.ACKNOWLEDGE): _A,
    (_D, Given.ALARM): _B,
    (_D, Given.RESTORE): _D,
} | {(away, given): away for away in _AWAY for given in (Given.ALARM, Given.RESTORE)}

_NEVER = {
    Given.SHELVE: NEVER_SHELVED,
    Given.SUPPRESS: CALLS_UNDER_THREAT,
    Given.TAKE_OUT_OF_SERVICE: CALLS_FOR_HELP,
}
_BY_PEOPLE = frozenset({AlarmState.SHELVED, AlarmState.OUT_OF_SERVICE})
_LEAVES = {
    Given.SHELVE: AlarmState.SHELVED,
    Given.SUPPRESS: AlarmState.SUPPRESSED,
    Given.TAKE_OUT_OF_SERVICE: AlarmState.OUT_OF_SERVICE,
}
_RETURNS = {
    Given.UNSHELVE: AlarmState.SHELVED,
    Given.UNSUPPRESS: AlarmState.SUPPRESSED,
    Given.RETURN_TO_SERVICE: AlarmState.OUT_OF_SERVICE,
}


def step(alarm: Alarm, given: Given, *, at: datetime, by: str) -> Alarm:
    """The alarm after ``given``; the very same object where nothing changed. Raises ``Refusal``."""
    present = _condition_after(alarm, given)
    state = _next_state(alarm, given, present)
    if state is alarm.state and given is not Given.ALARM and present is alarm.is_condition_present:
        return alarm
    return _dated(
        replace(
            alarm,
            state=state,
            is_condition_present=present,
            presses=alarm.presses + (given is Given.ALARM),
            version=alarm.version + 1,
        ),
        alarm.state,
        given,
        at,
        by,
    )


def _condition_after(alarm: Alarm, given: Given) -> bool:
    if given is Given.ALARM:
        return True
    if given is Given.RESTORE:
        return False
    return alarm.is_condition_present


def _next_state(alarm: Alarm, given: Given, present: bool) -> AlarmState:
    if given in _LEAVES:
        if alarm.kind in _NEVER[given]:
            raise Refusal(f"{alarm.kind} alarms can never be {_LEAVES[given].lower()}: it is a call for help", "call")
        return alarm.state if given is Given.SUPPRESS and alarm.state in _BY_PEOPLE else _LEAVES[given]
    if given in _RETURNS:
        if alarm.state is not _RETURNS[given]:
            raise Refusal(f"the alarm is not {_RETURNS[given].lower()} but {alarm.state.lower()}")
        return _B if present else _A
    if (alarm.state, given) not in _TABLE:
        raise Refusal(f"an alarm that is {alarm.state.lower()} cannot take {given}")
    target = _TABLE[alarm.state, given]
    if target is _D and not alarm.is_latching:
        return _A
    return target


def _dated(alarm: Alarm, before: AlarmState, given: Given, at: datetime, by: str) -> Alarm:
    if alarm.state is _B and before is not _B:
        alarm = replace(alarm, rung_at=at, acknowledged_at=None, acknowledged_by=None, restored_at=None)
    if given is Given.ACKNOWLEDGE:
        alarm = replace(alarm, acknowledged_at=at, acknowledged_by=by)
    if given is Given.RESTORE:
        alarm = replace(alarm, restored_at=at)
    return replace(alarm, closed_at=at if alarm.state is _A else None)
