"""``/api/v1/users``, ``/users``: who may sign in, as what, and where. ``/audit``: the page of the audit journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from pydantic import Field, SecretStr
from sqlalchemy import Connection

from monitor.errors import Refusal
from monitor.inventory.audit import Edit, audit
from monitor.journal import account_keys, accounts
from monitor.journal.account_keys import NO_KEYS, Keys
from monitor.journal.accounts import LONGEST_NAME, LONGEST_PASSWORD, SHORTEST_PASSWORD, Role, User
from monitor.journal.times import iso
from monitor.web.access import everywhere_only, only
from monitor.web.pages import Pages
from monitor.web.people import AUDIT_ROLES
from monitor.web.ports import Desk
from monitor.web.schemas import AREA_PATTERN, REFUSALS, Answer, Answers, Failure, Moment, Question

USER_ROLES = frozenset({Role.ADMINISTRATOR})
Administrator = Annotated[User, Depends(everywhere_only(USER_ROLES))]
UserName = Annotated[str, Path(min_length=1, max_length=LONGEST_NAME)]
Password = Annotated[SecretStr, Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]
Scope = Annotated[str | None, Field(default=None, pattern=AREA_PATTERN, description="null: bound to no area")]
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such account"}}
_REFUSED: Answers = {409: {"model": Failure, "description": "Name taken, no such area, or nobody would be left"}}


class UserShown(Answer):
    name: str
    role: Role
    scope: str | None
    sessions: int = Field(description="browsers that are signed in now")
    tokens: int
    last_used_at: Moment | None = Field(description="of the browser that was used last")


class UserList(Answer):
    items: list[UserShown]


class RoleGiven(Question):
    role: Role
    scope: Scope


class UserGiven(RoleGiven):
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    password: Password


class PasswordGiven(Question):
    password: Password


def users_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(responses=REFUSALS)
    _add_reading(router, desk, pages)
    _add_acts(router, desk)
    return router


def _add_reading(router: APIRouter, desk: Desk, pages: Pages) -> None:
    @router.get("/api/v1/users", tags=["users"], summary="Who may sign in", response_model=UserList)
    def users(_administrator: Administrator) -> Mapping[str, Any]:
        with desk.read() as connection:
            known = accounts.users(connection)
            used = account_keys.keys_of(connection, desk.clock.now())
        return {"items": [_shown(user, used.get(user.name, NO_KEYS)) for user in known]}

    @router.get("/users", include_in_schema=False)
    def page(request: Request, _administrator: Administrator) -> Response:
        return pages.framed(request, "users.html", "/users", {"roles": list(Role), "shortest": SHORTEST_PASSWORD})

    @router.get("/audit", include_in_schema=False, dependencies=[Depends(only(AUDIT_ROLES))])
    def journal(request: Request) -> Response:
        return pages.framed(request, "audit.html", "/audit")


def _add_acts(router: APIRouter, desk: Desk) -> None:
    act: dict[str, Any] = {"tags": ["users"], "status_code": 204, "responses": _UNKNOWN | _REFUSED}

    @router.post("/api/v1/users", summary="A new account", **act)
    async def add(given: UserGiven, by: Administrator) -> None:
        user, now = User(accounts.composed(given.name), given.role, given.scope), desk.clock.now()
        hashed = await _hashed(given.password)
        await _written(desk, by, user.name, "added", partial(_add, user=user, hashed=hashed, now=now))

    @router.post("/api/v1/users/{name}/role", summary="Another role, or another area", **act)
    async def change(name: UserName, given: RoleGiven, by: Administrator) -> None:
        """From its next request on. The last administrator stays one."""
        user, now = User(name, given.role, given.scope), desk.clock.now()
        await _written(desk, by, name, "changed", partial(_change, user=user, now=now))

    @router.post("/api/v1/users/{name}/password", summary="A new password", **act)
    async def password(name: UserName, given: PasswordGiven, by: Administrator) -> None:
        """Every browser of the account must sign in again."""
        hashed = await _hashed(given.password)
        await _written(desk, by, name, "password_set", partial(_set_password, name=name, hashed=hashed))

    @router.post("/api/v1/users/{name}/revoke", summary="End its sessions and tokens", **act)
    async def revoke(name: UserName, by: Administrator) -> None:
        await _written(desk, by, name, "revoked", partial(_revoke, name=name))

    @router.post("/api/v1/users/{name}/close", summary="Close it for good", **act)
    async def close(name: UserName, by: Administrator) -> None:
        """Its name stays taken, for the journal speaks of it. The last administrator stays."""
        await _written(desk, by, name, "closed", partial(_close, name=name))


async def _written(desk: Desk, by: User, name: str, change: str, work: Callable[[Connection], dict[str, Any]]) -> None:
    """``work`` with its line in the audit journal: both or neither."""
    edit = Edit(by.name, desk.clock.now(), "users")

    def write(tx: Connection) -> None:
        detail = work(tx)
        audit(tx, edit, ("user_account", name), change, detail)

    await desk.write(write)


async def _hashed(password: SecretStr) -> str:
    """Beside the event loop and the writer: it takes as long as twenty presses."""
    return await to_thread.run_sync(accounts.fit_hash, password.get_secret_value())


def _set_password(tx: Connection, name: str, hashed: str) -> dict[str, Any]:
    accounts.set_hashed(tx, name, hashed)
    return {}


def _add(tx: Connection, user: User, hashed: str, now: datetime) -> dict[str, Any]:
    accounts.add_hashed(tx, user, hashed, now)
    return {"role": user.role, "scope": user.scope}


def _change(tx: Connection, user: User, now: datetime) -> dict[str, Any]:
    before = accounts.user_named(tx, user.name)
    if user.role is not Role.ADMINISTRATOR or user.scope is not None:
        _insist_on_another(tx, before)
    accounts.change_user(tx, user, now)
    return {"role": user.role, "scope": user.scope, "role_was": before.role, "scope_was": before.scope}


def _revoke(tx: Connection, name: str) -> dict[str, Any]:
    return {"tokens": accounts.revoke_tokens(tx, name), "sessions": accounts.end_sessions(tx, name)}


def _close(tx: Connection, name: str) -> dict[str, Any]:
    _insist_on_another(tx, accounts.user_named(tx, name))
    accounts.deactivate(tx, name)
    return {}


def _insist_on_another(tx: Connection, user: User) -> None:
    left = [each for each in accounts.users(tx) if each.role is Role.ADMINISTRATOR and each.scope is None]
    if [each.name for each in left] == [user.name]:
        raise Refusal("this is the only administrator who is bound to no area: make another one first")


def _shown(user: User, keys: Keys) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role,
        "scope": user.scope,
        "sessions": keys.sessions,
        "tokens": keys.tokens,
        "last_used_at": iso(keys.last_used_at),
    }
