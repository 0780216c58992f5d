"""`/api/v1/zalo/authorise` and `/zalo/callback`: an officer goes to Zalo, authorises the account, and comes back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from monitor.errors import Refusal
from monitor.journal.accounts import User
from monitor.web.access import CHANNEL_ROLES, everywhere_only
from monitor.web.ports import Authorisation, Desk
from monitor.web.schemas import REFUSALS, Answer

Chief = Annotated[User, Depends(everywhere_only(CHANNEL_ROLES))]


class Begun(Answer):
    address: str


def zalo_router(desk: Desk) -> APIRouter:
    router = APIRouter(responses=REFUSALS)

    def account() -> Authorisation:
        if (found := desk.zalo()) is None:
            raise HTTPException(404, "no Zalo account is set up in channels.toml")
        return found

    @router.post("/api/v1/zalo/authorise", tags=["duties"], summary="Where to authorise Zalo", response_model=Begun)
    def begin(chief: Chief) -> Begun:
        """The address of a page of Zalo's; it leads back to `/zalo/callback` within ten minutes."""
        return Begun(address=account().begin(chief.name))

    @router.get("/zalo/callback", include_in_schema=False)
    def back(
        chief: Chief,
        code: Annotated[str, Query(min_length=1, max_length=2000)],
        state: Annotated[str, Query(min_length=1, max_length=200)],
    ) -> RedirectResponse:
        # Nobody else can bring it about: the word in ``state`` was given to this very officer, and is good once.
        try:
            account().finish(code, state, chief.name)
        except Refusal as refusal:
            return RedirectResponse(f"/duties?zalo={refusal.code}", 303)
        return RedirectResponse("/duties?zalo=authorised", 303)

    return router
