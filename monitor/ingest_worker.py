"""`chuong ingest`: one of several processes that take in what devices say, for the monitor that leads.

broker ── $share ──▶ two sessions, presses and the rest ──▶ one commit into the inbox ──▶ only then the broker's answer

It decodes nothing and needs no monitor: while none leads, what is pressed is kept all the same. What a killed worker
was given and had not answered waits at the broker until that worker is back, and so does its share of all that comes
meanwhile: let a supervisor start it again at once.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial

import structlog
from sqlalchemy import make_url

from device_adapters.core.contract import Session
from monitor.broker_sessions import Taker, broker_session, client_id_of
from monitor.clock import Clock, SystemClock
from monitor.errors import StartError, StoreUnavailable
from monitor.ingest.intake import Arrival, Intake, Work
from monitor.ingest.mqtt import BrokerSession
from monitor.ingest.retained import LeavingSession
from monitor.intake_limits import limits_of
from monitor.journal.inbox import WORKER, Letterbox
from monitor.journal.worker_name import WorkerName
from monitor.logs import configure_logs
from monitor.settings import Settings

log = structlog.get_logger()

LOOK_EVERY_S, RETRY_S = 0.25, 1.0


class IngestWorker:
    """Presses have a session, a queue and a thread of their own to the commit: a flood of the rest delays none."""

    def __init__(self, settings: Settings, name: str, clock: Clock, kind: type[BrokerSession] = BrokerSession) -> None:
        self._settings, self._name, self._clock = settings, f"chuong-ingest-{name}", clock
        self._worker = name
        self.letterbox = Letterbox(settings.database_url)
        self._intakes = {session: self._intake(session) for session in Session}
        taker = Taker(name=self._name, song=self._song, offer=self._offer, canary=WORKER, is_shared=True, kind=kind)
        self.sessions = {session: broker_session(settings, session, taker, clock) for session in Session}
        self._by_client_id = {self.client_id(session): each for session, each in self.sessions.items()}

    def client_id(self, session: Session) -> str:
        return client_id_of(self._settings, self._name, session)

    def start(self, stack: ExitStack) -> None:
        """Whatever it opens is closed by ``stack``, last first."""
        stack.callback(self.letterbox.close)
        for session in self.sessions.values():
            stack.callback(session.stop)
        for intake in self._intakes.values():
            stack.callback(intake.stop)
            intake.start()
        for session in self.sessions.values():
            session.start()

    def introduce(self) -> bool:
        """Whether the monitor knows of us now: before anything is given to us that it could miss."""
        holder = f"{socket.gethostname()}:{os.getpid()}"
        try:
            if not self.letterbox.is_there():
                log.warning("no_inbox", advice="start chuong serve on this database once: it makes the tables")
                return False
            for session in Session:
                self.letterbox.introduce(self.client_id(session), self._worker, holder, self._clock.now())
        except StoreUnavailable as error:
            log.error("store_unavailable", reason=error.reason)
            return False
        return True

    def tick(self) -> None:
        for session in self.sessions.values():
            session.tick()

    @property
    def has_left(self) -> bool:
        """Whether all that waited for it is in the inbox."""
        return all(
            isinstance(each, LeavingSession) and each.is_left and each.owes_nothing for each in self.sessions.values()
        )

    def dismiss(self) -> None:
        """Closed already: the broker and the monitor forget it."""
        with closing(Letterbox(self._settings.database_url)) as letterbox:
            for client_id, session in self._by_client_id.items():
                if isinstance(session, LeavingSession):
                    session.forget()
                letterbox.dismiss(client_id)

    def _intake(self, session: Session) -> Intake:
        work = Work(
            process=partial(self.letterbox.put, is_urgent=session is Session.ALARM),
            tick=lambda: None,
            flush=lambda: False,
            redeliver=lambda: self._ask_again(session),
        )
        return Intake(work, limits_of(self._settings), self._clock)

    def _ask_again(self, session: Session) -> None:
        self.sessions[session].reconnect()

    def _offer(self, session: Session) -> Callable[[Sequence[Arrival]], None]:
        return self._intakes[session].offer

    def _song(self, client_id: str) -> bytes:
        """What the broker refuses us the monitor shall know."""
        return (self._by_client_id[client_id].refusal or "").encode()


def ingest(settings: Settings, name: str) -> None:
    """Runs until it is told to stop. Raises ``StartError`` where it cannot start."""
    is_over = _prepare(settings)
    with ExitStack() as stack:
        alone = stack.enter_context(closing(WorkerName(settings.database_url, name)))
        worker = IngestWorker(settings, name, SystemClock())
        while not (_is_alone(alone, name) and worker.introduce()):
            if is_over.wait(RETRY_S):
                return
        worker.start(stack)
        log.info("taking_in", worker=name)
        while not is_over.wait(LOOK_EVERY_S):
            worker.tick()


def retire(settings: Settings, name: str) -> bool:
    """Takes in what still waits for this worker, and ends its share; False where somebody ended that before."""
    is_over = _prepare(settings)
    leaving = IngestWorker(settings, name, SystemClock(), LeavingSession)
    with ExitStack() as stack:
        alone = stack.enter_context(closing(WorkerName(settings.database_url, name)))
        while not _is_alone(alone, name):
            if is_over.wait(RETRY_S):
                return False
        leaving.start(stack)
        while not leaving.has_left:
            if is_over.wait(LOOK_EVERY_S):
                return False
            leaving.tick()
    leaving.dismiss()
    return True


def _is_alone(name: WorkerName, called: str) -> bool:
    try:
        if name.take():
            return True
        log.warning("name_in_use", worker=called, advice="stop the other worker of this name, or give this one another")
    except StoreUnavailable as error:
        log.error("store_unavailable", reason=error.reason)
    return False


def _prepare(settings: Settings) -> threading.Event:
    """Set when somebody tells us to stop."""
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        raise StartError("ingest workers need PostgreSQL: on SQLite one process does it all (see database_url)")
    configure_logs(settings.log_level)
    is_over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: is_over.set())
    return is_over
