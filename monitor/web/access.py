"""Who asks: a browser session or a bearer token, and what its role may do."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from monitor.inventory.territory import Territory, territory_of
from monitor.journal import accounts
from monitor.journal.accounts import Lifetime, LiveSession, Role, User
from monitor.web.ports import Desk, Foyer

IDENTITY = "chuong.identity"
ALARM_ROLES = frozenset({Role.DUTY_OFFICER, Role.COMMANDER, Role.ADMINISTRATOR})
# Who may set right how people are told.
CHANNEL_ROLES = frozenset({Role.COMMANDER, Role.ADMINISTRATOR})
INVENTORY_ROLES = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
# A message nobody could read may hold anything; who registers devices needs to see what strangers send.
QUARANTINE_ROLES = frozenset({Role.OPERATOR, Role.COMMANDER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Identity:
    """``credential``: hash of the session or token; ``session`` is None for a bearer token.

    ``territory``: what the user may see and change, as the area tree was when the request came.
    """

    user: User
    credential: str
    territory: Territory
    session: LiveSession | None = None


def cookie_name(connection: HTTPConnection) -> str:
    # The prefix makes browsers refuse the cookie from plain HTTP and from sibling hosts; it needs HTTPS.
    return "__Host-chuong_session" if is_https(connection) else "chuong_session"


def is_https(connection: HTTPConnection) -> bool:
    return bool(connection.scope["scheme"] == "https")


def path_of(connection: HTTPConnection) -> str:
    """The path that routing sees. ``connection.url`` is put together with the Host header, which anybody may write."""
    return str(connection.scope["path"])


def idle_time(desk: Foyer) -> timedelta:
    return timedelta(seconds=desk.settings.session_idle_s)


def lifetime(desk: Desk) -> Lifetime:
    return Lifetime(idle_time(desk), timedelta(seconds=desk.settings.session_lifetime_s))


def identify(desk: Foyer, bearer: str | None, cookie: str | None) -> Identity | None:
    """A bearer token, where there is one, is the only word that counts. Reads the store: not on the event loop."""
    with desk.read() as connection:
        if bearer is not None:
            user = accounts.user_of_token(connection, bearer)
            if user is None:
                return None
            return Identity(user, accounts.hash_token(bearer), territory_of(connection, user.scope))
        if cookie:
            session = accounts.session_of(connection, cookie, desk.clock.now(), idle_time(desk))
            if session is None:
                return None
            territory = territory_of(connection, session.user.scope)
            return Identity(session.user, session.token_hash, territory, session)
    return None


def identity_of(request: Request) -> Identity:
    """The gate has let nobody else through; without it this fails closed."""
    identity = request.scope.get(IDENTITY)
    if not isinstance(identity, Identity):
        raise HTTPException(401, "sign in first")
    return identity


def territory_of_request(identity: Annotated[Identity, Depends(identity_of)]) -> Territory:
    return identity.territory


# What every route that reads or writes the inventory takes, and hands to each query.
Within = Annotated[Territory, Depends(territory_of_request)]


def only(roles: Collection[Role]) -> Callable[[Identity], User]:
    """A dependency: the user who asks, refused with 403 where the role may not."""

    def allowed(identity: Identity = Depends(identity_of)) -> User:  # noqa: B008  FastAPI's way
        if identity.user.role not in roles:
            able = ", ".join(sorted(roles))
            raise HTTPException(403, f"your role is {identity.user.role}; this needs one of: {able}")
        return identity.user

    return allowed


# Who writes the inventory.
Registrar = Annotated[User, Depends(only(INVENTORY_ROLES))]


def everywhere_only(roles: Collection[Role]) -> Callable[[Identity], User]:
    """As ``only``, and for accounts that are bound to no area: for what cannot be told by area."""

    def allowed(identity: Annotated[Identity, Depends(identity_of)]) -> User:
        if not identity.territory.is_everywhere:
            raise HTTPException(403, "your account is bound to an area; this cannot be told by area")
        return only(roles)(identity)

    return allowed
