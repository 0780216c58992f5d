"""``/api/v1/profile/password``: a new password, by who knows the old one. Every other browser must sign in again."""

from __future__ import annotations

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from pydantic import Field, SecretStr
from sqlalchemy import Connection

from monitor.errors import Refusal, TooBusy
from monitor.inventory.audit import Edit, audit
from monitor.journal import accounts
from monitor.web.access import Identity, identity_of
from monitor.web.door import Door
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answers, Failure, Question
from monitor.web.users import Password

_NOT_HIS: Answers = {409: {"model": Failure, "description": "`wrong_password`: not the one he has"}}
_TOO_MANY: Answers = {429: {"model": Failure, "description": "Too many wrong ones: see Retry-After"}}


class OwnPassword(Question):
    current: Annotated[SecretStr, Field(max_length=1024)]
    password: Password


def own_password_router(desk: Desk, door: Door) -> APIRouter:
    """``door``: the one people sign in by, so that nobody has tries here beside those there."""
    router = APIRouter(responses=REFUSALS)

    @router.post(
        "/api/v1/profile/password",
        tags=["users"],
        summary="A new password of one's own",
        status_code=204,
        responses=_NOT_HIS | _TOO_MANY,
    )
    async def change(given: OwnPassword, who: Annotated[Identity, Depends(identity_of)], request: Request) -> None:
        """This browser stays signed in; every other one of the account must sign in again."""
        name, address = who.user.name, request.client.host if request.client else ""
        if wait_s := door.wait_s(name, address):
            raise TooBusy(f"too many wrong passwords: wait {wait_s} s", wait_s)
        if not await door.check(name, given.current.get_secret_value(), address):
            raise Refusal("that is not the password of this account", "wrong_password")
        hashed = await to_thread.run_sync(accounts.fit_hash, given.password.get_secret_value())

        def write(tx: Connection) -> None:
            accounts.set_hashed(tx, name, hashed, staying=who.credential)
            audit(tx, Edit(name, desk.clock.now(), "profile"), ("user_account", name), "password_set", {})

        await desk.write(write)

    return router
