"""The watch the monitor keeps on itself: looks at every stage a press passes, and says what is wrong with it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog

from monitor import metrics
from monitor.clock import Clock
from monitor.ingest.intake import Intake
from monitor.ingest.mqtt import BrokerSession
from monitor.journal.database import Store
from monitor.journal.times import iso
from monitor.machines.own_fault import BLINDING, Cause, Moment, OwnFault, step, stepped_by_s
from monitor.pipeline.canaries import Canaries
from monitor.pipeline.duty_screens import DutyScreens
from monitor.pipeline.workers import Workers

log = structlog.get_logger()

# The writer takes several turns a second; a turn this long means a store or a disk that hangs.
LONGEST_TURN_S = 5.0
# As long as the fullest queue may take to be written; a canary behind it waits like a press.
LONGEST_TRIP_S = 10.0
LOOK_EVERY_S = 0.25
CLOCK_COUNTS_FOR_S = 60.0
# Whoever sits at the desk needs so long to make the calls himself.
TELLING_COUNTS_FOR_S = 600.0
DISK_EVERY_S = 5.0
MIB = 1024 * 1024


# What follows from an alarm, and could not be written.
_UNWRITTEN = {
    Cause.TELLING: "nobody beside the desk was told of an alarm; see the log",
    Cause.INCIDENT: "no incident was written for an alarm; see the log",
    Cause.ROUNDS: "something that is looked after each second was not; see the log",
    Cause.SHELF: "what was put aside may not have come back; see the log",
}


class HearsPanels(Protocol):
    def trouble(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Stages:
    """What is looked at. ``failures``: when each of ``_UNWRITTEN`` was last not written, by whoever writes it."""

    sessions: Sequence[BrokerSession]
    intake: Intake
    store: Store
    canaries: Canaries
    disk_free_min_mib: float
    workers: Workers | None = None
    failures: Sequence[tuple[Cause, Callable[[], datetime | None]]] = ()
    screens: DutyScreens | None = None
    panels: HearsPanels | None = None


class SelfWatch:
    """A thread of its own, for the one that writes may be the one that hangs. May be asked from any other."""

    def __init__(self, stages: Stages, clock: Clock) -> None:
        self._stages, self._clock = stages, clock
        self._lock = threading.Lock()
        self._moment = Moment(clock.now(), clock.monotonic_s())
        self._stepped: tuple[float, float] | None = None
        self._disk: tuple[float, str | None] = (-DISK_EVERY_S, None)
        self._swept_s: float | None = None
        self.fault = OwnFault()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        # Who stood by for days was made long ago.
        self._moment = Moment(self._clock.now(), self._clock.monotonic_s())
        self.look()  # nobody asks before it is known that there is no link yet
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._is_over.wait(LOOK_EVERY_S):
            try:
                for session in self._stages.sessions:
                    session.tick()
                self.look()
            except Exception:
                # Nothing may end this thread: whoever asks looks for himself.
                log.exception("own_watch_failed")

    @property
    def store_fault(self) -> str | None:
        return self._stages.store.fault

    def swept(self) -> None:
        """Whoever fell silent has been looked for, and it was written down."""
        self._swept_s = self._clock.monotonic_s()

    def look(self) -> OwnFault:
        """How we are now."""
        with self._lock:
            now = Moment(self._clock.now(), self._clock.monotonic_s())
            before = self.fault
            self.fault = step(before, dict(self._found(now)), now=now.at, monotonic_s=now.monotonic_s)
            if self.fault.causes != before.causes:
                log.warning("own_fault", causes=list(self.fault.causes))
            return self.fault

    def show(self) -> dict[str, Any]:
        """For screens and programs: the fault with what is wrong at this moment, and since when nothing is seen."""
        fault = self.look()
        for cause in Cause:
            metrics.OWN_FAULT.labels(cause).set(cause in fault.troubles)
        metrics.BLIND.set(fault.blind_since_at is not None)
        causes = [
            {"cause": cause, "since_at": iso(each.since_at), "note": each.note, "blinds": cause in BLINDING}
            for cause in fault.causes
            if (each := fault.troubles.get(cause)) is not None
        ]
        last_s = self._stages.canaries.last_s
        return {
            "fault": {"since_at": iso(fault.began_at), "causes": causes} if fault.began_at else None,
            "blind_since_at": iso(fault.blind_since_at),
            "canary_ms": None if last_s is None else round(1000 * last_s, 1),
        }

    def _found(self, now: Moment) -> Iterator[tuple[Cause, str]]:
        yield from self._of_broker()
        yield from self._of_what_is_gone(now)
        yield from self._of_store(now)
        yield from self._of_writer(now)
        yield from self._of_telling(now)
        yield from self._of_clock(now)

    def _of_broker(self) -> Iterator[tuple[Cause, str]]:
        canaries = self._stages.canaries
        lost = [session for session in self._stages.sessions if not session.is_connected]
        if lost:
            canaries.forget()
            refusals = dict.fromkeys(session.refusal for session in lost if session.refusal)
            silent_s = max(session.silent_s for session in lost)
            yield Cause.LINK, "; ".join(refusals) or f"nothing came from the broker for {silent_s:.0f} s"
        elif (unheard_s := canaries.unheard_s()) > LONGEST_TRIP_S:
            yield Cause.ROUND_TRIP, f"a message to ourselves has been under way for {unheard_s:.0f} s"
        if self._stages.workers is not None and (note := self._stages.workers.trouble()) is not None:
            yield Cause.WORKER, note
        if self._stages.panels is not None and (note := self._stages.panels.trouble()) is not None:
            yield Cause.PANELS, note
        if (untold_s := canaries.untold_s()) > LONGEST_TRIP_S:
            yield Cause.FEED, f"the screens have been told nothing for {untold_s:.0f} s"
        if self._stages.screens is not None and (note := self._stages.screens.trouble()) is not None:
            yield Cause.SCREEN, note

    def _of_what_is_gone(self, now: Moment) -> Iterator[tuple[Cause, str]]:
        if self._stages.canaries.has_dropped():
            yield Cause.DROPPED, f"the broker threw {self._stages.canaries.dropped} messages away"
        elif any(_is_fresh(session.forgotten_at, now) for session in self._stages.sessions):
            yield Cause.DROPPED, "the broker came back without our session: whatever waited there is gone"

    def _of_store(self, now: Moment) -> Iterator[tuple[Cause, str]]:
        if self._stages.store.fault:
            yield Cause.STORE, self._stages.store.fault
        looked_s, full = self._disk
        if now.monotonic_s - looked_s >= DISK_EVERY_S:
            full = self._full_disk()
            self._disk = (now.monotonic_s, full)
        if full:
            yield Cause.DISK, full

    def _of_writer(self, now: Moment) -> Iterator[tuple[Cause, str]]:
        intake = self._stages.intake
        if self._swept_s is None:
            return  # not at work yet
        if intake.fault or not intake.is_alive:
            yield Cause.WRITER, intake.fault or "its thread has ended"
        elif intake.turn_s > LONGEST_TURN_S:
            yield Cause.WRITER, f"stuck for {intake.turn_s:.0f} s"
        elif untaken := sum(session.untaken for session in self._stages.sessions):
            yield Cause.WRITER, f"{untaken} messages could not be taken; see the log"
        if (unswept_s := now.monotonic_s - self._swept_s) > LONGEST_TRIP_S:
            yield Cause.SWEEP, f"nobody was looked for in {unswept_s:.0f} s"

    def _of_telling(self, now: Moment) -> Iterator[tuple[Cause, str]]:
        for cause, failed_at in self._stages.failures:
            if _is_fresh(failed_at(), now):
                yield cause, _UNWRITTEN[cause]

    def _of_clock(self, now: Moment) -> Iterator[tuple[Cause, str]]:
        if by_s := stepped_by_s(self._moment, now):
            self._stepped = (now.monotonic_s, by_s)
        self._moment = now
        if self._stepped and now.monotonic_s - self._stepped[0] < CLOCK_COUNTS_FOR_S:
            yield Cause.CLOCK, f"the clock was set by {self._stepped[1]:+.0f} s"

    def _full_disk(self) -> str | None:
        folder = self._stages.store.folder
        if folder is None:
            return None
        try:
            free_mib = shutil.disk_usage(folder).free / MIB
        except OSError as error:
            return str(error)
        least = self._stages.disk_free_min_mib
        return f"{free_mib:.0f} MiB are left of the {least:.0f} it should have" if free_mib < least else None


def _is_fresh(failed_at: datetime | None, now: Moment) -> bool:
    return failed_at is not None and (now.at - failed_at).total_seconds() < TELLING_COUNTS_FOR_S
