"""Who asks: a browser session or a bearer token, and what its role may do."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Depends, Request
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from monitor.journal import accounts
from monitor.journal.accounts import Lifetime, LiveSession, Role, User
from monitor.web.ports import Desk

IDENTITY = "chuong.identity"
ALARM_ROLES = frozenset({Role.DUTY_OFFICER, Role.COMMANDER, Role.ADMINISTRATOR})
INVENTORY_ROLES = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Identity:
    """``credential``: hash of the session or token; ``session`` is None for a bearer token."""

    user: User
    credential: str
    session: LiveSession | None = None


def cookie_name(connection: HTTPConnection) -> str:
    # The prefix makes browsers refuse the cookie from plain HTTP and from sibling hosts; it needs HTTPS.
    return "__Host-chuong_session" if is_https(connection) else "chuong_session"


def is_https(connection: HTTPConnection) -> bool:
    return bool(connection.scope["scheme"] == "https")


def path_of(connection: HTTPConnection) -> str:
    """The path that routing sees. ``connection.url`` is put together with the Host header, which anybody may write."""
    return str(connection.scope["path"])


def idle_time(desk: Desk) -> timedelta:
    return timedelta(seconds=desk.settings.session_idle_s)


def lifetime(desk: Desk) -> Lifetime:
    return Lifetime(idle_time(desk), timedelta(seconds=desk.settings.session_lifetime_s))


def identify(desk: Desk, bearer: str | None, cookie: str | None) -> Identity | None:
    """A bearer token, where there is one, is the only word that counts. Reads the store: not on the event loop."""
    with desk.read() as connection:
        if bearer is not None:
            user = accounts.user_of_token(connection, bearer)
            return None if user is None else Identity(user, accounts.hash_token(bearer))
        if cookie:
            session = accounts.session_of(connection, cookie, desk.clock.now(), idle_time(desk))
            return None if session is None else Identity(session.user, session.token_hash, session)
    return None


def identity_of(request: Request) -> Identity:
    """The gate has let nobody else through; without it this fails closed."""
    identity = request.scope.get(IDENTITY)
    if not isinstance(identity, Identity):
        raise HTTPException(401, "sign in first")
    return identity


def only(roles: Collection[Role]) -> Callable[[Identity], User]:
    """A dependency: the user who asks, refused with 403 where the role may not."""

    def allowed(identity: Identity = Depends(identity_of)) -> User:  # noqa: B008  FastAPI's way
        if identity.user.role not in roles:
            able = ", ".join(sorted(roles))
            raise HTTPException(403, f"your role is {identity.user.role}; this needs one of: {able}")
        return identity.user

    return allowed
