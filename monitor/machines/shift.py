"""A shift at the desk: taken by one officer, handed over to the next, who reads back what is still open.

Handing over is two acts of two people. Until the second has accepted, the first is on duty, and may take it back.
Whoever took a shift by mistake gives it back within ten minutes: then it is as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.errors import Refusal

GIVEN_BACK_WITHIN = timedelta(minutes=10)


class ShiftState(StrEnum):
    ON_DUTY = "ON_DUTY"
    HANDING_OVER = "HANDING_OVER"  # the notes are written; the next officer has not accepted
    OVER = "OVER"
    UNDONE = "UNDONE"  # taken by mistake


@dataclass(frozen=True, slots=True)
class Shift:
    """``handed_at``: when the notes were written, None before."""

    state: ShiftState
    version: int
    officer: str
    taken_at: datetime
    handed_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        return self.state in (ShiftState.OVER, ShiftState.UNDONE)


@dataclass(frozen=True, slots=True)
class Taking:
    """What the incoming officer says. ``has_read_back``: the open items; ``reason``: why without a hand-over."""

    officer: str
    has_read_back: bool
    is_heard: bool
    reason: str = ""


def take(before: Shift | None, taking: Taking, at: datetime) -> tuple[Shift | None, Shift]:
    """The shift before, as it is then, and the new one. Raises ``Refusal``."""
    if not taking.has_read_back:
        raise Refusal("read the open items first, and say so", "not_read_back")
    if before is not None and before.officer == taking.officer:
        raise Refusal("you are on duty already", "on_duty")
    is_handed = before is None or before.state is ShiftState.HANDING_OVER
    # An officer who was taken ill hands nothing over; somebody must sit there all the same.
    if not is_handed and not taking.reason.strip():
        raise Refusal("nothing was handed over: say why you take the shift all the same", "not_handed_over")
    if not taking.is_heard and not taking.reason.strip():
        raise Refusal("the tone was not heard: say what was done about it", "not_heard")
    ended = replace(before, state=ShiftState.OVER, version=before.version + 1, ended_at=at) if before else None
    return ended, Shift(ShiftState.ON_DUTY, 1, taking.officer, at)


def hand_over(shift: Shift, officer: str, at: datetime) -> Shift:
    _insist_on_own(shift, officer)
    if shift.state is not ShiftState.ON_DUTY:
        raise Refusal("it is handed over already; the next officer has to accept it", "handed_over")
    return replace(shift, state=ShiftState.HANDING_OVER, version=shift.version + 1, handed_at=at)


def take_back(shift: Shift, officer: str) -> Shift:
    """The hand-over, before somebody has accepted it."""
    _insist_on_own(shift, officer)
    if shift.state is not ShiftState.HANDING_OVER:
        raise Refusal("nothing was handed over", "nothing_to_take_back")
    return replace(shift, state=ShiftState.ON_DUTY, version=shift.version + 1, handed_at=None)


def give_back(shift: Shift, before: Shift | None, officer: str, at: datetime) -> tuple[Shift | None, Shift]:
    """A shift that was taken by mistake: the one before goes on as it was."""
    _insist_on_own(shift, officer)
    if shift.state is not ShiftState.ON_DUTY or at - shift.taken_at > GIVEN_BACK_WITHIN:
        raise Refusal("it was taken too long ago to be given back: hand it over", "too_late")
    again = None
    if before is not None:
        state = ShiftState.HANDING_OVER if before.handed_at else ShiftState.ON_DUTY
        again = replace(before, state=state, version=before.version + 1, ended_at=None)
    return again, replace(shift, state=ShiftState.UNDONE, version=shift.version + 1, ended_at=at)


def _insist_on_own(shift: Shift, officer: str) -> None:
    if shift.is_over:
        raise Refusal("this shift is over", "over")
    if shift.officer != officer:
        raise Refusal(f"{shift.officer} is on duty: only they can say so", "not_yours")
