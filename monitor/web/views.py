"""``/api/v1/views``: questions people keep under a name, for themselves or for the whole post."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from monitor.journal import saved_views
from monitor.journal.saved_views import MOST_VIEWS, NewView
from monitor.web.access import Identity, identity_of
from monitor.web.ports import Desk
from monitor.web.schemas import ID_PATTERN, REFUSALS, Answer, Answers, Failure, Question

ViewId = Annotated[str, Path(pattern=ID_PATTERN)]
Who = Annotated[Identity, Depends(identity_of)]


class ViewGiven(Question):
    name: str = Field(min_length=1, max_length=200)
    question: str = Field(max_length=2000, description="filters and order, as in the address of the list")
    is_shared: bool = False


class View(ViewGiven, Answer):
    id: int
    owner: str
    is_own: bool


class ViewList(Answer):
    items: list[View]


def views_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["inventory"], responses=REFUSALS)

    @router.get("/views", summary="One's own saved views, and those others share", response_model=ViewList)
    def views(who: Who) -> Mapping[str, Any]:
        with desk.read() as connection:
            found = saved_views.views_of(connection, who.user.name, who.territory)
        return {"items": [_told(view, who.user.name) for view in found]}

    full: Answers = {409: {"model": Failure, "description": f"`too_many_views`: one may have {MOST_VIEWS}"}}

    @router.post("/views", summary="Save a view", status_code=201, response_model=View, responses=full)
    async def save(given: ViewGiven, who: Who) -> Mapping[str, Any]:
        """One's own of the same name is replaced. A view holds a question, no answer: everybody sees by it only what
        lies in their own territory."""
        new = NewView(who.user.name, given.name, given.question, given.is_shared, desk.clock.now())
        return _told(await desk.write(partial(saved_views.save, new=new)), who.user.name)

    unknown: Answers = {404: {"model": Failure, "description": "No view of one's own"}}

    @router.delete("/views/{view_id}", summary="Forget a view", status_code=204, responses=unknown)
    async def forget(view_id: ViewId, who: Who) -> None:
        await desk.write(partial(saved_views.remove, view_id=view_id, owner=who.user.name))

    return router


def _told(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    told = {each: view[each] for each in ("id", "name", "question", "is_shared", "owner")}
    return {**told, "is_own": view["owner"] == name}
