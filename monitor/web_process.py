"""`chuong web`: one of several processes that carry the live feed of the leader to screens, so that it need not.

leader's feed ── feed_frame, NOTIFY ──▶ our feed ──▶ screens        all other requests ──▶ the leader, over HTTP

It has no pulse of its own: the leader's comes behind all that the leader told, and without it our screens say that
nothing comes. Where anything may be missing, they load everything again.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, TypeVar

import orjson
import structlog
import uvicorn
from anyio import to_thread
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError
from starlette.middleware import Middleware

from monitor.clock import Clock, SystemClock
from monitor.errors import StartError, StoreUnavailable
from monitor.frame_relay import decode
from monitor.inventory.territory import Territory
from monitor.journal.database import Store
from monitor.logs import configure_logs
from monitor.settings import Settings
from monitor.sole_use import listener_on
from monitor.web import failures
from monitor.web.catalogue_reader import Catalogue
from monitor.web.gate import Gate
from monitor.web.handing_on import HandOn
from monitor.web.headers import SecurityHeaders
from monitor.web.live import Beat, Feed
from monitor.web.pages import Pages
from monitor.web.ports import Frame
from monitor.web.replay import Replay
from monitor.web.server import Server
from monitor.web.sse import resync
from monitor.web.static_files import HashedFiles
from monitor.web.stream import Audience, stream_router

log = structlog.get_logger()
T = TypeVar("T")

# A beat comes once a second; what is older than this is no sign of life.
LATE_S, LOST_S = 3.0, 4.0
WAIT_S, RETRY_S = 0.5, 0.5


class StoreFoyer:
    """What streams need of a store, beside the one writer and never in its way."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        from monitor.journal.postgresql_backend import PostgresqlBackend

        self.settings, self.clock = settings, clock
        self.store = Store(settings.database_url)
        self._steward = PostgresqlBackend(make_url(settings.database_url)).steward()

    def read(self) -> AbstractContextManager[Connection]:
        return self.store.read()

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await to_thread.run_sync(self._write, work)

    def _write(self, work: Callable[[Connection], T]) -> T:
        try:
            with self._steward.connect() as connection:
                return work(connection)
        except SQLAlchemyError as error:
            raise StoreUnavailable(str(error).partition("\n")[0]) from error

    def close(self) -> None:
        self._steward.dispose()
        self.store.close()


class Follower:
    """Hears the leader on a thread, and tells ``feed``."""

    def __init__(self, url: str, feed: Feed, clock: Clock) -> None:
        from monitor.journal.feed_frames import FrameReader

        self._reader, self._feed, self._clock = FrameReader(url), feed, clock
        self.audience: Audience | None = None
        self._epoch = self._seq = 0
        self._is_linked = False  # nothing is missing since the last resync
        self._leader: str | None = None
        self._health: Mapping[str, Any] = {}
        self._beaten_s = float("-inf")
        self._telling: asyncio.Task[None] | None = None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self, audience: Audience) -> None:
        self.audience = audience
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        self._thread.join(timeout=5)
        self._reader.close()

    def leader(self) -> str | None:
        """Its address, None while it is not heard. From any thread."""
        is_heard = self._is_linked and self._clock.monotonic_s() - self._beaten_s < LOST_S
        return self._leader if is_heard else None

    def is_ready(self) -> bool:
        return self.leader() is not None and bool(self._health.get("ready"))

    def _run(self) -> None:
        while not self._is_over.is_set():
            try:
                told = self._reader.read()
                for row in told:
                    if row.epoch >= self._epoch:
                        self._take(row.epoch, row.age_s, orjson.loads(row.body))
                if not told:
                    self._reader.wait(WAIT_S)
            except Exception as error:  # noqa: BLE001  whatever it was, screens must not go on as if nothing were missing
                self._is_linked = False
                log.warning("leader_not_heard", reason=getattr(error, "reason", None) or repr(error))
                self._is_over.wait(RETRY_S)

    def _take(self, epoch: int, age_s: float, told: Mapping[str, Any]) -> None:
        if epoch != self._epoch or age_s > LATE_S:
            self._is_linked, self._epoch = False, epoch
        if age_s > LATE_S:
            return
        self._seq = max(self._seq, told["seq"])
        if self._is_linked:
            for frame, is_tailored in decode(told["frames"]):
                self._feed.publish([frame])
                if is_tailored:
                    self._feed.after_all(self._feed.resync_bound)
        elif told["beat"]:
            self._feed.publish([Frame(self._seq, "resync", {"reason": "feed_gap"}, None)])
            log.info("following", leader=told["url"], epoch=epoch)
        if told["beat"]:
            now, self._health = told["beat"]
            self._leader, self._beaten_s, self._is_linked = told["url"], self._clock.monotonic_s(), True
            beat, beaten_s = Beat(now, self._health), self._beaten_s
            self._feed.after_all(lambda: self._begin_to_tell(beat, beaten_s))

    def _begin_to_tell(self, beat: Beat, beaten_s: float) -> None:
        """On the loop. A beat that finds the one before still under way is left out."""
        if self._telling is None or self._telling.done():
            self._telling = asyncio.ensure_future(self._tell(beat, beaten_s))

    async def _tell(self, beat: Beat, beaten_s: float) -> None:
        if self.audience is None or self._clock.monotonic_s() - beaten_s > LATE_S:
            return
        try:
            await self.audience.tell(lambda: beat)
        except Exception:
            log.exception("beat_not_passed_on")


def create_web_app(foyer: StoreFoyer, feed: Feed, follower: Follower) -> FastAPI:
    @asynccontextmanager
    async def alive(_app: FastAPI) -> AsyncIterator[None]:
        feed.open(0)
        audience = Audience(foyer, feed)
        follower.start(audience)
        touching = asyncio.create_task(audience.touch_for_ever())
        yield
        feed.close()
        touching.cancel()
        await asyncio.gather(touching, return_exceptions=True)

    def begin_anew(_since: int, _within: Territory) -> Replay:
        return Replay(0, (resync(0, "feed_gap"),))

    passing = [Middleware(SecurityHeaders), Middleware(HandOn, leader=follower.leader), Middleware(Gate, desk=foyer)]
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, lifespan=alive,
                  middleware=passing)  # fmt: skip
    app.state.pages = Pages(Catalogue(), foyer.settings.post_name)
    failures.install(app)
    app.include_router(stream_router(foyer, feed, begin_anew))
    app.mount("/static", HashedFiles(), name="static")

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        is_ready = follower.is_ready()
        return JSONResponse({"ready": is_ready, "leader": follower.leader() is not None}, 200 if is_ready else 503)

    return app


def serve_screens(settings: Settings) -> None:
    """Runs until it is told to stop. Raises ``StartError`` where it cannot start."""
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        raise StartError("web processes need PostgreSQL: on SQLite one process does it all (see database_url)")
    configure_logs(settings.log_level)
    clock, feed = SystemClock(), Feed()
    with listener_on(settings.http_host, settings.http_port) as listener:
        foyer, follower = StoreFoyer(settings, clock), Follower(settings.database_url, feed, clock)
        config = uvicorn.Config(
            create_web_app(foyer, feed, follower),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        log.info("serving_screens", host=settings.http_host, port=settings.http_port)
        try:
            Server(config, feed).run(sockets=[listener])
        finally:
            follower.stop()
            foyer.close()
