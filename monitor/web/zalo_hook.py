"""``/hooks/zalo``: what Zalo tells us. ``/api/v1/zalo/heard``: what it told, for officers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from monitor.errors import StoreUnavailable
from monitor.journal.heard import Heard
from monitor.journal.times import iso
from monitor.journal.zalo_heard import heard_page, keep_heard
from monitor.notify.zalo_hook import ZaloHook
from monitor.web.access import ALARM_ROLES, everywhere_only
from monitor.web.cursors import id_from_cursor, to_cursor
from monitor.web.gate import ZALO_HOOK
from monitor.web.limits import TokenBuckets
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answer, Moment

# Zalo wants an answer within two seconds, and comes again where it gets none: after 30 s, then up to an hour.
KEPT_WITHIN_S = 1.5
# The alarms' writer has better to do than to keep pace with a crowd: whoever is too fast is told to come again.
A_MINUTE, A_MINUTE_OF_ONE = 300, 30
_LOG = structlog.get_logger(__name__)


class HeardShown(Answer):
    id: int
    event: str = Field(description="in Zalo's words: follow, unfollow, user_send_text, user_send_group_image …")
    user_id: str
    group_id: str | None
    text: str
    said_at: Moment
    received_at: Moment
    tip_id: int | None = Field(description="the tip it was taken for")
    free_until_at: Moment | None = Field(description="until then the account writes to this user without a price")
    open_until_at: Moment | None = Field(description="until then it may write to this user at all; null: not now")


class HeardPage(Answer):
    items: list[HeardShown]
    next: str | None


def zalo_hook_router(desk: Desk) -> APIRouter:
    router = APIRouter(responses=REFUSALS)
    ear = _Ear(desk)

    @router.post(ZALO_HOOK, include_in_schema=False)
    async def tell(request: Request) -> Response:
        if (hook := desk.zalo_hook()) is None:
            raise HTTPException(404)
        raw = await request.body()
        if not (body := hook.read(raw)):
            return JSONResponse({})  # the console asks whether anybody is there
        ear.insist(hook, request.headers, raw, body)
        heard = hook.heard(body, desk.clock.now())
        return JSONResponse({}) if heard is None or await ear.keep(hook, heard) else _later()

    @router.get(
        "/api/v1/zalo/heard",
        tags=["reported"],
        summary="What was written to the Zalo account, newest first",
        response_model=HeardPage,
        # Nobody says where in the post a user of Zalo lives.
        dependencies=[Depends(everywhere_only(ALARM_ROLES))],
    )
    def heard_list(
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Mapping[str, Any]:
        before = id_from_cursor(cursor)
        with desk.read() as connection:
            items, next_id = heard_page(connection, limit, before)
        return {"items": [_shown(each) for each in items], "next": to_cursor(next_id)}

    return router


class _Ear:
    """Believes nobody but Zalo, and takes in no more than the store can bear."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._crowd, self._each = TokenBuckets(A_MINUTE, 60), TokenBuckets(A_MINUTE_OF_ONE, 60)
        self._complaints = TokenBuckets(1, 60)

    def insist(self, hook: ZaloHook, headers: Headers, raw: bytes, body: Mapping[str, Any]) -> None:
        mac, timestamp = headers.get("x-zevent-signature", ""), headers.get("x-zevent-timestamp", "")
        if hook.is_genuine(raw, body, mac, timestamp):
            return
        now_s = self._desk.clock.monotonic_s()
        if not self._complaints.wait_s("", now_s):
            self._complaints.take("", now_s)
            _LOG.warning("zalo_hook_signature_wrong")
        raise HTTPException(403, "the signature is not Zalo's")

    async def keep(self, hook: ZaloHook, heard: Heard) -> bool:
        """False where Zalo must come again."""
        now_s = self._desk.clock.monotonic_s()
        if self._crowd.wait_s("", now_s) or self._each.wait_s(heard.user_id, now_s):
            return False
        self._crowd.take("", now_s)
        self._each.take(heard.user_id, now_s)
        work = partial(keep_heard, heard=heard, now=self._desk.clock.now(), is_tip=hook.is_tip(heard))
        try:
            async with asyncio.timeout(KEPT_WITHIN_S):
                await self._desk.write(work)
        except (StoreUnavailable, TimeoutError):
            return False
        return True


def _later() -> Response:
    return JSONResponse({"error": "busy", "message": "come again"}, 503, {"Retry-After": "30"})


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in row.items()}
