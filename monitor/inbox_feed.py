"""From the inbox to the writer: what ingest workers took in, presses apart from the rest, in the order of receipt."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import count

import structlog
from sqlalchemy import Connection

from monitor.clock import Clock
from monitor.errors import StartError, StoreUnavailable
from monitor.ingest.intake import Arrival, Intake
from monitor.journal.inbox import InboxReader, Kept, ingest_sessions, is_empty
from monitor.pipeline.workers import Workers

log = structlog.get_logger()

READ_AT_ONCE = 500
WAIT_S, RETRY_S = 0.5, 0.5
WHO_SHARES_EVERY_S = 2.0
# Of two workers the later one may commit first. What is no press waits so long for what was received before it.
SETTLE_S = 0.05


class InboxFeed:
    """One of the two queues, on a thread of its own: a flood of the one keeps nothing of the other waiting.

    ``expect`` is told from time to time which sessions of workers there are.
    """

    def __init__(
        self, reader: InboxReader, intake: Intake, clock: Clock, expect: Callable[[Mapping[str, str]], None] | None
    ) -> None:
        self._reader, self._intake, self._clock, self._expect = reader, intake, clock, expect
        self._settle_s = 0.0 if reader.is_urgent else SETTLE_S
        # By the time of receipt; with the moment we read it, for nobody's clock holds anything back for long.
        self._held: list[tuple[float, int, float, Arrival]] = []
        self._numbers = count()
        self._told_s = -WHO_SHARES_EVERY_S
        self._is_asked_again = False
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What was not done stays in the inbox. After the intake: whoever waits for room in it is let go."""
        self._is_over.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)
        self._reader.close()

    def again(self) -> None:
        """Something could not be written and was let go: all that is left in the inbox is read once more."""
        self._is_asked_again = True

    def _run(self) -> None:
        while not self._is_over.is_set():
            try:
                self._turn()
            except StoreUnavailable as error:
                log.error("inbox_unavailable", reason=error.reason)
                self._is_over.wait(RETRY_S)
            except Exception:
                log.exception("inbox_turn_failed")
                self._is_over.wait(RETRY_S)

    def _turn(self) -> None:
        self._tell_who_shares()
        if self._is_asked_again:
            self._begin_again()
        read = self._reader.read(READ_AT_ONCE)
        self._hold(read)
        if due := self._due():
            self._intake.offer(due)
        elif not read:
            self._reader.wait(self._settle_s if self._held else WAIT_S)

    def _tell_who_shares(self) -> None:
        now_s = self._clock.monotonic_s()
        if self._expect is not None and now_s - self._told_s >= WHO_SHARES_EVERY_S:
            self._told_s = now_s
            self._expect(self._reader.sessions())

    def _hold(self, read: Sequence[tuple[str, Kept]]) -> None:
        read_s = self._clock.monotonic_s()
        for adapter, message in read:
            arrival = Arrival(adapter, message, self._reader.is_urgent, _needs_no_answer, message.row)
            heapq.heappush(self._held, (message.received_at.timestamp(), next(self._numbers), read_s, arrival))

    def _due(self) -> list[Arrival]:
        now_s, due = self._clock.monotonic_s(), list[Arrival]()
        while self._held and self._held[0][2] + self._settle_s <= now_s:
            due.append(heapq.heappop(self._held)[3])
        return due

    def _begin_again(self) -> None:
        """Nothing of ours may be under way: what is read twice would be taken in twice."""
        if self._held or self._intake.depth:
            return
        self._intake.submit(lambda: None).result()  # the batch that was being written is over
        self._is_asked_again = False
        self._reader.begin_again()


class Inbox:
    """Presses and the rest; nothing at all where there are no ``workers`` and the monitor takes in by itself."""

    def __init__(self, url: str, intake: Intake, clock: Clock, workers: Workers | None) -> None:
        expect = workers.expect if workers else None
        self._feeds = [
            InboxFeed(InboxReader(url, is_urgent=is_urgent), intake, clock, expect if is_urgent else None)
            for is_urgent in ((True, False) if workers else ())
        ]

    def start(self) -> None:
        for feed in self._feeds:
            feed.start()

    def stop(self) -> None:
        for feed in self._feeds:
            feed.stop()

    def again(self) -> None:
        for feed in self._feeds:
            feed.again()


def _needs_no_answer(_numbers: Sequence[int]) -> None:
    """Its row goes in the transaction of what follows from it."""


def insist_on_no_workers(connection: Connection) -> None:
    """Raises ``StartError`` where workers get a share of what we would take in ourselves, or left something behind."""
    if workers := sorted(set(ingest_sessions(connection).values())):
        raise StartError(
            f'ingest workers take messages in for this database ({", ".join(workers)}): set ingest to "workers", or '
            "retire each of them first with: chuong ingest NAME --retire"
        )
    if not is_empty(connection):
        raise StartError(
            'messages that ingest workers took in are still to be read: start once with ingest set to "workers"'
        )
