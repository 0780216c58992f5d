"""The live feed: takes frames from the writer thread, encodes each once, hands it to every open stream.

Alarms go out at once; what changed of devices is gathered and goes out at most five times a second. A client
that does not keep up loses its backlog and is told to load everything again: nothing is buffered for long.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from monitor import metrics
from monitor.journal.times import iso
from monitor.web.ports import Frame
from monitor.web.sse import Packet, packet, resync

DEVICES_EVERY_S = 0.2
BACKLOG_PACKETS = 512
BACKLOG_BYTES = 4 * 1024 * 1024
DEVICE_COLUMNS = ("id", "state", "since_at", "last_seen_at", "battery_pct")


class Beat:
    """One second's sign of life. Clients stand at few different places, so each place is encoded once."""

    def __init__(self, at: datetime, health: Mapping[str, Any]) -> None:
        self._at = iso(at)
        self._health = health
        self._encoded: dict[int, bytes] = {}

    def encode(self, seq: int) -> bytes:
        if seq not in self._encoded:
            data = {"seq": seq, "now": self._at, "health": self._health}
            self._encoded[seq] = packet("beat", seq, data).at(seq)
        return self._encoded[seq]


class Listener:
    """One open stream: what it still has to be sent. Lives on the event loop."""

    def __init__(self, credential: str, seq: int) -> None:
        self.credential = credential
        self.seq = seq
        self.replayed_to = 0  # the store's answer to Last-Event-ID brought everything up to here
        self.end_reason: str | None = None
        self._packets: deque[Packet] = deque()
        self._bytes = 0
        self._beat: Beat | None = None
        self._wake = asyncio.Event()

    def put(self, new: Packet, feed_seq: int) -> None:
        self._packets.append(new)
        self._bytes += len(new.body)
        if len(self._packets) > BACKLOG_PACKETS or self._bytes > BACKLOG_BYTES:
            metrics.FEED_RESYNCS.inc()
            self._packets.clear()
            self._packets.append(resync(feed_seq, "slow_client"))
            self._bytes = 0
        self._wake.set()

    def beat(self, beat: Beat) -> None:
        # Only the newest counts, so beats can never fill the backlog.
        self._beat = beat
        self._wake.set()

    def end(self, reason: str) -> None:
        self.end_reason = reason
        self._wake.set()

    async def take(self) -> bytes:
        """Waits for news, then all of it in one piece: fewer writes where much happens."""
        await self._wake.wait()
        self._wake.clear()
        chunks = [self._encode(waiting) for waiting in self._packets]
        self._packets.clear()
        self._bytes = 0
        if self._beat is not None:
            chunks.append(self._beat.encode(self.seq))
            self._beat = None
        return b"".join(chunks)

    def _encode(self, waiting: Packet) -> bytes:
        if waiting.is_once and waiting.seq <= self.replayed_to:
            return b""
        self.seq = max(self.seq, waiting.seq)
        return waiting.at(self.seq)


class Feed:
    """``publish`` may be called from any thread, everything else only on the event loop."""

    def __init__(self) -> None:
        # Reentrant: the signal that stops the server may arrive inside it.
        self._lock = threading.RLock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[Listener] = set()
        self._seq = 0
        self._changed: dict[str, tuple[Any, ...]] = {}
        self._changed_seq = 0
        self._flush: asyncio.TimerHandle | None = None
        self._flushed_at_s = float("-inf")

    @property
    def seq(self) -> int:
        """The place in the feed that every listener of now has been given."""
        return self._seq

    def publish(self, frames: Sequence[Frame]) -> None:
        """Hands over what was committed, in order of commits; dropped while no server is up to be listened to."""
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._deliver, tuple(frames))

    def open(self, seq: int) -> None:
        """Starts to deliver on the running loop. ``seq``: the newest committed transition."""
        with self._lock:
            self._loop = asyncio.get_running_loop()
        self._seq = max(self._seq, seq)

    def close(self) -> None:
        """Ends every stream, from any thread: a server that stops waits for them. Later frames are dropped."""
        with self._lock:
            loop, self._loop = self._loop, None
            if loop is not None:
                loop.call_soon_threadsafe(self.end_all, "closing")

    def subscribe(self, credential: str) -> Listener:
        """From now on the listener misses nothing. ``credential``: hash of the session or token that opened it."""
        listener = Listener(credential, self._seq)
        self._listeners.add(listener)
        metrics.FEED_CLIENTS.set(len(self._listeners))
        return listener

    def unsubscribe(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        metrics.FEED_CLIENTS.set(len(self._listeners))

    def credentials(self) -> set[str]:
        return {listener.credential for listener in self._listeners}

    def end_all(self, reason: str) -> None:
        for listener in self._listeners:
            listener.end(reason)

    def end_credential(self, credential: str) -> None:
        for listener in self._listeners:
            if listener.credential == credential:
                listener.end("signed_out")

    def beat(self, beat: Beat) -> None:
        for listener in self._listeners:
            listener.beat(beat)

    def _deliver(self, frames: Sequence[Frame]) -> None:
        for frame in sorted(frames, key=lambda frame: (frame.seq, frame.event != "alarm")):
            if frame.event == "devices":
                self._gather(frame)
                continue
            if self._changed_seq > self._seq:
                # A state change waits: were the alarm to overtake it, a client that breaks off
                # in between would ask to go on after the alarm, and never hear of the change.
                self._send_devices()
            self._send(packet(frame.event, frame.seq, frame.data))

    def _gather(self, frame: Frame) -> None:
        rows = zip(*(frame.data[name] for name in DEVICE_COLUMNS), strict=True)
        self._changed.update((row[0], row) for row in rows)
        self._changed_seq = max(self._changed_seq, frame.seq)
        if self._flush is None and self._changed:
            loop = asyncio.get_running_loop()
            wait_s = max(0.0, self._flushed_at_s + DEVICES_EVERY_S - loop.time())
            self._flush = loop.call_later(wait_s, self._send_devices)

    def _send_devices(self) -> None:
        if self._flush is not None:
            self._flush.cancel()
            self._flush = None
        self._flushed_at_s = asyncio.get_running_loop().time()
        columns = zip(*self._changed.values(), strict=True)
        data = {name: list(column) for name, column in zip(DEVICE_COLUMNS, columns, strict=True)}
        self._changed.clear()
        self._send(packet("devices", max(self._seq, self._changed_seq), data))

    def _send(self, new: Packet) -> None:
        self._seq = max(self._seq, new.seq)
        metrics.FEED_FRAMES.inc()
        for listener in self._listeners:
            listener.put(new, self._seq)
