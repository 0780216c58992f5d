"""``POST /login/screen``: a screen that nobody sits at signs itself in, by the token of an account that only reads."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from monitor.errors import Refusal
from monitor.inventory.audit import Edit
from monitor.journal.accounts import Role
from monitor.web.access import Identity, identity_of, lifetime
from monitor.web.login import give_cookie, open_session
from monitor.web.ports import Desk

# Whoever reads the screen's settings has its token: it may open nothing but eyes.
ONLY_READ = frozenset({Role.READER, Role.PROVINCE_READER})


def screen_door_router(desk: Desk) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.post("/login/screen", status_code=204)
    async def let_in(request: Request, response: Response, who: Annotated[Identity, Depends(identity_of)]) -> None:
        """With the token as a bearer's, which is how the gate knows who it is."""
        if who.session is not None or who.user.role not in ONLY_READ:
            raise Refusal("a screen signs in by the token of an account that only reads", "no_screen_token")
        edit = Edit(who.user.name, desk.clock.now(), "login")
        address = request.client.host if request.client else ""
        opened = partial(open_session, by=edit, lasting=lifetime(desk), address=address)
        token, _ = await desk.write(opened)
        give_cookie(request, response, token)

    return router
