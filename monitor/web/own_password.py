"""``/api/v1/profile/password``: a new password, by who knows the old one. Every other browser must sign in again."""

from __future__ import annotations

from functools import partial
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

NOT_HIS = "that is not the password of this account"
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
        """This browser stays signed in; every other one of the account must sign in again. Tokens stay."""
        name, address = who.user.name, request.client.host if request.client else ""
        if wait_s := door.wait_s(name, address):
            raise TooBusy(f"too many wrong passwords: wait {wait_s} s", wait_s)
        before = await to_thread.run_sync(_hash_of, desk, name)
        edit = Edit(name, desk.clock.now(), "profile")
        if not await door.check(name, given.current.get_secret_value(), address):
            await desk.write(partial(_note, edit=edit, change="password_refused", address=address))
            raise Refusal(NOT_HIS, "wrong_password")
        hashed = await to_thread.run_sync(accounts.fit_hash, given.password.get_secret_value())

        def write(tx: Connection) -> None:
            if accounts.password_hash_of(tx, name) != before:
                raise Refusal(NOT_HIS, "wrong_password")  # it was set anew meanwhile, perhaps against whoever asks here
            accounts.set_hashed(tx, name, hashed, staying=who.credential)
            _note(tx, edit, "password_set", address)

        await desk.write(write)

    return router


def _hash_of(desk: Desk, name: str) -> str | None:
    with desk.read() as connection:
        return accounts.password_hash_of(connection, name)


def _note(tx: Connection, edit: Edit, change: str, address: str) -> None:
    audit(tx, edit, ("user_account", edit.actor), change, {"address": address})
