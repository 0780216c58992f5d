"""``/api/v1/duties``, ``/duties``: who was told of what, what reached nobody. ``/api/v1/channels``: the ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BeforeValidator, Field
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from monitor.inventory.territory import Territory
from monitor.journal import duties
from monitor.journal.accounts import User
from monitor.journal.channel_tokens import authorisations
from monitor.journal.duties import DutyFilter
from monitor.journal.incidents import incident_row
from monitor.journal.times import iso
from monitor.machines.delivery import DutyState
from monitor.notify.channel_health import TEST_AGAIN_S, TEST_EVERY_S
from monitor.web.access import ALARM_ROLES, CHANNEL_ROLES, Within, everywhere_only, identity_of, only
from monitor.web.cursors import id_from_cursor, to_cursor
from monitor.web.pages import Pages
from monitor.web.ports import ChannelState, Desk
from monitor.web.schemas import LARGEST_ID, REFUSALS, Answer, Answers, Failure, Moment

Officer = Annotated[User, Depends(only(ALARM_ROLES))]
DutyId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
AnyCase = Annotated[DutyState, BeforeValidator(lambda word: word.upper() if isinstance(word, str) else word)]
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such duty"}}
_NO_CHANNEL: Answers = {404: {"model": Failure, "description": "No such channel"}}


class DutyShown(Answer):
    id: int
    alarm_id: int
    code: str = Field(description="what people call the alarm: BD-260314-0001")
    kind: str
    about: Literal["ring", "dispatch", "recall", "layers", "end"] = Field(
        description="of what it tells: that it rings, that forces were sent, or not after all, a warning by a plan "
        "of rings, the end"
    )
    priority: int
    role: str
    recipient: str = Field(description="a role's or a group's name")
    channel: str
    way: str | None = Field(
        description="the channel's kind: zalo_group, copy_text …; null: there is none of its name now"
    )
    text: str
    state: DutyState
    attempts: int
    is_repeat: bool = Field(description="an earlier try may have arrived")
    decided_at: Moment
    due_at: Moment
    next_at: Moment
    settled_at: Moment | None
    settled_by: str | None
    last_outcome: str | None
    last_answer: str | None = Field(description="in the channel's words")
    switched_from: int | None = Field(description="the duty that this one goes on for, by another way")


class DutyPage(Answer):
    items: list[DutyShown]
    next: str | None


class QuotaShown(Answer):
    remain: int
    total: int
    is_low: bool


class ChannelShown(Answer):
    name: str
    kind: str
    fault: str | None = Field(description="what it said when it last failed")
    answered_at: Moment | None
    tested_at: Moment | None
    test_due_at: Moment | None = Field(description="when it is asked again by itself; null: any moment now")
    quota: QuotaShown | None = Field(description="messages that are left; null: the way has no such number")
    waiting: int
    by_hand: int
    dead: int


class Authorisation(Answer):
    account: str
    ends_at: Moment = Field(description="when its last key ends, unless it is renewed before")
    fault: str | None
    needs_person: bool = Field(description="it was refused, or ends within a week: somebody must authorise it anew")


class ChannelList(Answer):
    items: list[ChannelShown]
    accounts: list[Authorisation]


def duties_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["duties"], responses=REFUSALS)
    _add_duties(router, desk)
    _add_channels(router, desk)
    return router


def duties_page_router(pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/duties")
    def page(request: Request, officer: Officer) -> Response:
        may_test = officer.role in CHANNEL_ROLES and identity_of(request).territory.is_everywhere
        return pages.framed(request, "duties.html", "/duties", {"may_test": may_test})

    return router


def _add_duties(router: APIRouter, desk: Desk) -> None:
    @router.get(
        "/duties",
        summary="Who was told of what, newest first",
        response_model=DutyPage,
        dependencies=[Depends(only(ALARM_ROLES))],
    )
    def duty_list(
        chosen: Annotated[DutyFilter, Depends(_filter)],
        within: Within,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Mapping[str, Any]:
        """`state=dead` are those that reached nobody, `state=by_hand` the texts that wait for a person to copy them."""
        before = id_from_cursor(cursor)
        with desk.read() as connection:
            if chosen.incident_id is not None:
                incident_row(connection, chosen.incident_id, within)
            items, next_id = duties.duties_page(connection, chosen, within, limit=limit, before_id=before)
        return {"items": [_with_way(each, desk.channels()) for each in items], "next": to_cursor(next_id)}

    async def by_person(act: Callable[..., dict[str, Any]], duty_id: int, who: User, within: Territory) -> Any:
        at = desk.clock.now()

        def work(tx: Connection) -> dict[str, Any]:
            return act(tx, duty_id, who.name, at, within)

        return _with_way(await desk.write(work), desk.channels())

    @router.post(
        "/duties/{duty_id}/done", summary="The text was passed on", response_model=DutyShown, responses=_UNKNOWN
    )
    async def done(duty_id: DutyId, officer: Officer, within: Within) -> Any:
        return await by_person(duties.done_by_hand, duty_id, officer, within)

    @router.post(
        "/duties/{duty_id}/again", summary="Try a dead one again", response_model=DutyShown, responses=_UNKNOWN
    )
    async def again(duty_id: DutyId, officer: Officer, within: Within) -> Any:
        return await by_person(duties.send_again, duty_id, officer, within)


def _filter(
    state: Annotated[list[AnyCase] | None, Query(description="one or more states")] = None,
    alarm: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="of one alarm")] = None,
    incident: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="of all alarms of one incident")] = None,
) -> DutyFilter:
    return DutyFilter(tuple(state or ()), alarm, incident)


def _with_way(duty: Mapping[str, Any], channels: Mapping[str, ChannelState]) -> dict[str, Any]:
    channel = channels.get(duty["channel"])
    return {**duty, "way": channel.kind if channel else None}


def _add_channels(router: APIRouter, desk: Desk) -> None:
    # How the whole post tells people cannot be told by area.
    @router.get(
        "/channels",
        summary="The ways to tell people, and how they are",
        response_model=ChannelList,
        dependencies=[Depends(everywhere_only(ALARM_ROLES))],
    )
    def channels() -> Mapping[str, Any]:
        with desk.read() as connection:
            counts = duties.count_duties(connection)
            accounts = authorisations(connection, desk.clock.now())
        if desk.zalo() is not None and not accounts:
            never = {"account": "zalo", "ends_at": desk.clock.now(), "fault": "never authorised", "needs_person": True}
            accounts = [never]
        items = [_shown(name, channel, counts) for name, channel in desk.channels().items()]
        return {"items": items, "accounts": [{**each, "ends_at": iso(each["ends_at"])} for each in accounts]}

    @router.post(
        "/channels/{name}/test",
        summary="Ask a channel whether it would work",
        response_model=ChannelShown,
        responses=_NO_CHANNEL,
        dependencies=[Depends(everywhere_only(CHANNEL_ROLES))],
    )
    def test(name: Annotated[str, Path(max_length=24)]) -> Mapping[str, Any]:
        """Nobody is told anything by it. It is asked by itself every hour too."""
        if name not in desk.channels():
            raise HTTPException(404, f"there is no channel {name}")
        desk.test_channel(name)
        with desk.read() as connection:
            counts = duties.count_duties(connection)
        return _shown(name, desk.channels()[name], counts)


def _shown(name: str, channel: ChannelState, counts: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    count = partial(_count, counts, name)
    states = {"waiting": count("WAITING") + count("SENDING"), "by_hand": count("BY_HAND"), "dead": count("DEAD")}
    told = asdict(channel) | {"answered_at": iso(channel.answered_at), "tested_at": iso(channel.tested_at)}
    wait_s = TEST_AGAIN_S if channel.fault else TEST_EVERY_S
    told["test_due_at"] = iso(channel.tested_at + timedelta(seconds=wait_s)) if channel.tested_at else None
    if channel.quota is not None:
        told["quota"] |= {"is_low": channel.quota.is_low}
    return {"name": name, **told, **states}


def _count(counts: Mapping[tuple[str, str], int], name: str, state: str) -> int:
    return counts.get((name, state), 0)
