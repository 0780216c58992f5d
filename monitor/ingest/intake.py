"""The one writer thread: takes what the network threads put in, in batches, and acknowledges after the commit.

Presses go before heartbeats and people before both. When the queue is full the network thread waits, so the
broker keeps the rest: nothing is dropped here. When the store cannot commit, the batch is kept, nothing is
acknowledged, and the same batch is tried again.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from device_adapters.core.contract import Message
from monitor.clock import Clock
from monitor.errors import StoreUnavailable

T = TypeVar("T")
log = structlog.get_logger()

TICK_S = 0.25
FIRST_RETRY_S, LONGEST_RETRY_S = 0.1, 2.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message off the wire. ``acknowledge`` tells the broker; it is called once, after the commit."""

    adapter: str
    message: Message
    is_urgent: bool
    acknowledge: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``linger_s``: how long a batch without a press may wait for company."""

    queue_messages: int = 10_000
    batch_messages: int = 500
    linger_s: float = 0.002
    flush_s: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the writer thread runs. All may raise ``StoreUnavailable``."""

    process: Callable[[Sequence[tuple[str, Message]]], None]
    tick: Callable[[], None]
    flush: Callable[[], None]


class Intake:
    def __init__(self, work: Work, limits: Limits, clock: Clock) -> None:
        self._work, self._limits, self._clock = work, limits, clock
        self._urgent: deque[Arrival] = deque()
        self._rest: deque[Arrival] = deque()
        self._commands: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._is_stopping = False
        self._ticked_s = self._flushed_s = clock.monotonic_s()
        self.store_fault: str | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finishes what is queued as far as the store allows, then ends the thread."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        self._thread.join(timeout=5)

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def depth(self) -> int:
        return len(self._urgent) + len(self._rest)

    def offer(self, arrival: Arrival) -> None:
        """Called by network threads. Waits while the queue is full; never drops."""
        with self._changed:
            while self.depth >= self._limits.queue_messages and not self._is_stopping:
                self._changed.wait()
            (self._urgent if arrival.is_urgent else self._rest).append(arrival)
            self._changed.notify_all()

    def submit(self, command: Callable[[], T]) -> Future[T]:
        """Runs ``command`` on the writer thread, before anything queued."""
        future: Future[T] = Future()
        with self._changed:
            if self._is_stopping:
                raise StoreUnavailable("the monitor is stopping")
            self._commands.append((command, future))
            self._changed.notify_all()
        return future

    def _run(self) -> None:
        while not (self._is_stopping and not self.depth and not self._commands):
            try:
                self._wait()
                self._run_commands()
                self._run_batch()
                self._run_clockwork()
            except StoreUnavailable as error:
                self._note_fault(error)
                self._clock.sleep(FIRST_RETRY_S)
                if self._is_stopping:
                    return
            except Exception as error:
                # Nothing may end this thread. What a bug left unacknowledged the broker keeps; we are not ready.
                log.exception("writer_round_failed")
                self.store_fault = f"internal error: {type(error).__name__}"

    def _wait(self) -> None:
        with self._changed:
            if not self._urgent and not self._rest and not self._commands:
                self._changed.wait(TICK_S)
            is_lingering = self._rest and not self._urgent and not self._commands
            if is_lingering and len(self._rest) < self._limits.batch_messages and self._limits.linger_s:
                self._changed.wait(self._limits.linger_s)

    def _run_commands(self) -> None:
        while self._commands:
            command, future = self._commands.popleft()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(command())
            except Exception as error:  # noqa: BLE001 — it belongs to whoever gave the command
                future.set_exception(error)

    def _run_batch(self) -> None:
        batch = self._take_batch()
        if not batch:
            return
        retry_s = FIRST_RETRY_S
        while True:
            try:
                self._work.process([(arrival.adapter, arrival.message) for arrival in batch])
                break
            except StoreUnavailable as error:
                self._note_fault(error)
                if self._is_stopping:
                    return
                self._clock.sleep(retry_s)
                retry_s = min(2 * retry_s, LONGEST_RETRY_S)
                self._run_commands()
        self.store_fault = None
        for arrival in batch:
            arrival.acknowledge()

    def _take_batch(self) -> list[Arrival]:
        batch: list[Arrival] = []
        with self._changed:
            for queue in (self._urgent, self._rest):
                while queue and len(batch) < self._limits.batch_messages:
                    batch.append(queue.popleft())
            self._changed.notify_all()
        return batch

    def _run_clockwork(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._ticked_s >= TICK_S:
            self._ticked_s = now_s
            self._work.tick()
        if now_s - self._flushed_s >= self._limits.flush_s:
            self._flushed_s = now_s
            self._work.flush()
        self.store_fault = None

    def _note_fault(self, error: StoreUnavailable) -> None:
        if self.store_fault is None:
            log.error("store_unavailable", reason=error.reason)
        self.store_fault = error.reason
