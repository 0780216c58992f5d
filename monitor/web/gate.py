"""The door of the whole application: everything is closed but what is named here, and no other site may act for us.

It stands before routing, so that a route added later, or by a library, is closed too.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from urllib.parse import quote, unquote, urlsplit

import structlog
from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.errors import StoreUnavailable
from monitor.journal import accounts
from monitor.web.access import IDENTITY, Identity, cookie_name, identify, path_of
from monitor.web.failures import failure
from monitor.web.ports import Foyer

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/login"})
OPEN_PREFIX = "/static/"
# Zalo has no account with us: it signs what it says, and the route looks at that.
ZALO_HOOK = "/hooks/zalo"
ACTING_AS = "X-Acting-As"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_TOUCH_AFTER = timedelta(seconds=60)
_LOG = structlog.get_logger(__name__)


class Gate:
    def __init__(self, app: ASGIApp, desk: Foyer) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            request = Request(scope)
            refusal = await self._refusal(request)
            await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, request: Request) -> Response | None:
        path = path_of(request)
        if path.startswith(OPEN_PREFIX) or path in {"/healthz", "/readyz", ZALO_HOOK}:
            return None
        if request.method not in SAFE_METHODS and is_foreign(request):
            return failure(request, 403, "foreign_site", "the request does not come from this site's own pages")
        try:
            identity = await to_thread.run_sync(partial(self._identify, request))
        except StoreUnavailable:
            if path in OPEN_PATHS:
                return None
            return failure(request, 503, "store_unavailable", "the store cannot be read now; try again in a moment")
        if identity is not None:
            request.scope[IDENTITY] = identity
            await self._touch(identity)
            return _not_who_acts(request, identity)
        return None if path in OPEN_PATHS else _unknown(request)

    def _identify(self, request: Request) -> Identity | None:
        return identify(self._desk, _bearer(request.headers), request.cookies.get(cookie_name(request)))

    async def _touch(self, identity: Identity) -> None:
        session, now = identity.session, self._desk.clock.now()
        if session is None or now - session.last_used_at < _TOUCH_AFTER:
            return
        try:
            await self._desk.write(partial(accounts.touch_sessions, hashes=[session.token_hash], now=now))
        except StoreUnavailable:
            _LOG.warning("a session in use could not be noted: the store does not commit")


def _not_who_acts(request: Request, identity: Identity) -> Response | None:
    """A page says whose name it shows. Somebody else may have signed in at that browser since it was opened."""
    shown = request.headers.get(ACTING_AS)
    if request.method in SAFE_METHODS or shown is None or unquote(shown) == identity.user.name:
        return None
    told = "somebody else has signed in at this browser since the page was opened: load it anew"
    refusal = failure(request, 409, "signed_in_anew", told)
    refusal.headers[ACTING_AS] = quote(identity.user.name)
    return refusal


def is_foreign(request: HTTPConnection) -> bool:
    """Whether a browser was, or may have been, sent here by another site.

    Browsers name the site in Sec-Fetch-Site, but only towards HTTPS and localhost; Origin they send always. A
    request with neither comes from no browser of today: it is let in where it brings no cookie to misuse.
    """
    headers = request.headers
    if _bearer(headers) is not None:
        return False  # no browser adds that header by itself
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in {"same-origin", "none"}
    if (origin := headers.get("origin")) is not None:
        return urlsplit(origin).netloc != headers.get("host")
    return cookie_name(request) in request.cookies


def _bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _unknown(request: Request) -> Response:
    path = path_of(request)
    if path.startswith(("/api/", "/metrics")) or "authorization" in request.headers:
        refusal = failure(request, 401, "unauthorized", "sign in, or send a bearer token (chuong user token NAME)")
        refusal.headers["WWW-Authenticate"] = "Bearer"
        return refusal
    if request.method not in SAFE_METHODS or path == "/":
        return RedirectResponse("/login", 303)
    wanted = path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?next={quote(wanted, safe='/')}", 303)
