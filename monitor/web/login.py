"""Signing in and out: ``/login``, ``/logout``."""

from __future__ import annotations

from functools import partial
from math import ceil
from typing import Annotated
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Form, Request
from pydantic import AfterValidator
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from monitor import metrics
from monitor.inventory.audit import Edit, audit
from monitor.journal import accounts
from monitor.journal.accounts import Lifetime
from monitor.journal.profiles import Profile, profile_of
from monitor.web.access import IDENTITY, Identity, cookie_name, identity_of, is_https, lifetime
from monitor.web.limits import TokenBuckets
from monitor.web.live import Feed
from monitor.web.pages import Pages, remember_profile
from monitor.web.ports import Desk

# A whole post may stand behind one address, so an address has more tries than a name.
ADDRESS_FACTOR = 4
# A name from everywhere: looser still, else a stranger's guesses would keep its owner out of the desk.
NAME_FACTOR = 20
# Each check costs 20 ms of a core and 19 MiB: a crowd at the door must not slow an alarm down.
CHECKS_AT_ONCE = 2
MOST_WAITING = 16


class Door:
    """Checks names and passwords, few at a time and few for each name at each address."""

    def __init__(self, desk: Desk) -> None:
        settings = desk.settings
        self._desk = desk
        attempts, window_s = settings.login_attempts, settings.login_window_s
        self._pairs = TokenBuckets(attempts, window_s)
        self._names = TokenBuckets(attempts * NAME_FACTOR, window_s)
        self._addresses = TokenBuckets(attempts * ADDRESS_FACTOR, window_s)
        self._checks = CapacityLimiter(CHECKS_AT_ONCE)

    def wait_s(self, name: str, address: str) -> int:
        """Whole seconds until this name may be tried again from this address, 0 for now."""
        if self._checks.statistics().tasks_waiting >= MOST_WAITING:
            return 1
        now_s = self._desk.clock.monotonic_s()
        return ceil(max(buckets.wait_s(key, now_s) for buckets, key in self._limits(name, address)))

    async def check(self, name: str, password: str, address: str) -> bool:
        """Takes a try before the check and gives it back after a right one: who knows the password does not guess."""
        now_s = self._desk.clock.monotonic_s()
        for buckets, key in self._limits(name, address):
            buckets.take(key, now_s)
        is_right = await to_thread.run_sync(partial(self._is_right, name, password), limiter=self._checks)
        if is_right:
            for buckets, key in self._limits(name, address):
                buckets.give_back(key, now_s)
        return is_right

    def _limits(self, name: str, address: str) -> tuple[tuple[TokenBuckets, str], ...]:
        return (self._pairs, f"{address} {name}"), (self._names, name), (self._addresses, address)

    def _is_right(self, name: str, password: str) -> bool:
        with self._desk.read() as connection:
            password_hash = accounts.password_hash_of(connection, name)
        return accounts.is_password(password, password_hash)


def login_router(desk: Desk, feed: Feed, pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    _add_sign_in(router, desk, pages)
    _add_sign_out(router, desk, feed)
    return router


def _add_sign_in(router: APIRouter, desk: Desk, pages: Pages) -> None:
    door = Door(desk)

    def form(request: Request, target: str, status: int = 200, **problem: object) -> Response:
        # problem: None | wrong | limited; wait_s only with limited.
        values: dict[str, object] = {"problem": None, "wait_s": 0, "name": "", **problem}
        values |= {"next": target, "post_name": desk.settings.post_name}
        return pages.page(request, "login.html", values, status)

    @router.get("/login")
    def show(request: Request, next: str = "/", again: bool = False) -> Response:  # noqa: A002  the name in the address
        """``again``: somebody whose session comes to its end begins a new one beside it."""
        if IDENTITY in request.scope and not again:
            return RedirectResponse(own_path(next), 303)
        return form(request, own_path(next))

    @router.post("/login")
    async def sign_in(
        request: Request,
        name: Annotated[str, Form(max_length=256), AfterValidator(accounts.composed)] = "",
        password: Annotated[str, Form(max_length=1024)] = "",
        next: Annotated[str, Form(max_length=2000)] = "/",  # noqa: A002
    ) -> Response:
        target, address = own_path(next), request.client.host if request.client else ""
        if wait_s := door.wait_s(name, address):
            metrics.logins("limited").inc()
            refusal = form(request, target, 429, problem="limited", wait_s=wait_s, name=name)
            refusal.headers["Retry-After"] = str(wait_s)
            return refusal
        if not await door.check(name, password, address):
            metrics.logins("wrong").inc()
            await desk.write(partial(_note_failure, name=name, by=_by(desk, "nobody"), address=address))
            return form(request, target, 401, problem="wrong", name=name)
        metrics.logins("accepted").inc()
        opened = partial(_open_session, by=_by(desk, name), lasting=lifetime(desk), address=address)
        token, profile = await desk.write(opened)
        response = _let_in(request, target, token)
        if profile is not None:
            remember_profile(response, profile, is_secure=is_https(request))
        return response


def _by(desk: Desk, name: str) -> Edit:
    return Edit(name, desk.clock.now(), "login")


def _open_session(tx: Connection, by: Edit, lasting: Lifetime, address: str) -> tuple[str, Profile | None]:
    audit(tx, by, ("user_account", by.actor), "signed_in", {"address": address})
    return accounts.open_session(tx, by.actor, by.at, lasting), profile_of(tx, by.actor)


def _note_failure(tx: Connection, name: str, by: Edit, address: str) -> None:
    # What was typed as a name nobody has may be a password: it is not kept.
    known = name if accounts.password_hash_of(tx, name) is not None else ""
    audit(tx, by, ("user_account", known), "sign_in_failed", {"address": address})


def _close_session(tx: Connection, by: Edit, token_hash: str) -> None:
    if accounts.close_session(tx, token_hash):
        audit(tx, by, ("user_account", by.actor), "signed_out", {})


def _let_in(request: Request, target: str, token: str) -> Response:
    response = RedirectResponse(target, 303)
    is_secure = is_https(request)
    # No age: the browser forgets it when it closes, and the server ends it in any case.
    response.set_cookie(cookie_name(request), token, path="/", secure=is_secure, httponly=True, samesite="lax")
    return response


def _add_sign_out(router: APIRouter, desk: Desk, feed: Feed) -> None:
    @router.post("/logout")
    async def sign_out(request: Request, identity: Annotated[Identity, Depends(identity_of)]) -> Response:
        by = _by(desk, identity.user.name)
        await desk.write(partial(_close_session, by=by, token_hash=identity.credential))
        feed.end_credential(identity.credential)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(cookie_name(request), path="/", secure=is_https(request), httponly=True, samesite="lax")
        return response


def own_path(target: str) -> str:
    """``target`` where it is a path of ours, else ``/``: nobody may use the login to send people elsewhere."""
    is_plain = target.isprintable() and "\\" not in target and target.startswith("/") and not target.startswith("//")
    if not is_plain:
        return "/"
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else "/"
