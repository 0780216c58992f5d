"""What the leader's feed tells, for web processes too: on a thread of its own, which the ring never waits for.

What cannot be put down in time is let go, and the screens of web processes are told to load everything again. The beat
of the leader's pulse goes the same way, behind all that was told before it: no way, no beat, and those screens say so.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from monitor.clock import Clock
from monitor.errors import StoreUnavailable
from monitor.journal.database import Fence
from monitor.settings import Settings
from monitor.web.live import Beat, Feed
from monitor.web.ports import Frame

if TYPE_CHECKING:
    from monitor.journal.feed_frames import FrameWriter

log = structlog.get_logger()

MOST_WAITING = 5_000
LOOK_EVERY_S, RETRY_S, KEEP_S = 1.0, 0.5, 60.0


@contextmanager
def relayed(feed: Feed, settings: Settings, fence: Fence, clock: Clock) -> Iterator[None]:
    """While it lasts web processes hear what ``feed`` tells."""
    from monitor.journal.feed_frames import FrameWriter  # with PostgreSQL's driver, which nobody on SQLite waits for

    relay = FrameRelay(FrameWriter(settings.database_url, fence), announced_url(settings), clock)
    relay.start()
    feed.relay = relay
    try:
        yield
    finally:
        feed.relay = None
        relay.stop()


class FrameRelay:
    def __init__(self, writer: FrameWriter, url: str, clock: Clock) -> None:
        self._writer, self._url, self._clock = writer, url, clock
        self._lock = threading.Lock()
        self._waiting: deque[Frame] = deque()
        self._beat: Beat | None = None
        self._seq = 0
        self._has_gap = False
        self._is_watched = False
        self._looked_s = float("-inf")
        self._kept: deque[tuple[float, int]] = deque()
        self._news, self._is_over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="frame relay", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        self._news.set()
        self._thread.join(timeout=5)
        self._writer.close()

    def frames(self, frames: Sequence[Frame]) -> None:
        """From any thread; never waits for the store, never fails."""
        if not self._is_watched:
            return
        with self._lock:
            self._waiting.extend(frames)
            self._seq = max([self._seq, *(each.seq for each in frames)])
            if len(self._waiting) > MOST_WAITING:
                self._waiting.clear()
                self._has_gap = True
        self._news.set()

    def beat(self, beat: Beat, seq: int) -> None:
        """The newest counts; it goes behind all frames of before."""
        if self._is_watched:
            with self._lock:
                self._beat, self._seq = beat, max(self._seq, seq)
            self._news.set()

    def _run(self) -> None:
        while not self._is_over.is_set():
            self._news.wait(LOOK_EVERY_S)
            self._news.clear()
            try:
                self._look()
                self._put()
                self._forget()
            except Exception as error:
                self._has_gap = True
                if isinstance(error, StoreUnavailable):
                    log.warning("web_processes_not_told", reason=error.reason)
                else:
                    log.exception("web_processes_not_told")
                self._is_over.wait(RETRY_S)

    def _look(self) -> None:
        if (now_s := self._clock.monotonic_s()) - self._looked_s < LOOK_EVERY_S:
            return
        self._is_watched = self._writer.is_watched()
        self._looked_s = now_s

    def _put(self) -> None:
        with self._lock:
            seq = self._seq
            frames, beat, has_gap = list(self._waiting), self._beat, self._has_gap
            self._waiting.clear()
            self._beat, self._has_gap = None, False
            if has_gap:
                frames = [Frame(seq, "resync", {"reason": "relay_gap"}, None)]
        if not self._is_watched or not (frames or beat):
            return
        row = self._writer.put(encode({"url": self._url, "seq": seq}, frames, beat))
        self._kept.append((self._clock.monotonic_s(), row))

    def _forget(self) -> None:
        """A minute's worth at a time, so that it costs next to nothing."""
        now_s = self._clock.monotonic_s()
        if not self._kept or now_s - self._kept[0][0] < 2 * KEEP_S:
            return
        up_to = 0
        while self._kept and now_s - self._kept[0][0] >= KEEP_S:
            up_to = self._kept.popleft()[1]
        self._writer.forget(up_to)


def announced_url(settings: Settings) -> str:
    """Where web processes find this monitor."""
    host = settings.http_host if settings.http_host not in {"0.0.0.0", "::"} else "127.0.0.1"  # noqa: S104
    return settings.announce_url or f"http://{f'[{host}]' if ':' in host else host}:{settings.http_port}"


def encode(leader: Mapping[str, Any], frames: Sequence[Frame], beat: Beat | None) -> str:
    """``is_tailored``: what each account that is bound to an area is told is not here."""
    told = [(each.seq, each.event, each.data, each.places, each.tailored is not None) for each in frames]
    pulse = None if beat is None else (beat.now, beat.health)
    return orjson.dumps({**leader, "frames": told, "beat": pulse}).decode()


def decode(frames: Sequence[Sequence[Any]]) -> Iterator[tuple[Frame, bool]]:
    """Each with ``is_tailored``; such a one is nobody's who is bound to an area."""
    for seq, event, data, places, is_tailored in frames:
        kept = () if is_tailored else places
        yield Frame(seq, event, data, None if kept is None else tuple(map(tuple, kept))), is_tailored
