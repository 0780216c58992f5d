"""``/api/v1/profile``, ``/profile``: what one likes of one's screens, kept with the account, not the browser."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from monitor.journal.accounts import SHORTEST_PASSWORD
from monitor.journal.profiles import Profile, change_profile, profile_of
from monitor.web.access import Identity, identity_of, is_https
from monitor.web.pages import Pages, remember_profile
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answer, Question

Who = Annotated[Identity, Depends(identity_of)]


class ProfileShown(Answer):
    language: Literal["vi", "en"] | None
    theme: Literal["auto", "light", "dark"] | None
    letters_off: bool
    tour_seen: bool


class ProfileGiven(Question):
    """What is left out stays as it is."""

    language: Literal["vi", "en"] | None = None
    theme: Literal["auto", "light", "dark"] | None = None
    letters_off: bool | None = None
    tour_seen: bool | None = None


def profile_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(responses=REFUSALS)

    def of(name: str) -> Profile:
        with desk.read() as connection:
            return profile_of(connection, name) or Profile()

    @router.get(
        "/api/v1/profile", tags=["users"], summary="What one likes of one's screens", response_model=ProfileShown
    )
    def profile(who: Who) -> Any:
        return of(who.user.name)

    @router.post("/api/v1/profile", tags=["users"], summary="Like it otherwise", response_model=ProfileShown)
    async def change(given: ProfileGiven, who: Who, request: Request, response: Response) -> Any:
        """At every browser from the next sign-in on, at this one at once."""
        changes = given.model_dump(exclude_none=True)
        changed = await desk.write(partial(change_profile, user_name=who.user.name, changes=changes))
        remember_profile(response, changed, is_secure=is_https(request))
        return changed

    @router.get("/profile", include_in_schema=False)
    def page(request: Request, who: Who) -> Response:
        return pages.framed(
            request, "profile.html", "/profile", {"profile": of(who.user.name), "shortest": SHORTEST_PASSWORD}
        )

    return router
