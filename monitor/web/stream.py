"""``GET /api/v1/stream``: the live feed as server-sent events, and the pulse that beats in every stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from functools import partial
from typing import Annotated, NamedTuple, TypeAlias

import structlog
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import StreamingResponse
from starlette.types import Send

from monitor.errors import StoreUnavailable
from monitor.inventory.territory import Territory, territory_of
from monitor.journal import accounts
from monitor.journal.times import iso
from monitor.web.access import Identity, identity_of, idle_time
from monitor.web.live import Beat, Feed, Listener
from monitor.web.ports import Desk, Foyer
from monitor.web.replay import Replay
from monitor.web.schemas import REFUSALS
from monitor.web.sse import packet, resync

BEAT_EVERY_S = 1.0
TOUCH_EVERY_S = 60.0
# A client that takes nothing for so long is gone, even if its machine has not said so.
STUCK_S = 30.0
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_LOG = structlog.get_logger(__name__)


class EventStream(StreamingResponse):
    """A streaming response that lets a stuck client go, and always ends its generator."""

    media_type = "text/event-stream"

    def __init__(self, chunks: AsyncGenerator[bytes]) -> None:
        super().__init__(chunks, headers=HEADERS)
        self._chunks = chunks

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self._chunks) as chunks:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async for chunk in chunks:
                try:
                    # asyncio's own costs a tenth of what anyio's does; five times a second for hundreds of screens.
                    async with asyncio.timeout(STUCK_S):
                        await send({"type": "http.response.body", "body": chunk, "more_body": True})
                except OSError:  # gone, or stuck: TimeoutError is one too
                    return
            await send({"type": "http.response.body", "body": b"", "more_body": False})


# What was missed since a place in the feed, inside a territory.
Missed: TypeAlias = Callable[[int, Territory], Replay]


def stream_router(desk: Foyer, feed: Feed, missed_since: Missed) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["stream"], responses=REFUSALS)

    @router.get("/stream", summary="The live feed", response_class=StreamingResponse)
    async def stream(
        identity: Annotated[Identity, Depends(identity_of)],
        header: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
        query: Annotated[str | None, Query(alias="last_event_id")] = None,
    ) -> EventStream:
        """Server-sent events, each with `id:`. First `hello`; then what was missed since `Last-Event-ID` (header,
        or `last_event_id` in the address); then `alarm`, `alarm_count`, `devices`, `device_added`, `test` as they
        happen and `beat` once a second, all of the account's own territory. After `resync` load `/api/v1/snapshot`
        again."""
        wanted = header or query
        listener = feed.subscribe(identity.credential, identity.territory)
        return EventStream(_events(feed, listener, Hello(wanted, desk.clock.now(), missed_since)))

    return router


class Hello(NamedTuple):
    """Where a client says it stands, None where it begins."""

    wanted: str | None
    now: datetime
    missed_since: Missed


async def _events(feed: Feed, listener: Listener, hello: Hello) -> AsyncGenerator[bytes]:
    try:
        since = None if hello.wanted is None else _position(hello.wanted)
        start = listener.seq if since is None else max(0, since)
        # Its id is where the client stands, not where the feed does: a break right after it loses nothing.
        yield packet("hello", start, {"seq": start, "now": iso(hello.now)}).at(start)
        if since is not None:
            missed = await to_thread.run_sync(partial(hello.missed_since, since, listener.territory))
            listener.seq = listener.replayed_to = missed.seq
            yield missed.encode()
        while listener.end_reason is None:
            if news := await listener.take():
                yield news
        yield resync(listener.seq, listener.end_reason).at(listener.seq)
    finally:
        feed.unsubscribe(listener)


def _position(text: str) -> int:
    """-1 for what no stream of ours has ever said: answered by a resync."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


class Audience:
    """Whoever listens, as long as they may: an end to streams whose session has ended."""

    def __init__(self, foyer: Foyer, feed: Feed) -> None:
        self._foyer = foyer
        self._feed = feed
        # Its own thread: a crowd of slow requests must not make live screens look dead.
        self._thread = CapacityLimiter(1)

    async def tell(self, look: Callable[[], Beat]) -> None:
        """The beat that ``look`` finds, to those who may still listen; called on a thread."""
        credentials = self._feed.credentials()
        beat = await to_thread.run_sync(look, limiter=self._thread)
        live = await to_thread.run_sync(self._live, credentials, limiter=self._thread) if credentials else {}
        if live is not None:
            self._feed.redraw(live)
        self._feed.beat(beat)
        for credential in credentials - set(credentials if live is None else live):
            self._feed.end_credential(credential)

    def _live(self, credentials: set[str]) -> Mapping[str, Territory] | None:
        """What each of them opens now; None where nobody can tell."""
        try:
            with self._foyer.read() as connection:
                now = self._foyer.clock.now()
                scopes = accounts.still_live(connection, credentials, now, idle_time(self._foyer))
                territories = {scope: territory_of(connection, scope) for scope in set(scopes.values())}
                return {credential: territories[scope] for credential, scope in scopes.items()}
        except StoreUnavailable:
            # A store that cannot be read must not blank the screens that say so.
            return None

    async def touch_for_ever(self) -> None:
        """An open desk is a session in use: it must not go dark in the middle of a quiet night."""
        while True:
            await asyncio.sleep(TOUCH_EVERY_S)
            await self.touch()

    async def touch(self) -> None:
        if credentials := self._feed.credentials():
            now = self._foyer.clock.now()
            try:
                await self._foyer.write(partial(accounts.touch_sessions, hashes=credentials, now=now))
            except StoreUnavailable:
                _LOG.warning("sessions in use could not be noted: the store does not commit")


class Pulse(Audience):
    """Once a second: health and time to every stream."""

    def __init__(self, desk: Desk, feed: Feed) -> None:
        super().__init__(desk, feed)
        self._desk = desk

    async def beat_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            due_s = max(due_s + BEAT_EVERY_S, loop.time())
            await asyncio.sleep(due_s - loop.time())
            try:
                await self.tell(self._look)
            except Exception:  # noqa: BLE001  no beat is what tells the screens; the next try is in a second
                _LOG.exception("the pulse missed a beat")

    def _look(self) -> Beat:
        return Beat(self._desk.clock.now(), self._desk.health())
