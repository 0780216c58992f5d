"""Whether every ingest worker hears the broker and is heard: each sends itself canaries, and they come by the inbox.

A worker that is gone keeps its share: of all that devices say, a part waits at the broker until it is back. So each is
missed that ever took a share and was not retired.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from device_adapters.core.contract import Message
from monitor.clock import Clock
from monitor.journal.inbox import WORKER

# As long as the fullest inbox may take to be read.
LONGEST_WAIT_S = 10.0

Batch = Sequence[tuple[str, Message]]


class Workers:
    """``taken``: told of each canary that was heard. Heard on the writer thread, expected and asked about on others."""

    def __init__(self, clock: Clock, canary_every_s: float, taken: Callable[[Sequence[Message]], None]) -> None:
        self._clock, self._taken = clock, taken
        self._patience_s = 3 * canary_every_s + 2
        self._lock = threading.Lock()
        self._heard_s: dict[str, float] = {}
        self._notes: dict[str, str] = {}
        self._waited_s = 0.0
        self._is_known = False

    def expect(self, sessions: Mapping[str, str]) -> None:
        """Client id → worker, as the store has them now."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            self._is_known = True
            self._heard_s = {each: self._heard_s.get(each, now_s) for each in sessions}

    def take(self, batch: Batch, process: Callable[[Batch], None]) -> None:
        """Lets ``process`` have what is not ours, and only then hears what is."""
        ours = [message for adapter, message in batch if adapter == WORKER]
        rest = [each for each in batch if each[0] != WORKER] if ours else batch
        if rest:
            process(rest)
        for message in ours:
            self._hear(message)
        self._taken(ours)

    def trouble(self) -> str | None:
        """What is wrong with them, in words."""
        with self._lock:
            if not self._is_known:
                return None
            if not self._heard_s:
                return "no ingest worker has signed in: start chuong ingest"
            now_s = self._clock.monotonic_s()
            silent = {each: now_s - heard_s for each, heard_s in self._heard_s.items()}
            gone = [f"{each} for {silent_s:.0f} s" for each, silent_s in silent.items() if silent_s > self._patience_s]
            if gone:
                return f"nothing came by {', '.join(gone)}"
            if refused := [f"{each}: {note}" for each, note in self._notes.items() if note and each in self._heard_s]:
                return "; ".join(refused)
            return f"messages wait {self._waited_s:.0f} s in the inbox" if self._waited_s > LONGEST_WAIT_S else None

    def _hear(self, message: Message) -> None:
        client_id = message.topic.rpartition("/")[2]
        with self._lock:
            if client_id in self._heard_s:
                self._heard_s[client_id] = self._clock.monotonic_s()
                self._notes[client_id] = message.payload.decode(errors="replace")
                self._waited_s = (self._clock.now() - message.received_at).total_seconds()
