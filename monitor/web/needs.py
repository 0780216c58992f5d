"""``/api/v1/needs``, ``/needs``: what waits for whoever asks, in one list, most urgent first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from monitor.journal.strangers import strangers
from monitor.journal.times import iso
from monitor.pipeline.recording import UNKNOWN_DEVICE
from monitor.reports.needs import Asking, Need, needs_of
from monitor.web.access import ALARM_ROLES, QUARANTINE_ROLES, Identity, identity_of
from monitor.web.pages import Pages
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answer, Moment
from monitor.web.shifts import scope_of

Who = Annotated[Identity, Depends(identity_of)]


class NeedShown(Answer):
    kind: str = Field(
        description="alarms, faults, late, incidents, shift_free, shift_handing, untold, shelves, tests, tips "
        "or strangers"
    )
    n: int
    since_at: Moment | None = Field(description="of the oldest; null: nobody wrote down since when")
    address: str = Field(description="the page where it is seen to")


class NeedList(Answer):
    items: list[NeedShown]


def needs_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(responses=REFUSALS)

    @router.get("/api/v1/needs", tags=["users"], summary="What waits for whoever asks", response_model=NeedList)
    def needs(who: Who) -> Mapping[str, Any]:
        return {"items": [{**asdict(need), "since_at": iso(need.since_at)} for need in _needs(desk, who)]}

    @router.get("/needs", include_in_schema=False)
    def page(request: Request) -> Response:
        return pages.framed(request, "needs.html", "/needs")

    return router


def _needs(desk: Desk, who: Identity) -> list[Need]:
    role, within = who.user.role, who.territory
    asking = Asking(who.user.name, within, scope_of(within), desk.clock.now())
    with desk.read() as connection:
        found = needs_of(connection, asking) if role in ALARM_ROLES else []
        if role in QUARANTINE_ROLES and within.is_everywhere:
            heard = strangers(connection, UNKNOWN_DEVICE)
            if heard:
                since_at = min(datetime.fromisoformat(each["first_heard_at"]) for each in heard)
                found.append(Need("strangers", len(heard), since_at, "/strangers"))
    return found
