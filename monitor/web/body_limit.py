"""No request of ours is large: whoever sends more is stopped while sending, whatever length was declared."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024
# Where files come in. Longer than what the route takes, so that the route can say it in its own words.
LARGER_BODIES = {
    re.compile(r"/api/v1/devices/[^/]+/photo"): 320 * 1024,
    re.compile(r"/api/v1/imports"): 5_100_000,
}


class BodyLimit:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken, most = 0, _most(scope)

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > most:
                    raise HTTPException(413, f"a request may have at most {most} bytes")
            return message

        await self._app(scope, receive_counted, send)


def _most(scope: Scope) -> int:
    path = scope.get("path", "")
    return next((most for pattern, most in LARGER_BODIES.items() if pattern.fullmatch(path)), LARGEST_BODY)
