"""`/api/v1/sirens` and `/api/v1/siren-calls`: sirens sound when an officer says so, two over a wide area."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field, StringConstraints, model_validator
from sqlalchemy import Connection, RowMapping

from device_adapters.core.contract import DeviceClass
from monitor.inventory.territory import Territory
from monitor.journal import sirens
from monitor.journal.accounts import User
from monitor.machines.siren import SirenState
from monitor.pipeline.incident_commands import Act
from monitor.pipeline.siren_log import NewCall, call_sirens, second_call, siren_rules, stop_call, stop_siren
from monitor.web.access import ALARM_ROLES, Within, only
from monitor.web.pages import Pages
from monitor.web.ports import Desk
from monitor.web.schemas import (
    AREA_PATTERN,
    LARGEST_ID,
    REFUSALS,
    Answer,
    Answers,
    DeviceId,
    Failure,
    Identifier,
    Moment,
    Question,
)

# As bells: what has not been heard for a month is not known to work.
TEST_EVERY = timedelta(days=30)
log = structlog.get_logger()

Officer = Annotated[User, Depends(only(ALARM_ROLES))]
CallId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such siren, call, area or incident"}}
_REFUSED: Answers = {
    409: {"model": Failure, "description": "`too_long`, `nothing_to_sound`; `two_persons`, `over` of a second officer"}
}


class OrderShown(Answer):
    id: int
    call_id: int
    state: SirenState
    attempts: int = Field(description="how often it was told the same")
    off_due_at: Moment | None = Field(description="when it is told to be silent")
    acknowledged_at: Moment | None
    sounding_at: Moment | None = Field(description="when it was first known to sound")
    off_at: Moment | None = Field(description="when it said that it is silent")


class OrderOfCall(OrderShown):
    device_id: str
    name: str | None


class SirenShown(Answer):
    id: str
    name: str
    device_class: DeviceClass
    adapter: str
    place: str | None
    group_id: str | None
    group_name: str | None
    area_id: str | None
    life: str = Field(description="the state of the device: ONLINE, OFFLINE …")
    last_sounded_at: Moment | None = Field(description="when it was last known to sound")
    is_test_overdue: bool = Field(
        description=f"it was not known to sound for {TEST_EVERY.days} days: nobody knows whether it would"
    )
    order: OrderShown | None = Field(description="the newest")


class SirenList(Answer):
    items: list[SirenShown]


class CallShown(Answer):
    id: int
    reason: str
    area_id: str | None
    incident_id: int | None
    for_s: int
    is_wide: bool = Field(description="it takes a second officer")
    asked_at: Moment
    asked_by: str
    second_until_at: Moment | None
    second_at: Moment | None
    second_by: str | None
    stopped_at: Moment | None
    stopped_by: str | None
    orders: list[OrderOfCall] = Field(description="those inside one's own territory")


class CallList(Answer):
    items: list[CallShown]


class CallGiven(Question):
    device_ids: list[Identifier] = Field(default=[], max_length=500)
    area_id: Annotated[str, StringConstraints(pattern=AREA_PATTERN)] | None = Field(
        default=None, description="all sirens of an area, instead of `device_ids`"
    )
    for_s: int = Field(default=30, ge=1, le=1800)
    reason: str = Field(min_length=3, max_length=500)
    incident_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)

    @model_validator(mode="after")
    def _names_one_of_both(self) -> CallGiven:
        if bool(self.device_ids) == bool(self.area_id):
            raise ValueError("either sirens or an area")
        return self


def sirens_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(responses=REFUSALS)
    _add_lists(router, desk)
    _add_calling(router, desk)
    _add_acts(router, desk)

    @router.get("/sirens", include_in_schema=False)
    def page(request: Request, _officer: Officer) -> Response:
        settings = desk.settings
        return pages.framed(request, "sirens.html", "/sirens", {"max_on_s": settings.siren_max_on_s})

    return router


def _add_lists(router: APIRouter, desk: Desk) -> None:
    @router.get("/api/v1/sirens", tags=["sirens"], summary="Whatever can be told to sound", response_model=SirenList)
    def siren_list(_officer: Officer, within: Within) -> Mapping[str, Any]:
        with desk.read() as connection:
            found = sirens.sirens(connection, within)
        lives, now = desk.lives_of([each["id"] for each in found]), desk.clock.now()
        return {"items": [{**each, **_how(each, lives.get(each["id"]), now)} for each in found]}

    @router.get("/api/v1/siren-calls", tags=["sirens"], summary="Calls, newest first", response_model=CallList)
    def call_list(
        _officer: Officer,
        within: Within,
        incident: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> Mapping[str, Any]:
        with desk.read() as connection:
            return {"items": sirens.calls(connection, within, limit=limit, incident_id=incident)}


def _add_calling(router: APIRouter, desk: Desk) -> None:
    rules = siren_rules(desk.settings)

    @router.post(
        "/api/v1/siren-calls",
        tags=["sirens"],
        summary="Sound sirens",
        status_code=201,
        response_model=CallShown,
        responses=_UNKNOWN | _REFUSED,
    )
    async def call(given: CallGiven, officer: Officer, within: Within) -> Mapping[str, Any]:
        """They are told at once, and are told to be silent after `for_s`. More than `siren_wide_over` of them, or a
        whole commune, wait (`is_wide`) until another officer agrees, until `second_until_at`."""
        ids = tuple(given.device_ids)
        new = NewCall(ids, given.area_id, given.for_s, given.reason, officer.name, given.incident_id)
        shown = await _written(desk, within, lambda tx, now: call_sirens(tx, new, rules, within, now))
        await _noted(desk, shown, "asked" if shown["is_wide"] else "sounded", (officer, within))
        return shown


def _add_acts(router: APIRouter, desk: Desk) -> None:
    acted: dict[str, Any] = {"tags": ["sirens"], "response_model": CallShown, "responses": _UNKNOWN | _REFUSED}

    @router.post("/api/v1/siren-calls/{call_id}/second", summary="Agree to another officer's call", **acted)
    async def second(call_id: CallId, officer: Officer, within: Within) -> Mapping[str, Any]:
        shown = await _written(desk, within, lambda tx, now: second_call(tx, call_id, officer.name, within, now))
        await _noted(desk, shown, "sounded", (officer, within))
        return shown

    @router.post("/api/v1/siren-calls/{call_id}/stop", summary="Silence; one officer is enough", **acted)
    async def stop(call_id: CallId, officer: Officer, within: Within) -> Mapping[str, Any]:
        shown = await _written(desk, within, lambda tx, now: stop_call(tx, call_id, officer.name, within, now))
        await _noted(desk, shown, "stopped", (officer, within))
        return shown

    @router.post(
        "/api/v1/sirens/{device_id}/stop", tags=["sirens"], summary="Silence one", status_code=204, responses=_UNKNOWN
    )
    async def stop_one(device_id: DeviceId, officer: Officer, within: Within) -> None:
        now = desk.clock.now()
        await desk.write(lambda tx: stop_siren(tx, device_id, officer.name, within, now))


async def _written(
    desk: Desk, within: Territory, work: Callable[[Connection, datetime], RowMapping]
) -> Mapping[str, Any]:
    now = desk.clock.now()

    def act(tx: Connection) -> Mapping[str, Any]:
        return sirens.call_json(tx, work(tx, now), within)

    return await desk.write(act)


async def _noted(desk: Desk, call: Mapping[str, Any], did: str, by: tuple[User, Territory]) -> None:
    """A line of the incident it was made from. The sirens sound already: a mistake in here must not say they do not."""
    if call["incident_id"] is None:
        return
    act = Act(incident_id=call["incident_id"], version=0, by=by[0].name, within=by[1])
    try:
        await desk.on_incidents(lambda room: room.note_siren(act, did, call))
    except Exception:
        log.exception("siren_not_noted", call_id=call["id"])


def _how(siren: Mapping[str, Any], life: Any, now: datetime) -> dict[str, Any]:
    last = siren["last_sounded_at"]
    is_overdue = last is None or now - datetime.fromisoformat(last) > TEST_EVERY
    return {"life": life.state if life else "UNKNOWN", "is_test_overdue": is_overdue}
