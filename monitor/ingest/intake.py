"""The one writer thread: takes what the network threads put in, in batches, and acknowledges after the commit.

Presses go before heartbeats and people before both. When its queue is full a network thread waits, so the
broker keeps the rest: nothing is dropped here. When the store cannot commit, the batch is kept, nothing is
acknowledged, and the same batch is tried again. What fails for another reason is a bug: the broker is asked to
bring it again, and we are not ready until it has gone through.
"""

from __future__ import annotations

import sys
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from msgspec import Struct

from device_adapters.core.contract import Message
from monitor.clock import Clock
from monitor.errors import StoreUnavailable

T = TypeVar("T")
log = structlog.get_logger()

TICK_S = 0.25
# A press costs its own rows, many times what a heartbeat does: of those that piled up the first shall be seen soon,
# and no press waits for hundreds of heartbeats to be read: one that comes alone for none at all.
PRESSES_AT_ONCE, BESIDE_PRESSES = 10, 20
SWITCH_S = 0.001
FIRST_RETRY_S, LONGEST_RETRY_S = 0.1, 2.0
# A bug is tried this often before its batch goes back to the broker, which is asked for it no oftener than this.
TRIES, REDELIVER_EVERY_S = 3, 30.0


class Arrival(Struct, frozen=True):
    """One message off the wire. ``acknowledge`` tells the broker, with the ``number`` of each, after the commit.

    It is called once for all that a batch has of one connection: one sending answers hundreds.
    """

    adapter: str
    message: Message
    is_urgent: bool
    acknowledge: Callable[[Sequence[int]], None]
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """``queue_messages``: of presses, and again of the rest. ``linger_s``: how long a batch waits for company."""

    queue_messages: int = 10_000
    batch_messages: int = 200
    linger_s: float = 0.002
    flush_s: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the writer thread runs. ``flush`` says whether more is left; ``redeliver`` asks the broker again.

    All but ``redeliver`` may raise ``StoreUnavailable``.
    """

    process: Callable[[Sequence[tuple[str, Message]]], None]
    tick: Callable[[], None]
    flush: Callable[[], bool]
    redeliver: Callable[[], None]


class Intake:
    def __init__(self, work: Work, limits: Limits, clock: Clock) -> None:
        self._work, self._limits, self._clock = work, limits, clock
        self._urgent: deque[Arrival] = deque()
        self._rest: deque[Arrival] = deque()
        self._commands: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._is_stopping = False
        self._ticked_s = self._flushed_s = self._turned_s = clock.monotonic_s()
        self._redelivered_s = -REDELIVER_EVERY_S
        self._has_pressed = False  # the last batch
        self._is_owing = False  # the broker holds what we could not write, and has not been asked for it since
        self.fault: str | None = None

    def start(self) -> None:
        # A press's commit lets go of the interpreter at every statement; with a flood being read in other threads
        # each of them gave it back after 5 ms.
        sys.setswitchinterval(SWITCH_S)
        self._thread.start()

    def stop(self) -> None:
        """Takes nothing more in, finishes what is queued as far as the store allows, and ends the thread."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def depth(self) -> int:
        return len(self._urgent) + len(self._rest)

    @property
    def turn_s(self) -> float:
        """How long the writer has been busy with one turn; it takes several a second."""
        return self._clock.monotonic_s() - self._turned_s

    def offer(self, arrivals: Sequence[Arrival]) -> None:
        """Called by network threads. Waits while the queue is full; drops nothing but at the very end.

        While stopping, a message is left unacknowledged: the broker brings it to the next start.
        """
        with self._changed:
            for arrival in arrivals:
                queue = self._urgent if arrival.is_urgent else self._rest
                while len(queue) >= self._limits.queue_messages and not self._is_stopping:
                    self._changed.notify_all()
                    self._changed.wait()
                if self._is_stopping:
                    return
                queue.append(arrival)
            self._changed.notify_all()

    def submit(self, command: Callable[[], T]) -> Future[T]:
        """Runs ``command`` on the writer thread; before a queued message, but never two before a press."""
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
                self.turn()
            except StoreUnavailable as error:
                log.error("store_unavailable", reason=error.reason)
                self._clock.sleep(FIRST_RETRY_S)
                if self._is_stopping:
                    return
            except Exception:
                # Nothing may end this thread: a bug in the clockwork costs one turn.
                log.exception("writer_turn_failed")

    def turn(self) -> None:
        """Waits for something to do, a tick at most, and does it. Its thread calls it; a test may instead."""
        self._turned_s = self._clock.monotonic_s()
        self._wait()
        self._run_commands()
        self._run_batch()
        self._run_clockwork()

    def _wait(self) -> None:
        with self._changed:
            if not self._urgent and not self._rest and not self._commands:
                self._changed.wait(TICK_S)
            is_lingering = self._rest and not self._urgent and not self._commands
            if is_lingering and len(self._rest) < self._limits.batch_messages and self._limits.linger_s:
                self._changed.wait(self._limits.linger_s)

    def _run_commands(self) -> None:
        """At least one a turn, all where no press waits: people, or a program that acts for one, starve nobody."""
        is_first = True
        while self._commands and (is_first or not self._urgent):
            is_first = False
            command, future = self._commands.popleft()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(command())
            except Exception as error:  # noqa: BLE001 — it belongs to whoever gave the command
                future.set_exception(error)

    def _run_batch(self) -> None:
        batch = self._take_batch()
        if batch and self._is_written(batch):
            if not self._is_owing:
                self.fault = None
            numbers: defaultdict[Callable[[Sequence[int]], None], list[int]] = defaultdict(list)
            for arrival in batch:
                numbers[arrival.acknowledge].append(arrival.number)
            for acknowledge, those in numbers.items():
                acknowledge(those)

    def _is_written(self, batch: Sequence[Arrival]) -> bool:
        """Tries until the store has it. False: it was left unacknowledged, for the broker to bring again."""
        retry_s, tries = FIRST_RETRY_S, 0
        while True:
            try:
                self._work.process([(arrival.adapter, arrival.message) for arrival in batch])
                return True
            except StoreUnavailable as error:
                log.error("store_unavailable", reason=error.reason, kept=len(batch))
            except Exception as error:
                log.exception("batch_failed", messages=len(batch))
                tries += 1
                self.fault = f"{type(error).__name__} while writing; see the log"
            if self._is_stopping:
                return False
            if tries >= TRIES:
                self._is_owing = True
                return False
            self._clock.sleep(retry_s)
            retry_s = min(2 * retry_s, LONGEST_RETRY_S)
            self._turned_s = self._clock.monotonic_s()
            self._run_commands()

    def _ask_again(self, now_s: float) -> None:
        """Whatever goes through meanwhile: what the broker holds it brings only to a new connection."""
        if self._is_owing and now_s - self._redelivered_s >= REDELIVER_EVERY_S:
            self._is_owing, self._redelivered_s = False, now_s
            self._work.redeliver()

    def _take_batch(self) -> list[Arrival]:
        batch: list[Arrival] = []
        with self._changed:
            most = self._limits.batch_messages
            while self._urgent and len(batch) < min(PRESSES_AT_ONCE, most):
                batch.append(self._urgent.popleft())
            if batch:
                most = min(most, len(batch) + (BESIDE_PRESSES if self._has_pressed else 0))
            self._has_pressed = bool(batch)
            # No heartbeat while a press still waits: it would go before it.
            while self._rest and not self._urgent and len(batch) < most:
                batch.append(self._rest.popleft())
            self._changed.notify_all()
        return batch

    def _run_clockwork(self) -> None:
        now_s = self._clock.monotonic_s()
        self._ask_again(now_s)
        if now_s - self._ticked_s >= TICK_S:
            self._ticked_s = now_s
            self._work.tick()
        if now_s - self._flushed_s >= self._limits.flush_s and not self._work.flush():
            # A chunk a turn until all is written: a press never waits behind more than one.
            self._flushed_s = now_s
