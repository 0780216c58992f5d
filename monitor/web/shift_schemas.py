"""The shapes of shifts and the duty log over HTTP."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from monitor.machines.shift import ShiftState
from monitor.web.schemas import LARGEST_ID, Answer, Moment, Question, Version


class Counted(Answer):
    n: int
    eyes: int | None = Field(default=None, description="of them, camera eyes; null where nobody counts them apart")
    first: list[dict[str, Any]]


class Pending(Answer):
    """What is not over now, kind by kind."""

    n: int = Field(description="what wants somebody's act: alarms, incidents, messages, tips")
    alarms: Counted
    incidents: Counted
    aside: Counted = Field(description="alarms that are shelved, suppressed or out of service")
    untold: Counted = Field(description="messages that reached nobody, or wait to be copied")
    down: Counted
    tests: Counted = Field(description="bells that nobody has tested for too long")
    drills: Counted = Field(description="alarms of a drill, which are none of the above")
    tips: Counted


class ShiftTold(Answer):
    id: int
    state: ShiftState
    version: int
    officer: str
    taken_at: Moment
    handed_at: Moment | None
    ended_at: Moment | None
    is_heard: bool
    screen: str
    reason: str | None = Field(description="why it was taken without a hand-over, or without a tone")
    note: str | None = Field(description="of the outgoing officer")
    before_id: int | None
    items: dict[str, Counted] = Field(description="what was open when it was taken")


class DeskShift(Answer):
    now: Moment
    current: ShiftTold | None = Field(description="null: nobody has taken the desk")
    pending: Pending
    happened: list[str] = Field(description="in this shift, in the reader's language")
    text: str = Field(description="to send: what happened, what is open, the notes")


class OfficerOnDuty(Answer):
    officer: str | None = Field(description="null: nobody has taken the desk")
    taken_at: Moment | None
    is_handing_over: bool = Field(description="the notes are written, and the next officer has not accepted")


class ShiftList(Answer):
    items: list[ShiftTold]


class LogEntry(Answer):
    id: int
    shift_id: int
    at: Moment
    actor: str
    kind: str
    text: str | None
    data: dict[str, Any]


class DutyLog(Answer):
    items: list[LogEntry]
    next: str | None


class Seen(Question):
    id: int = Field(ge=1, le=LARGEST_ID)
    version: Version


class TakingGiven(Question):
    seen: Seen | None = Field(description="the shift on the screen; null: none was open")
    has_read_back: bool
    is_heard: bool = Field(description="the test tone, by the officer's own ear")
    screen: str = Field(min_length=1, max_length=64)
    reason: str = Field(default="", max_length=500, description="wanted without a hand-over, or without a tone")


class HandOver(Question):
    version: Version
    note: str = Field(min_length=1, max_length=2000)


class TakeBack(Question):
    version: Version


class Note(Question):
    text: str = Field(min_length=1, max_length=2000)
