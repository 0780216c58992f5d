"""No request of ours is large: whoever sends more is stopped while sending, whatever length was declared."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 64 * 1024


class BodyLimit:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken = 0

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > LARGEST_BODY:
                    raise HTTPException(413, f"a request may have at most {LARGEST_BODY} bytes")
            return message

        await self._app(scope, receive_counted, send)
