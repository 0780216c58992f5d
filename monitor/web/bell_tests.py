"""``/api/v1/bell-tests``: the calendar of bell tests, and the sessions in which presses are tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from monitor.inventory.territory import Territory
from monitor.journal import bell_test_rows
from monitor.journal.accounts import User
from monitor.journal.times import iso
from monitor.machines.bell_test import LONGEST_SESSION, Ending, Result
from monitor.pipeline.bell_tests import Fault, NewSession, end_session, fail_trial, open_session
from monitor.reports import bell_calendar
from monitor.reports.bell_calendar import Status, trial_json
from monitor.web.access import ALARM_ROLES, Identity, Within, identity_of, only
from monitor.web.cursors import keys_from_cursor, keys_to_cursor
from monitor.web.ports import Desk
from monitor.web.schemas import LARGEST_ID, REFUSALS, Answer, Answers, Failure, Identifier, Moment, Question

LONGEST_MIN = int(LONGEST_SESSION.total_seconds() // 60)
SessionId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Officer = Annotated[User, Depends(only(ALARM_ROLES))]
Who = Annotated[Identity, Depends(identity_of)]
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such session, or no such button"}}
_REFUSED: Answers = {
    409: {"model": Failure, "description": "`ringing`, `on_test`: another alarm or session has the button; `over`"}
}


class BellTest(Answer):
    at: Moment
    result: Result
    presses: int
    shown_s: float | None = Field(description="from the press to the first screen that showed it")
    sounded_s: float | None = Field(description="from the press to the first speaker that sounded it")
    judged_by: str | None
    note: str | None


class TestedButton(Answer):
    device_id: str
    name: str
    place: str | None
    position: str | None
    group_id: str | None
    group_name: str | None
    establishment_id: str | None
    status: Status
    interval_days: int | None
    last_test_at: Moment | None
    due_at: Moment | None
    days_overdue: int = Field(description="whole days since it was due; 0 while it is not overdue")
    session_id: int | None = Field(description="where it is on test now")
    tests: list[BellTest] = Field(description=f"the newest {bell_test_rows.SHOWN}, the oldest of them first")


class Month(Answer):
    passed: int
    failed: int
    unpressed: int


class Summary(Answer):
    buttons: int
    overdue: int
    due_soon: int = Field(description="due within seven days")
    tested: int
    unscheduled: int
    month: Month


class Calendar(Answer):
    summary: Summary
    items: list[TestedButton]
    next: str | None


class Trial(BellTest):
    device_id: str
    name: str | None
    place: str | None
    position: str | None
    is_over: bool = Field(description="its presses ring for real again")
    last_press_at: Moment | None


class TestSession(Answer):
    id: int
    code_word: str | None = Field(description="told to officers while it lasts")
    opened_at: Moment
    opened_by: str
    expires_at: Moment
    ended_at: Moment | None
    ended_by: str | None
    ending: Ending | None
    trials: list[Trial] = Field(description="the buttons inside one's own territory")


class TestSessions(Answer):
    items: list[TestSession]


class SessionGiven(Question):
    device_ids: list[Identifier] = Field(min_length=1, max_length=200)
    code_word: str = Field(min_length=2, max_length=64, description="what whoever presses says on the telephone")
    minutes: int = Field(default=15, ge=1, le=LONGEST_MIN)


class FaultGiven(Question):
    device_id: Identifier
    reason: str = Field(min_length=1, max_length=500)


def bell_tests_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1/bell-tests", tags=["bell tests"], responses=REFUSALS)
    _add_calendar(router, desk)
    _add_sessions(router, desk)
    _add_acts(router, desk)
    return router


def _add_calendar(router: APIRouter, desk: Desk) -> None:
    @router.get("", summary="Every button: its last tests, and when the next is due", response_model=Calendar)
    def calendar(
        within: Within,
        status: Annotated[list[Status] | None, Query(description="one or more")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 200,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Mapping[str, Any]:
        """Overdue ones first, then by when they are due."""
        after, now = keys_from_cursor(cursor, 2), desk.clock.now()
        with desk.read() as connection:
            known = bell_calendar.buttons(connection, within, now)
            chosen = [each for each in known if not status or each.status(now) in status]
            rest = [each for each in chosen if after is None or list(each.place) > after]
            page = rest[:limit]
            items = bell_calendar.lines(connection, page, now)
            told = bell_calendar.summary(connection, known, within, now)
        return {"summary": told, "items": items, "next": keys_to_cursor(page[-1].place if len(rest) > limit else None)}


def _add_sessions(router: APIRouter, desk: Desk) -> None:
    @router.get("/sessions", summary="Test sessions: open ones first, then the newest", response_model=TestSessions)
    def sessions(who: Who, within: Within, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> Mapping[str, Any]:
        with desk.read() as connection:
            found = bell_test_rows.newest_sessions(connection, within, limit)
        return {"items": [_told(each, who.user) for each in found]}

    @router.get("/sessions/{session_id}", summary="One session", response_model=TestSession, responses=_UNKNOWN)
    def session(session_id: SessionId, who: Who, within: Within) -> Mapping[str, Any]:
        return _now_there(desk, session_id, who.user, within)


def _add_acts(router: APIRouter, desk: Desk) -> None:
    async def answer(session_id: int, user: User, within: Territory) -> Mapping[str, Any]:
        return await to_thread.run_sync(partial(_now_there, desk, session_id, user, within))

    opened: Answers = {**_UNKNOWN, **_REFUSED}

    @router.post(
        "/sessions", summary="Put buttons on test", status_code=201, response_model=TestSession, responses=opened
    )
    async def open_one(given: SessionGiven, officer: Officer, within: Within) -> Mapping[str, Any]:
        """Presses of these buttons are tests until the session ends, and of each until it was quiet for a minute
        after its last press. Every other press rings."""
        lasts = timedelta(minutes=given.minutes)
        new = NewSession(tuple(given.device_ids), given.code_word, lasts, officer.name)
        session_id = await desk.bell_test(lambda tx, now: open_session(tx, new, within, now))
        return await answer(session_id, officer, within)

    @router.post("/sessions/{session_id}/end", summary="End it", response_model=TestSession, responses=opened)
    async def end(session_id: SessionId, officer: Officer, within: Within) -> Mapping[str, Any]:
        await desk.bell_test(lambda tx, now: end_session(tx, session_id, officer.name, within, now))
        return await answer(session_id, officer, within)

    @router.post(
        "/sessions/{session_id}/failed", summary="A button failed", response_model=TestSession, responses=_UNKNOWN
    )
    async def fail(session_id: SessionId, given: FaultGiven, officer: Officer, within: Within) -> Mapping[str, Any]:
        """It was pressed in vain, or did not sound where it should. It counts as tested when it was before."""
        fault = Fault(session_id, given.device_id, given.reason, officer.name)
        await desk.bell_test(lambda tx, now: fail_trial(tx, fault, within, now))
        return await answer(session_id, officer, within)


def _now_there(desk: Desk, session_id: int, user: User, within: Territory) -> Mapping[str, Any]:
    with desk.read() as connection:
        return _told(bell_test_rows.session_by_id(connection, session_id, within), user)


def _told(session: Mapping[str, Any], user: User) -> Mapping[str, Any]:
    """Who knows the word could make a hold-up look agreed: it is the officers', and only while it counts."""
    is_theirs = user.role in ALARM_ROLES and session["ended_at"] is None
    plain = ("id", "opened_by", "ended_by", "ending")
    return {
        **{name: session[name] for name in plain},
        **{name: iso(session[name]) for name in ("opened_at", "expires_at", "ended_at")},
        "code_word": session["code_word"] if is_theirs else None,
        "trials": [_trial(each) for each in session["trials"]],
    }


def _trial(row: Mapping[str, Any]) -> Mapping[str, Any]:
    plain = ("device_id", "name", "place", "position", "is_over")
    return {**{name: row[name] for name in plain}, "last_press_at": iso(row["last_press_at"]), **trial_json(row)}
