"""The live feed: takes frames from the writer thread, encodes each once, hands it to every open stream it is for.

Alarms go out at once; what changed of devices is gathered and goes out at most five times a second. A client
that does not keep up loses its backlog and is told to load everything again: nothing is buffered for long.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain, repeat
from typing import Any, Protocol

from monitor import metrics
from monitor.inventory.territory import EVERYWHERE, NOWHERE, Place, Territory
from monitor.journal.times import iso
from monitor.web.ports import Frame
from monitor.web.sse import Packet, packet, resync

DEVICES_EVERY_S = 0.2
BACKLOG_PACKETS = 512
BACKLOG_BYTES = 4 * 1024 * 1024
DEVICE_COLUMNS = ("id", "state", "since_at", "last_seen_at", "battery_pct")


class Beat:
    """One second's sign of life. Clients stand at few different places, so each place is encoded once."""

    def __init__(self, at: datetime | str, health: Mapping[str, Any]) -> None:
        self.now = iso(at) if isinstance(at, datetime) else at
        self.health = health
        self._encoded: dict[int, bytes] = {}

    def encode(self, seq: int) -> bytes:
        if seq not in self._encoded:
            data = {"seq": seq, "now": self.now, "health": self.health}
            self._encoded[seq] = packet("beat", seq, data).at(seq)
        return self._encoded[seq]


class Listener:
    """One open stream: what it still has to be sent. Lives on the event loop."""

    def __init__(self, credential: str, seq: int, territory: Territory) -> None:
        self.credential = credential
        self.seq = seq
        self.territory = territory
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


class Relay(Protocol):
    """Tells others what the feed tells. It waits for nothing and never fails."""

    def frames(self, frames: Sequence[Frame]) -> None: ...
    def beat(self, beat: Beat, seq: int) -> None: ...


class Feed:
    """``publish``, ``after_all`` and ``close`` may be called from any thread, the rest only on the event loop."""

    relay: Relay | None = None

    def __init__(self) -> None:
        # Reentrant: the signal that stops the server may arrive inside it.
        self._lock = threading.RLock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[Listener] = set()
        self._seq = 0
        self._changed: dict[str, tuple[Place, tuple[Any, ...]]] = {}
        self._changed_seq = 0
        self._flush: asyncio.TimerHandle | None = None
        self._flushed_at_s = float("-inf")

    @property
    def seq(self) -> int:
        """The place in the feed that every listener of now has been given."""
        return self._seq

    def publish(self, frames: Sequence[Frame]) -> None:
        """Hands over what was committed, in order of commits; dropped while no server is up to be listened to."""
        if (relay := self.relay) is not None:
            relay.frames(frames)
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._deliver, tuple(frames))

    def after_all(self, then: Callable[[], None]) -> bool:
        """Runs ``then`` when everything published so far was handed over; False while no server is up."""
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(then)
            return self._loop is not None

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

    def subscribe(self, credential: str, territory: Territory = EVERYWHERE) -> Listener:
        """From now on the listener misses nothing of its territory.

        ``credential``: hash of the session or token that opened it.
        """
        listener = Listener(credential, self._seq, territory)
        self._listeners.add(listener)
        metrics.FEED_CLIENTS.set(len(self._listeners))
        return listener

    def unsubscribe(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        metrics.FEED_CLIENTS.set(len(self._listeners))

    def redraw(self, territories: Mapping[str, Territory]) -> None:
        """``territories``: by credential, as account and area tree are now; whose is another must load all anew."""
        for listener in self._listeners:
            now = territories.get(listener.credential, listener.territory)
            if now != listener.territory:
                listener.territory = now
                listener.put(resync(self._seq, "territory_changed"), self._seq)

    def credentials(self) -> set[str]:
        return {listener.credential for listener in self._listeners}

    def end_all(self, reason: str) -> None:
        for listener in self._listeners:
            listener.end(reason)

    def end_credential(self, credential: str) -> None:
        for listener in self._listeners:
            if listener.credential == credential:
                listener.end("signed_out")

    def resync_bound(self) -> None:
        """Those whose account is bound to an area must load all anew."""
        for listener in self._listeners:
            if not listener.territory.is_everywhere:
                listener.put(resync(self._seq, "tailored"), self._seq)

    def beat(self, beat: Beat) -> None:
        """With what waits to be told of devices: one sending for both, to each of hundreds."""
        if self._flush is not None:
            self._send_devices()
        for listener in self._listeners:
            listener.beat(beat)
        if (relay := self.relay) is not None:
            relay.beat(beat, self._seq)

    def _deliver(self, frames: Sequence[Frame]) -> None:
        for frame in sorted(frames, key=lambda frame: (frame.seq, frame.event != "alarm")):
            if frame.event == "devices":
                self._gather(frame)
                continue
            if self._changed_seq > self._seq:
                # A state change waits: were the alarm to overtake it, a client that breaks off
                # in between would ask to go on after the alarm, and never hear of the change.
                self._send_devices()
            self._seq = max(self._seq, frame.seq)
            if frame.tailored is not None:
                self._send(_Tailored(frame).for_listener)
            else:
                self._send(partial(_only_within, packet(frame.event, frame.seq, frame.data), frame.places))

    def _gather(self, frame: Frame) -> None:
        rows = zip(*(frame.data[name] for name in DEVICE_COLUMNS), strict=True)
        places = chain(frame.places or (), repeat(NOWHERE))
        self._changed.update((row[0], (place, row)) for place, row in zip(places, rows, strict=False))
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
        changed = list(self._changed.values())
        self._changed.clear()
        self._seq = max(self._seq, self._changed_seq)
        self._send(_DevicePackets(self._seq, changed).for_listener)

    def _send(self, packet_for: Callable[[Listener], Packet | None]) -> None:
        """A listener that is not given it stays where it is: its next beat tells it of no gap."""
        metrics.FEED_FRAMES.inc()
        for listener in self._listeners:
            if (told := packet_for(listener)) is not None:
                listener.put(told, self._seq)


def _only_within(told: Packet, places: Sequence[Place] | None, listener: Listener) -> Packet | None:
    territory = listener.territory
    is_for = places is None or territory.is_everywhere or territory.holds_any(places)
    return told if is_for else None


class _Tailored:
    """One event that says something else in each territory, encoded once for each."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._encoded: dict[Territory, Packet | None] = {}

    def for_listener(self, listener: Listener) -> Packet | None:
        territory = listener.territory
        if territory not in self._encoded:
            self._encoded[territory] = self._encode(territory)
        return self._encoded[territory]

    def _encode(self, territory: Territory) -> Packet | None:
        frame = self._frame
        told = frame.data if territory.is_everywhere or frame.tailored is None else frame.tailored(territory)
        return None if told is None else packet(frame.event, frame.seq, told)


class _DevicePackets:
    """The rows of one ``devices`` event as each territory may see them, encoded once for each."""

    def __init__(self, seq: int, changed: Sequence[tuple[Place, tuple[Any, ...]]]) -> None:
        self._seq = seq
        self._changed = changed
        self._encoded: dict[Territory, Packet | None] = {}

    def for_listener(self, listener: Listener) -> Packet | None:
        territory = listener.territory
        if territory not in self._encoded:
            self._encoded[territory] = self._encode([row for place, row in self._changed if territory.holds(*place)])
        return self._encoded[territory]

    def _encode(self, rows: Sequence[tuple[Any, ...]]) -> Packet | None:
        if not rows:
            return None
        columns = zip(*rows, strict=True)
        data = {name: list(column) for name, column in zip(DEVICE_COLUMNS, columns, strict=True)}
        return packet("devices", self._seq, data)
