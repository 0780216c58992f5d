"""In a web process: whatever it does not answer itself goes to the leader over HTTP, as it came and as it comes back.

No client with a memory stands between: a jar of cookies here would hand one officer's session to the next.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable

import httpx2
import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.web.failures import failure

STREAM = "/api/v1/stream"
OWN_PATHS = frozenset({STREAM, "/healthz", "/readyz"})
OWN_PREFIX = "/static/"
# Of one connection only (RFC 9110, 7.6.1), or written anew on each.
_OF_ONE_HOP = frozenset(
    (
        *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te"),
        *(b"trailer", b"transfer-encoding", b"upgrade", b"expect"),
    )
)
# What anybody may write: the leader believes what we say of who asks.
_SAID_BY_US = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-real-ip"})
_SAID_BY_SERVER = frozenset({b"date", b"server"})
_TIMEOUT = {"timeout": {"connect": 2.0, "read": 60.0, "write": 30.0, "pool": 5.0}}
_LOG = structlog.get_logger(__name__)
Headers = list[tuple[bytes, bytes]]


class HandOn:
    """``leader``: its address, None while none is heard. Then there is no new stream either: it would say nothing."""

    def __init__(self, app: ASGIApp, leader: Callable[[], str | None]) -> None:
        self._app, self._leader = app, leader
        # Kept for less long than the server at the other end keeps it: no request goes into a closed connection.
        limits = httpx2.Limits(max_connections=200, max_keepalive_connections=50, keepalive_expiry=2.0)
        self._transport = httpx2.AsyncHTTPTransport(limits=limits, trust_env=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        is_own = scope["type"] != "http" or path in OWN_PATHS or path.startswith(OWN_PREFIX)
        if is_own and path != STREAM:
            await self._app(scope, receive, send)
        elif (leader := self._leader()) is None:
            await _away(scope, receive, send)
        elif is_own:
            await self._app(scope, receive, send)
        else:
            await self._hand_on(leader, scope, receive, send)

    async def _hand_on(self, leader: str, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._transport.handle_async_request(_request(leader, scope, receive))
        except httpx2.HTTPError as error:
            _LOG.warning("the leader did not answer", leader=leader, reason=str(error) or type(error).__name__)
            await _away(scope, receive, send)
            return
        try:
            headers = _passed(answer.headers.raw, _SAID_BY_SERVER)
            await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
            assert isinstance(answer.stream, httpx2.AsyncByteStream)  # noqa: S101  of an asynchronous transport
            async for chunk in answer.stream:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await answer.aclose()


async def _away(scope: Scope, receive: Receive, send: Send) -> None:
    refusal = failure(Request(scope), 503, "no_leader", "no monitor answers here now; try again in a moment")
    refusal.headers["Retry-After"] = "2"
    await refusal(scope, receive, send)


def _request(leader: str, scope: Scope, receive: Receive) -> httpx2.Request:
    headers = _passed(scope["headers"], _SAID_BY_US)
    if scope.get("client"):
        headers.append((b"x-forwarded-for", scope["client"][0].encode()))
    headers.append((b"x-forwarded-proto", scope["scheme"].encode()))
    wanted = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
    names = {name for name, _ in scope["headers"]}
    has_body = bool(names & {b"content-length", b"transfer-encoding"})
    url = httpx2.URL(leader).copy_with(raw_path=wanted)
    content = _body(receive) if has_body else None
    return httpx2.Request(scope["method"], url, headers=headers, content=content, extensions=_TIMEOUT)


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise httpx2.ReadError("who asked has gone")  # half of a request is none
        if body := message.get("body", b""):
            yield body
        if not message.get("more_body"):
            return


def _passed(headers: Iterable[tuple[bytes, bytes]], but: frozenset[bytes]) -> Headers:
    given = [(name.lower(), value) for name, value in headers]
    named = {word.strip().lower() for name, value in given if name == b"connection" for word in value.split(b",")}
    return [(name, value) for name, value in given if name not in _OF_ONE_HOP | but | named]
