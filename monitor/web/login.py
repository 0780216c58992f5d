"""Signing in and out: ``/login``, ``/logout``."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from urllib.parse import urlsplit

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
from monitor.web.door import Door
from monitor.web.live import Feed
from monitor.web.pages import Pages, remember_profile
from monitor.web.ports import Desk


def login_router(desk: Desk, feed: Feed, pages: Pages, door: Door) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    _add_sign_in(router, desk, pages, door)
    _add_sign_out(router, desk, feed)
    return router


def _add_sign_in(router: APIRouter, desk: Desk, pages: Pages, door: Door) -> None:
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
        opened = partial(open_session, by=_by(desk, name), lasting=lifetime(desk), address=address)
        token, profile = await desk.write(opened)
        response = _let_in(request, target, token)
        if profile is not None:
            remember_profile(response, profile, is_secure=is_https(request))
        return response


def _by(desk: Desk, name: str) -> Edit:
    return Edit(name, desk.clock.now(), "login")


def open_session(tx: Connection, by: Edit, lasting: Lifetime, address: str) -> tuple[str, Profile | None]:
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
    give_cookie(request, response, token)
    return response


def give_cookie(request: Request, response: Response, token: str) -> None:
    # No age: the browser forgets it when it closes, and the server ends it in any case.
    is_secure = is_https(request)
    response.set_cookie(cookie_name(request), token, path="/", secure=is_secure, httponly=True, samesite="lax")


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
