"""Canaries: messages to ourselves, by broker, writer and live feed as every press goes, measured and never stored.

A connection may look alive that brings nothing, a thread may live and do nothing: only what came through proves that
anything would. What the broker says of itself comes the same way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from device_adapters.core.contract import Message
from monitor import metrics
from monitor.clock import Clock
from monitor.journal.times import unix_ms

# No adapter is called so.
CANARY, BROKER_FIGURE = "$canary", "$broker"
DROPPED_TOPIC, UPTIME_TOPIC = "$SYS/broker/publish/messages/dropped", "$SYS/broker/uptime"
_OWN = frozenset({CANARY, BROKER_FIGURE})
DROPS_COUNT_FOR_S = 60.0
# As long as any of ours or the broker's can be. What is written longer is neither's, and too long a one `int` refuses.
FIGURE_DIGITS = 18

Batch = Sequence[tuple[str, Message]]


class Canaries:
    """``through_feed``: runs its argument behind all that was told so far; False where no screen can be told.

    Songs are sent and come back on the writer thread, arrive in the feed on another, and are asked about on any.
    """

    def __init__(self, clock: Clock, through_feed: Callable[[Callable[[], None]], bool]) -> None:
        self._clock, self._through_feed = clock, through_feed
        # Songs of an earlier run may still wait at the broker.
        self._run = f"{unix_ms(clock.now()):x}"
        self._number = 0
        self._lock = threading.Lock()
        self._sent: dict[str, dict[int, float]] = {}
        self._told: dict[int, float] = {}
        self._dropped: int | None = None
        self._dropped_s: float | None = None
        self._began_s: float | None = None
        self.dropped = 0
        self.last_s: float | None = None

    def song(self, singer: str) -> bytes:
        """What the session of that name sends to itself now."""
        with self._lock:
            self._number += 1
            self._sent.setdefault(singer, {})[self._number] = self._clock.monotonic_s()
            return f"{self._run} {self._number} {singer}".encode()

    def take(self, batch: Batch, process: Callable[[Batch], None]) -> None:
        """Lets ``process`` have what is not ours, and only then hears what is."""
        ours = [(adapter, message) for adapter, message in batch if adapter in _OWN]
        rest = [each for each in batch if each[0] not in _OWN] if ours else batch
        if rest:
            process(rest)
        for adapter, message in ours:
            if adapter == CANARY:
                self._came_back(message.payload)
            elif message.topic == UPTIME_TOPIC:
                self._note_uptime(message.payload)
            else:
                self._count_dropped(message.payload)

    def forget(self) -> None:
        """The broker is gone: whatever was under way may never come."""
        with self._lock:
            self._sent.clear()
        self._began_s = None

    def unheard_s(self) -> float:
        """How long the oldest song has been under way to the writer."""
        with self._lock:
            return self._age_s([sent_s for songs in self._sent.values() for sent_s in songs.values()])

    def untold_s(self) -> float:
        """How long the oldest has been under way from the writer to the screens."""
        with self._lock:
            return self._age_s(list(self._told.values()))

    def has_dropped(self) -> bool:
        """Whether the broker has thrown something away a moment ago."""
        dropped_s = self._dropped_s
        return dropped_s is not None and self._clock.monotonic_s() - dropped_s < DROPS_COUNT_FOR_S

    def broker_up_s(self) -> float | None:
        """For how long the broker has been there for everybody; None where it does not say."""
        began_s = self._began_s
        return None if began_s is None else self._clock.monotonic_s() - began_s

    def _age_s(self, sent: Sequence[float]) -> float:
        return self._clock.monotonic_s() - min(sent) if sent else 0.0

    def _came_back(self, payload: bytes) -> None:
        run, _, rest = payload.partition(b" ")
        figure, _, singer = rest.partition(b" ")
        number = _figure(figure)
        if run.decode(errors="replace") != self._run or number is None:
            return
        with self._lock:
            songs = self._sent.get(singer.decode(errors="replace"), {})
            sent_s = songs.get(number)
            for older in [each for each in songs if each <= number]:
                del songs[older]
            if sent_s is None:
                return
            self._told[number] = self._clock.monotonic_s()
        if not self._through_feed(lambda: self._arrived(number, sent_s)):
            self._arrived(number, None)

    def _arrived(self, number: int, sent_s: float | None) -> None:
        with self._lock:
            for older in [each for each in self._told if each <= number]:
                del self._told[older]
        if sent_s is not None:
            self.last_s = self._clock.monotonic_s() - sent_s
            metrics.CANARY_S.observe(self.last_s)

    def _note_uptime(self, payload: bytes) -> None:
        """ "1234 seconds", as of the last time it looked itself."""
        seconds = _figure(payload.partition(b" ")[0])
        if seconds is not None:
            self._began_s = self._clock.monotonic_s() - seconds

    def _count_dropped(self, payload: bytes) -> None:
        """The first figure, and the first after the broker has begun anew, say nothing about now."""
        dropped = _figure(payload)
        if dropped is None:
            return
        before, self._dropped = self._dropped, dropped
        if before is not None and dropped > before:
            self.dropped = dropped - before
            self._dropped_s = self._clock.monotonic_s()


def _figure(text: bytes) -> int | None:
    """None for what is no figure: presses lie in the same batch, and nothing here may raise."""
    return int(text) if text.isdigit() and len(text) <= FIGURE_DIGITS else None
