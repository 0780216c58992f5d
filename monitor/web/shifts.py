"""``/api/v1/shift``: the desk is taken, handed over and read back; ``/api/v1/duty-log``; and their pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from monitor.inventory.territory import Territory
from monitor.journal import shifts
from monitor.journal.accounts import User
from monitor.journal.times import iso
from monitor.machines.shift import ShiftState, Taking
from monitor.pipeline.shifts import ShiftAct, Taken, add_note, hand_over, take, take_back
from monitor.reports.open_items import how_many, open_items
from monitor.reports.shift_lines import day_and_clock, happened, left_open, message
from monitor.web.access import ALARM_ROLES, Within, only
from monitor.web.cursors import id_from_cursor, to_cursor
from monitor.web.pages import Pages, chosen_language
from monitor.web.ports import Desk
from monitor.web.roster import ROSTER_ROLES, roles_of
from monitor.web.schemas import LARGEST_ID, REFUSALS, Answers, Failure
from monitor.web.shift_schemas import (
    DeskShift,
    DutyLog,
    HandOver,
    Note,
    OfficerOnDuty,
    ShiftList,
    TakeBack,
    TakingGiven,
)

Officer = Annotated[User, Depends(only(ALARM_ROLES))]
ShiftId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such shift"}}
_REFUSED: Answers = {
    409: {
        "model": Failure,
        "description": "`not_read_back`, `not_handed_over`, `not_heard`, `on_duty`, `not_yours`, `handed_over`, "
        "`too_late`, `over`, or somebody was first",
    }
}


def shifts_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(tags=["shifts"], responses=REFUSALS)
    _add_reading(router, desk)
    _add_taking(router, desk)
    _add_acts(router, desk)
    _add_pages(router, desk, pages)
    return router


def _add_reading(router: APIRouter, desk: Desk) -> None:
    officers = [Depends(only(ALARM_ROLES))]

    @router.get(
        "/api/v1/shift", summary="Who is on duty, and what is open", response_model=DeskShift, dependencies=officers
    )
    def shift(request: Request, within: Within) -> Mapping[str, Any]:
        return _told(desk, request, within)

    @router.get(
        "/api/v1/shift/officer", summary="Who has the desk", response_model=OfficerOnDuty, dependencies=officers
    )
    def officer(within: Within) -> Mapping[str, Any]:
        """As `GET /api/v1/shift`, without what is open: for a screen that asks all the time."""
        with desk.read() as connection:
            row = shifts.current_shift(connection, scope_of(within))
        if row is None:
            return {"officer": None, "taken_at": None, "is_handing_over": False}
        is_handing_over = row["state"] == ShiftState.HANDING_OVER
        return {"officer": row["officer"], "taken_at": iso(row["taken_at"]), "is_handing_over": is_handing_over}

    @router.get("/api/v1/shifts", summary="Shifts, newest first", response_model=ShiftList, dependencies=officers)
    def shift_list(within: Within, limit: Annotated[int, Query(ge=1, le=200)] = 20) -> Mapping[str, Any]:
        with desk.read() as connection:
            return {"items": shifts.newest_shifts(connection, scope_of(within), limit)}

    @router.get("/api/v1/duty-log", summary="The duty log, newest first", response_model=DutyLog, dependencies=officers)
    def duty_log(
        within: Within,
        shift: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Mapping[str, Any]:
        """Only ever added to."""
        before, scope = id_from_cursor(cursor), scope_of(within)
        with desk.read() as connection:
            items, next_id = shifts.duty_log(connection, scope, shift_id=shift, limit=limit, before_id=before)
        return {"items": items, "next": to_cursor(next_id)}


def _add_taking(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/api/v1/shift/take", summary="Take the desk", status_code=201, response_model=DeskShift, responses=_REFUSED
    )
    async def take_it(given: TakingGiven, request: Request, officer: Officer, within: Within) -> Mapping[str, Any]:
        """Reads back what is open, and says whether the tone was heard. The shift before is over with it."""
        items = await to_thread.run_sync(partial(_items, desk, within))
        taking = Taking(officer.name, given.has_read_back, given.is_heard, given.reason)
        seen = (given.seen.id, given.seen.version) if given.seen else None
        taken = Taken(taking, scope_of(within), given.screen, seen, items)
        await desk.write(lambda tx: take(tx, taken, desk.clock.now()))
        return await to_thread.run_sync(partial(_told, desk, request, within))


def _add_acts(router: APIRouter, desk: Desk) -> None:
    both = {**_UNKNOWN, **_REFUSED}

    async def told(request: Request, within: Territory) -> Mapping[str, Any]:
        return await to_thread.run_sync(partial(_told, desk, request, within))

    @router.post("/api/v1/shifts/{shift_id}/handover", summary="Hand it over", response_model=DeskShift, responses=both)
    async def hand(
        shift_id: ShiftId, given: HandOver, request: Request, officer: Officer, within: Within
    ) -> Mapping[str, Any]:
        """The next officer has to accept it; until then this one is on duty."""
        act = ShiftAct(shift_id, given.version, officer.name, scope_of(within))
        await desk.write(lambda tx: hand_over(tx, act, given.note, desk.clock.now()))
        return await told(request, within)

    @router.post("/api/v1/shifts/{shift_id}/take-back", summary="Undo", response_model=DeskShift, responses=both)
    async def back(
        shift_id: ShiftId, given: TakeBack, request: Request, officer: Officer, within: Within
    ) -> Mapping[str, Any]:
        """The hand-over, before somebody accepted it; or the shift, taken by mistake less than ten minutes ago."""
        act = ShiftAct(shift_id, given.version, officer.name, scope_of(within))
        await desk.write(lambda tx: take_back(tx, act, desk.clock.now()))
        return await told(request, within)

    @router.post(
        "/api/v1/shifts/{shift_id}/notes", summary="Write into the log", response_model=DeskShift, responses=both
    )
    async def note(
        shift_id: ShiftId, given: Note, request: Request, officer: Officer, within: Within
    ) -> Mapping[str, Any]:
        act = ShiftAct(shift_id, 0, officer.name, scope_of(within))
        await desk.write(lambda tx: add_note(tx, act, given.text, desk.clock.now()))
        return await told(request, within)


def _add_pages(router: APIRouter, desk: Desk, pages: Pages) -> None:
    @router.get("/shift", include_in_schema=False)
    def page(request: Request, officer: Officer) -> Response:
        values = {"roles": roles_of(desk), "can_plan": officer.role in ROSTER_ROLES}
        return pages.framed(request, "shift/page.html", "/shift", values)

    @router.get("/shift/{shift_id}", include_in_schema=False)
    def sheet(request: Request, shift_id: ShiftId, _officer: Officer, within: Within) -> Response:
        lang, now, scope = chosen_language(request), desk.clock.now(), scope_of(within)
        with desk.read() as connection:
            row = shifts.shift_row(connection, shift_id, scope)
            until = row["ended_at"] or now
            lines = happened(connection, within, row["taken_at"], until, lang)
            entries, _ = shifts.duty_log(connection, scope, shift_id=shift_id, limit=200)
            after = shifts.shift_after(connection, shift_id, scope)
            items = after["items"] if after else open_items(connection, within, now)
        values = {
            "shift": shifts.shift_json(row),
            "taken": day_and_clock(row["taken_at"]),
            "ended": day_and_clock(row["ended_at"]) if row["ended_at"] else None,
            "next_officer": after["officer"] if after else None,
            "happened": lines,
            "open": left_open(items, lang),
            "entries": [{**each, "hour": day_and_clock(datetime.fromisoformat(each["at"]))} for each in entries[::-1]],
        }
        return pages.framed(request, "shift/sheet.html", "/shift", values)


def scope_of(within: Territory) -> str:
    """Each account's own desk."""
    return within.scope or ""


def _items(desk: Desk, within: Territory) -> Mapping[str, Any]:
    with desk.read() as connection:
        return open_items(connection, within, desk.clock.now())


def _told(desk: Desk, request: Request, within: Territory) -> Mapping[str, Any]:
    lang, now = chosen_language(request), desk.clock.now()
    with desk.read() as connection:
        row = shifts.current_shift(connection, scope_of(within))
        items = open_items(connection, within, now)
        lines = happened(connection, within, row["taken_at"], now, lang) if row else []
    current = shifts.shift_json(row) if row else None
    return {
        "now": iso(now),
        "current": current,
        "pending": {"n": how_many(items), **items},
        "happened": lines,
        "text": message(desk.settings.post_name, current, [*lines, *left_open(items, lang)], lang) if current else "",
    }
