"""``/strangers``: what is heard and not registered, how each family is set up, and whether what was set up is heard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from device_adapters.core.registry import adapters
from monitor.journal.accounts import User
from monitor.journal.strangers import strangers
from monitor.pipeline.recording import UNKNOWN_DEVICE
from monitor.web.access import QUARANTINE_ROLES, everywhere_only
from monitor.web.pages import Pages
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answer, Moment

# An unknown device is in no area: who sees only one is not told of it.
Finder = Annotated[User, Depends(everywhere_only(QUARANTINE_ROLES))]


class Stranger(Answer):
    adapter: str
    address: str = Field(description="as it is registered by")
    first_heard_at: Moment
    last_heard_at: Moment = Field(description="when it was last written down; of each its first message, and its calls")
    messages: int
    topic: str
    says: str = Field(description="the beginning of its last message")
    name: str = Field(description="as it says of itself, by Home Assistant's discovery; empty where it says nothing")
    maker: str
    model: str
    kind: str = Field(description="bell, camera or nothing: what it is likely for, by what it says")
    unread: str = Field(description="an input and its template that nobody here can read; empty where all can be")


class StrangersAnswer(Answer):
    items: list[Stranger] = Field(description="newest first, at most 100")


def strangers_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(responses=REFUSALS)

    @router.get(
        "/api/v1/strangers",
        tags=["devices"],
        summary="Devices heard and not registered",
        response_model=StrangersAnswer,
    )
    def listed(_finder: Finder) -> Mapping[str, Any]:
        return {"items": _found(desk)}

    @router.get("/strangers", include_in_schema=False)
    def page(request: Request, _finder: Finder) -> Response:
        values = {"strangers": _found(desk), "families": list(adapters())}
        return pages.framed(request, "strangers.html", "/strangers", values)

    return router


def _found(desk: Desk) -> list[dict[str, Any]]:
    with desk.read() as connection:
        return strangers(connection, UNKNOWN_DEVICE)
