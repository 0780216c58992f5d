"""``/api/v1/alarms``: the queue, one alarm's story, and what an officer does with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import AfterValidator, AwareDatetime

from monitor.errors import VersionConflict
from monitor.inventory.territory import Territory
from monitor.journal import queries
from monitor.journal.accounts import User
from monitor.journal.queries import AlarmFilter
from monitor.machines.alarm import AlarmState
from monitor.pipeline.shelves import NewShelf
from monitor.web.access import ALARM_ROLES, Within, only
from monitor.web.cursors import id_from_cursor, to_cursor
from monitor.web.failures import failure
from monitor.web.ports import Desk, NewReceipt
from monitor.web.schemas import (
    FIRST_DAY,
    LARGEST_ID,
    LAST_DAY,
    REFUSALS,
    Alarm,
    AlarmDetail,
    AlarmPage,
    Answers,
    Conflict,
    Failure,
    Identifier,
    ReceiptGiven,
    ShelfGiven,
    VersionSeen,
)


def _in_utc(moment: datetime) -> datetime:
    if not FIRST_DAY <= moment.date() <= LAST_DAY:
        raise ValueError(f"must lie within the years {FIRST_DAY.year} to {LAST_DAY.year}")
    return moment.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
AlarmId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Officer = Annotated[User, Depends(only(ALARM_ROLES))]
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such alarm"}}
_CONFLICT: Answers = {409: {"model": Conflict, "description": "The version is old: here is the newer alarm"}}

_REFUSED: Answers = {
    409: {
        "model": Failure,
        "description": "`never_shelved`, `too_long`, `hidden`, `out_of_service`, `over`; or an old version",
    }
}


def alarms_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1/alarms", tags=["alarms"], responses=REFUSALS)
    _add_reading(router, desk)
    _add_commands(router, desk)
    return router


def _add_reading(router: APIRouter, desk: Desk) -> None:
    @router.get("", summary="Alarms, newest first", response_model=AlarmPage)
    def alarms(
        chosen: Annotated[AlarmFilter, Depends(_filter)],
        within: Within,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Mapping[str, Any]:
        with desk.read() as connection:
            before = id_from_cursor(cursor)
            items, next_id = queries.alarms_page(connection, chosen, within, limit=limit, before_id=before)
        return {"items": items, "next": to_cursor(next_id)}

    @router.get("/{alarm_id}", summary="One alarm and its story", response_model=AlarmDetail, responses=_UNKNOWN)
    def alarm(alarm_id: AlarmId, within: Within) -> Mapping[str, Any]:
        with desk.read() as connection:
            return queries.alarm_detail(connection, alarm_id, within)


def _filter(
    state: Annotated[list[AlarmState] | None, Query(description="one or more states")] = None,
    device: Annotated[Identifier | None, Query(description="a device's id")] = None,
    since: Annotated[Instant | None, Query(description="received at or after, with a time zone")] = None,
) -> AlarmFilter:
    return AlarmFilter(tuple(state or ()), device, since)


def _add_commands(router: APIRouter, desk: Desk) -> None:
    answers: Answers = {**_UNKNOWN, **_CONFLICT}

    @router.post("/{alarm_id}/acknowledge", summary="Tiếp nhận", response_model=Alarm, responses=answers)
    async def acknowledge(
        request: Request, alarm_id: AlarmId, seen: VersionSeen, officer: Officer, within: Within
    ) -> Any:
        """Covers only what the officer had seen: with an old `version` the answer is 409 and the newer alarm."""
        try:
            return await desk.acknowledge(alarm_id, seen.version, officer.name, within)
        except VersionConflict as conflict:
            return await _newer(request, partial(_now_there, desk, alarm_id, within), conflict)

    @router.post("/{alarm_id}/close", summary="Declare the condition over", response_model=Alarm, responses=answers)
    async def close(request: Request, alarm_id: AlarmId, seen: VersionSeen, officer: Officer, within: Within) -> Any:
        try:
            return await desk.close(alarm_id, seen.version, officer.name, within)
        except VersionConflict as conflict:
            return await _newer(request, partial(_now_there, desk, alarm_id, within), conflict)

    @router.post("/{alarm_id}/shelve", summary="Tạm hoãn", response_model=Alarm, responses={**_UNKNOWN, **_REFUSED})
    async def shelve(request: Request, alarm_id: AlarmId, given: ShelfGiven, officer: Officer, within: Within) -> Any:
        """Puts it aside until its end; a call for help never. What is still true then rings at once."""
        new = NewShelf(alarm_id, given.version, given.reason, timedelta(minutes=given.minutes), officer.name)
        try:
            return await desk.on_set_aside(lambda set_aside: set_aside.shelve(new, within))
        except VersionConflict as conflict:
            return await _newer(request, partial(_now_there, desk, alarm_id, within), conflict)

    @router.post("/{alarm_id}/receipts", summary="A screen showed or sounded it", status_code=204, responses=_UNKNOWN)
    async def receipt(alarm_id: AlarmId, given: ReceiptGiven, officer: Officer, within: Within) -> None:
        new = NewReceipt(given.screen_id, given.version, given.kind, given.delay_ms)
        await desk.receipt(alarm_id, new, officer.name, within)


async def _newer(request: Request, look: Callable[[], dict[str, Any]], conflict: VersionConflict) -> Response:
    now_there = await to_thread.run_sync(look)
    return failure(request, 409, "version_conflict", str(conflict), **now_there)


def _now_there(desk: Desk, alarm_id: int, within: Territory) -> dict[str, Any]:
    with desk.read() as connection:
        return queries.alarm_by_id(connection, alarm_id, within)
