"""What is put aside, chatters or stands too long, in one list; taking it back; and whether there is a flood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy import Connection

from device_adapters.core.events import AlarmKind
from monitor.inventory.territory import Territory
from monitor.journal import set_aside
from monitor.journal.accounts import Role, User
from monitor.journal.times import iso
from monitor.machines.discipline import Rules, flood_since, is_forgotten
from monitor.pipeline.out_of_service import Taken
from monitor.web.access import ALARM_ROLES, Within, only
from monitor.web.pages import Pages
from monitor.web.ports import Desk
from monitor.web.schemas import LARGEST_ID, REFUSALS, Answer, Answers, Failure, Identifier, Moment, Question

# Who answers for a device that says nothing.
OUT_ROLES = frozenset({Role.COMMANDER, Role.ADMINISTRATOR})
# A flood that began before that has long been something else.
LOOKS_BACK = 12
NEWEST = 5000
SHOWN = 200
ENDED_SHOWN = 20

Officer = Annotated[User, Depends(only(ALARM_ROLES))]
Commander = Annotated[User, Depends(only(OUT_ROLES))]
ShelfId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such shelf or device"}}
_REFUSED: Answers = {409: {"model": Failure, "description": "`over`; `out_of_service`, `in_service`, `retired`"}}


class Named(Answer):
    device_id: str | None
    device_name: str | None
    place: str | None
    position: str | None
    group_name: str | None


class ShelvedAlarm(Named):
    id: int
    alarm_id: int
    kind: AlarmKind
    reason: str
    shelved_at: Moment
    shelved_by: str
    until_at: Moment
    first_at: Moment = Field(description="when the row of shelves began that this one goes on with")
    times: int = Field(description="how many in that row")


class OpenShelf(ShelvedAlarm):
    priority: int
    is_condition_present: bool = Field(description="it would ring if the shelf ended now")
    is_forgotten: bool


class EndedShelf(ShelvedAlarm):
    ended_at: Moment
    ended_by: str | None
    ending: str = Field(description="expired, taken_off, or out: the device went out of service")


class DeviceOut(Named):
    device_id: str
    device_class: str
    reason: str
    since_at: Moment
    taken_by: str


class ChatteringAlarm(Named):
    alarm_id: int
    kind: AlarmKind
    began_at: Moment
    activations: int
    last_at: Moment


class StaleAlarm(Named):
    id: int
    kind: AlarmKind
    state: str
    priority: int
    rung_at: Moment
    acknowledged_by: str | None


class SetAsideList(Answer):
    longest_min: int
    shelves: list[OpenShelf]
    ended: list[EndedShelf]
    out_of_service: list[DeviceOut]
    chattering: list[ChatteringAlarm]
    stale: list[StaleAlarm]
    stale_after_h: float


class FloodTold(Answer):
    since_at: Moment | None = Field(description="null: there is none")
    alarms: int = Field(description="new ones of priority 1 to 3 within `within_min`, inside one's own territory")
    within_min: float


class OutGiven(Question):
    reason: str = Field(min_length=1, max_length=500)


def shelved_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(responses=REFUSALS)
    _add_lists(router, desk)
    _add_acts(router, desk)

    @router.get("/shelved", include_in_schema=False)
    def page(request: Request) -> Response:
        return pages.framed(request, "shelved.html", "/", {"out_roles": OUT_ROLES})

    return router


def _add_lists(router: APIRouter, desk: Desk) -> None:
    @router.get("/api/v1/shelved", tags=["alarms"], summary="What is put aside, and why", response_model=SetAsideList)
    def shelved(within: Within) -> Mapping[str, Any]:
        """Also alarms that chatter, and those that stand so long that nobody sees them any more."""
        with desk.read() as connection:
            return _listed(connection, desk.discipline, desk, within)

    @router.get("/api/v1/flood", tags=["alarms"], summary="Whether there are too many", response_model=FloodTold)
    def flood(within: Within) -> Mapping[str, Any]:
        """Told from when alarms came, so that every screen and every restart sees the same."""
        rules, now = desk.discipline, desk.clock.now()
        with desk.read() as connection:
            newest = set_aside.newest_alarm(connection) - NEWEST
            opened = set_aside.opened_since(connection, now - LOOKS_BACK * rules.flood_within, newest, within)
        return {
            "since_at": iso(flood_since(opened, now, rules)),
            "alarms": sum(at > now - rules.flood_within for at in opened),
            "within_min": rules.flood_within / timedelta(minutes=1),
        }


def _add_acts(router: APIRouter, desk: Desk) -> None:
    refused: Answers = {**_UNKNOWN, **_REFUSED}

    @router.post(
        "/api/v1/shelves/{shelf_id}/end",
        tags=["alarms"],
        summary="Take an alarm off its shelf",
        status_code=204,
        responses=refused,
    )
    async def take_off(shelf_id: ShelfId, officer: Officer, within: Within) -> None:
        """It rings at once where its condition is still there."""
        await desk.on_set_aside(lambda on: on.take_off(shelf_id, officer.name, within))

    @router.post(
        "/api/v1/devices/{device_id}/out-of-service",
        tags=["devices"],
        summary="Take a device out of service",
        status_code=204,
        responses=refused,
    )
    async def take_out(device_id: Identifier, given: OutGiven, commander: Commander, within: Within) -> None:
        """What it says of itself is quiet; its calls for help ring all the same, and say that it is out of service."""
        taken = Taken(device_id, given.reason, commander.name)
        await desk.on_set_aside(lambda on: on.take_out(taken, within))

    @router.post(
        "/api/v1/devices/{device_id}/in-service",
        tags=["devices"],
        summary="Put a device back in service",
        status_code=204,
        responses=refused,
    )
    async def bring_back(device_id: Identifier, commander: Commander, within: Within) -> None:
        await desk.on_set_aside(lambda on: on.bring_back(device_id, commander.name, within))


def _listed(connection: Connection, rules: Rules, desk: Desk, within: Territory) -> Mapping[str, Any]:
    now = desk.clock.now()
    shelves = [
        {**each, "is_forgotten": is_forgotten(datetime.fromisoformat(each["first_at"]), each["times"], now, rules)}
        for each in set_aside.shelves(connection, within)
    ]
    return {
        "longest_min": round(rules.longest_shelf / timedelta(minutes=1)),
        "shelves": _told(OpenShelf, shelves),
        "ended": _told(EndedShelf, set_aside.shelves_ended(connection, within, ENDED_SHOWN)),
        "out_of_service": _told(DeviceOut, set_aside.out_of_service(connection, within)),
        "chattering": _told(ChatteringAlarm, set_aside.chattering(connection, within)),
        "stale": _told(StaleAlarm, set_aside.standing_since(connection, now - rules.stale_after, within, SHOWN)),
        "stale_after_h": rules.stale_after / timedelta(hours=1),
    }


def _told(shape: type[Answer], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in shape.model_fields} for row in rows]
