"""The whole monitor on one thread: its own parts, with a broker, channels and a clock that the player holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from monitor.app import Monitor
from monitor.broker_sessions import SessionKind
from monitor.ingest.intake import Arrival, Intake, Limits, Work
from monitor.inventory.action_plans import read_action_plans
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.inventory.device_index import index_missing
from monitor.journal.database import Store
from monitor.journal.feed import FeedEntry
from monitor.notify.dispatcher import RECOVER_EVERY_S
from monitor.notify.message import Channel
from monitor.notify.plan import Plan
from monitor.notify.zalo_keys import ZaloKeys
from monitor.pipeline.discipline_rules import read_discipline
from monitor.scenario.accidents import Accidents, FragileStore
from monitor.scenario.told import Mailbox, RecordingChannel
from monitor.scenario.virtual_broker import VirtualBroker
from monitor.scenario.virtual_clock import VirtualClock
from monitor.scenario.virtual_session import VirtualSession
from monitor.settings import Settings, shipped
from monitor.writer_desk import WriterDesk

T = TypeVar("T")

# Where nothing happens in a story. Half of a quiet night's work is to look whether there is any.
HOUSE_KEPT_EVERY_S = 30.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What outlives the monitor's process."""

    clock: VirtualClock
    broker: VirtualBroker
    mailbox: Mailbox
    accidents: Accidents
    telling: Plan


class VirtualIntake(Intake):
    """The writer without its thread: whoever moves the clock gives it its turns."""

    @property
    def is_alive(self) -> bool:
        return True

    @property
    def has_urgent(self) -> bool:
        return bool(self._urgent)

    def offer(self, arrivals: Sequence[Arrival]) -> None:
        for arrival in arrivals:
            (self._urgent if arrival.is_urgent else self._rest).append(arrival)

    def submit(self, command: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(command())
        except Exception as error:  # noqa: BLE001 — it belongs to whoever gave the command
            future.set_exception(error)
        return future

    def _wait(self) -> None:
        """Time passes elsewhere."""


class VirtualMonitor(Monitor):
    def __init__(self, settings: Settings, surroundings: Surroundings) -> None:
        self._around = surroundings
        self.on_told: Callable[[Sequence[FeedEntry]], None] = lambda _entries: None
        self._recover_at_s = self._kept_house_s = 0.0
        self.is_busy = True
        classes_file = shipped("config/alarm_classes.toml")
        plans = read_action_plans(shipped("config/action_plans.toml"))
        super().__init__(settings, read_alarm_classes(classes_file), surroundings.clock, plans, surroundings.telling)
        self.set_aside.rules = read_discipline(shipped("config/alarm_discipline.toml"))

    def start(self, _closing: ExitStack | None = None) -> None:
        """As the real one, in the same order, but for the threads."""
        self.store.migrate()
        with self.store.transaction() as tx:
            index_missing(tx)
        self.pipeline.load()
        self.housekeeper.load()
        self.fault_log.load()
        self.pipeline.rehearse()
        for session in self.sessions.values():
            session.start()

    def turn(self, *, is_whole: bool) -> None:
        """What the threads of the real one do a few times a second: the watch and the writer, and then the senders."""
        for session in self.sessions.values():
            session.tick()
        self.intake.turn()
        if is_whole:
            self.deliver()
            self.sirens.look()

    def take_urgent(self) -> None:
        """Presses wait for nobody."""
        assert isinstance(self.intake, VirtualIntake)  # noqa: S101 — see below
        while self.intake.has_urgent:
            self.intake.turn()

    def deliver(self) -> None:
        now_s = self.clock.monotonic_s()
        if now_s >= self._recover_at_s:
            self._recover_at_s = now_s + RECOVER_EVERY_S
            self.dispatcher.recover()
        for duty in self.dispatcher.take():
            self.dispatcher.deliver(duty)

    def _keep_house(self) -> None:
        now_s = self.clock.monotonic_s()
        if self.is_busy or now_s - self._kept_house_s >= HOUSE_KEPT_EVERY_S:
            self._kept_house_s = now_s
            super()._keep_house()

    def stop(self) -> None:
        for session in self.sessions.values():
            session.stop()
        self.housekeeper.finish()
        self.store.close()

    def die(self) -> None:
        """Without a word: what was not committed never was."""
        for session in self.sessions.values():
            session.stop()
        self.store.put_down()

    # -- where it stands ----------------------------------------------------------------------------------------------

    def _open_store(self) -> Store:
        return FragileStore(self.settings.database_url, self._around.accidents)

    def _take_in(self, work: Work, limits: Limits) -> Intake:
        return VirtualIntake(work, limits, self.clock)

    def _session_kind(self) -> SessionKind:
        return partial(VirtualSession, self._around.broker)

    def _channels(self, telling: Plan, _desk: WriterDesk, _keys: ZaloKeys | None) -> Mapping[str, Channel]:
        return {
            name: RecordingChannel(name, settings.kind, self._around.mailbox)
            for name, settings in telling.channels.items()
        }

    def _publish(self, entries: Sequence[FeedEntry]) -> None:
        self.on_told(entries)
        super()._publish(entries)
