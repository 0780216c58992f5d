"""The composition root: builds the monitor in the order of its flow, and closes it in the opposite order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any, TypeVar

from device_adapters.core.contract import Message, Session
from device_adapters.core.events import AlarmKind
from device_adapters.core.orders import Sending
from device_adapters.core.registry import adapters
from monitor.asked import Asked
from monitor.broker_files import broker_folder
from monitor.broker_keeper import BrokerKeeper
from monitor.broker_sessions import SessionKind, Taker, broker_session
from monitor.clock import Clock
from monitor.inbox_feed import Inbox, insist_on_no_workers
from monitor.ingest.dc09 import ADAPTER as PANELS
from monitor.ingest.intake import Intake, Limits, Work
from monitor.ingest.mqtt import BrokerSession
from monitor.ingest.retained import RetainedSession
from monitor.intake_limits import limits_of
from monitor.inventory.action_plans import NO_PLANS, ActionPlans
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.credentials import DeviceAccount, device_accounts
from monitor.inventory.device_index import index_missing
from monitor.inventory.lookup import DeviceBook
from monitor.inventory.tables import NATIVE
from monitor.journal.database import Store
from monitor.journal.feed import FeedEntry
from monitor.learned_topics import LearnedTopics
from monitor.machines.discipline import Rules
from monitor.machines.duty_screen import Patience
from monitor.machines.own_fault import Cause
from monitor.notify.channels import open_channels
from monitor.notify.dispatcher import Dispatcher
from monitor.notify.key_safe import KeySafe, key_file_of
from monitor.notify.message import Channel
from monitor.notify.plan import NOBODY, Plan
from monitor.notify.siren_sender import SirenSender
from monitor.notify.zalo_authorise import ZaloAuthorisation
from monitor.notify.zalo_keys import ZaloKeys
from monitor.own_figures import OwnFigures
from monitor.panel_door import panel_receiver
from monitor.panel_settings import panel_accounts
from monitor.pipeline.canaries import BROKER_FIGURE, CANARY, DROPPED_TOPIC, UPTIME_TOPIC, Canaries
from monitor.pipeline.commands import Commands
from monitor.pipeline.duty_log import DutyLog
from monitor.pipeline.duty_screens import DutyScreens
from monitor.pipeline.expected import Expected
from monitor.pipeline.fault_log import FaultLog
from monitor.pipeline.flow import Pipeline
from monitor.pipeline.housekeeping import Housekeeper, keep_of
from monitor.pipeline.incident_commands import IncidentCommands
from monitor.pipeline.layer_watch import LayerWatch
from monitor.pipeline.outlets import Outlets
from monitor.pipeline.press_ledger import PressLedger
from monitor.pipeline.pulse import waits_of
from monitor.pipeline.reading import AppReceipt, Reader
from monitor.pipeline.set_aside import SetAside
from monitor.pipeline.siren_duties import SirenDuties
from monitor.pipeline.siren_log import siren_rules
from monitor.pipeline.supervision import Supervisor
from monitor.pipeline.workers import Workers
from monitor.readiness import Readiness
from monitor.rounds import Rounds
from monitor.self_watch import SelfWatch, Stages
from monitor.settings import Settings
from monitor.sparkplug_host import SparkplugHost
from monitor.web.live import Feed
from monitor.web.ports import Frame
from monitor.writer_desk import WriterDesk

T = TypeVar("T")

# When the broker comes back its devices need their own back-off to find it again: silence does not count before.
RECONNECT_GRACE_S = 30.0


class Monitor(Asked):
    """The whole program. ``start`` takes messages in; the web is handed this object as its ``Desk``."""

    def __init__(
        self,
        settings: Settings,
        classes: Mapping[AlarmKind, AlarmClass],
        clock: Clock,
        plans: ActionPlans = NO_PLANS,
        telling: Plan = NOBODY,
    ) -> None:
        self.settings, self.clock = settings, clock
        self.store = self._open_store()
        hours = Expected(settings.supervision, settings.supervision_hours)
        self.supervisor = Supervisor(hours, waits_of(settings), clock)
        self.feed = Feed()
        self.canaries = Canaries(clock, self.feed.after_all)
        self.screens = DutyScreens(clock, Patience(settings.receipt_within_s, settings.screens_silent_after_s))
        self._book, self.duties = DeviceBook(), DutyLog(telling)
        self.ledger = PressLedger(self.store, self._book, clock)
        reader = Reader(adapters(), settings.base_topics, self._book, {PANELS: panel_accounts(settings.dc09_accounts)})
        self.pipeline = Pipeline(self.store, reader, self.supervisor, classes, self._outlets())
        self.commands = Commands(self.store, self.pipeline, classes, clock, self._publish)
        self.set_aside = SetAside(self.store, self.pipeline, (classes, Rules()), clock, self._publish)
        self.incidents = IncidentCommands(self.store, self.pipeline, classes, plans, clock)
        self.layers = LayerWatch(self.store, self.pipeline, telling, clock)
        self.intake = self._take_in(self._work(), limits_of(settings))
        self.authorisation, self.hook = None, telling.zalo_hook
        self.dispatcher = self._dispatcher(telling)
        self.housekeeper = Housekeeper(self.store, keep_of(settings), self.supervisor.take_counts, clock)
        self.is_served = settings.ingest == "workers"
        self.workers = Workers(clock, settings.canary_every_s, self.pipeline.taken.done) if self.is_served else None
        self.inbox = Inbox(settings.database_url, self.intake, clock, self.workers)
        self.sessions = self._broker_sessions()
        self.learned = LearnedTopics(reader, self.sessions[Session.ALARM])
        self.sparkplug = SparkplugHost(settings, reader, self.sessions[Session.ALARM], clock)
        self.panels = panel_receiver(settings, self.intake, clock)
        self.sirens, self.rounds = self._siren_sender(), self._rounds()
        self.watch = SelfWatch(self._stages(), clock)
        self.fault_log = FaultLog(self.store, self.pipeline, classes)
        self.keeper = BrokerKeeper(broker_folder(settings), self._device_accounts)
        self.readiness = Readiness(list(self.sessions.values()), self.intake, self.watch, self.pipeline, self.keeper)

    def start(self, closing: ExitStack) -> None:
        """Takes over from the store, then listens. What it opens is closed by ``closing``, last first."""
        closing.callback(self.store.close)
        self.store.migrate()
        with self.store.transaction() as tx:
            index_missing(tx)
            if not self.is_served:
                insist_on_no_workers(tx)
        self.store.keep_short()
        self.pipeline.load()
        self.housekeeper.load()
        self.fault_log.load()
        self.store.put_down()
        self.pipeline.rehearse()
        closing.callback(self.keeper.stop)
        self.keeper.start()
        for session in self.sessions.values():
            closing.callback(session.stop)
        if self.panels is not None:
            closing.callback(self.panels.stop)
        closing.callback(self.housekeeper.finish)
        closing.callback(self.inbox.stop)
        # Stopped before the sessions: what it still finishes it must be able to acknowledge.
        closing.callback(self.intake.stop)
        self.intake.start()
        self.inbox.start()
        closing.callback(self.dispatcher.stop)
        self.dispatcher.start()
        closing.callback(self.sirens.stop)
        self.sirens.start()
        for session in self.sessions.values():
            session.start()
        if self.panels is not None:
            self.panels.start()
        closing.callback(self.watch.stop)
        self.watch.start()

    def own_figures(self) -> Mapping[str, Any]:
        return OwnFigures(self.store, self.settings.disk_free_min_mib).show()

    # -- where it stands: a scenario puts a broker, channels and a disk of its own there ----------------------------

    def _open_store(self) -> Store:
        return Store(self.settings.database_url)

    def _take_in(self, work: Work, limits: Limits) -> Intake:
        return Intake(work, limits, self.clock)

    def _session_kind(self) -> SessionKind:
        return RetainedSession if self.is_served else BrokerSession

    def _channels(self, telling: Plan, desk: WriterDesk, keys: ZaloKeys | None) -> Mapping[str, Channel]:
        sounder = SirenDuties(desk, siren_rules(self.settings), self.clock)
        return open_channels(telling, desk, self.clock, keys, sounder)

    # -- what the parts are joined by ------------------------------------------------------------------------------

    def _device_accounts(self) -> list[DeviceAccount]:
        with self.store.read() as connection:
            return device_accounts(connection)

    def _publish(self, entries: Sequence[FeedEntry]) -> None:
        self.feed.publish([Frame(each.seq, each.event, each.data, each.places, each.tailored) for each in entries])
        self.screens.told(entries)

    def _outlets(self) -> Outlets:
        return Outlets(
            feed=self._publish,
            receipts=self._send_receipts,
            ask=self._ask,
            replies=self._reply_to_panels,
            count=self.ledger.count,
            duties=self.duties,
        )

    def _send_receipts(self, receipts: Sequence[AppReceipt]) -> None:
        for receipt in receipts:
            self.sessions[Session.ALARM].publish(receipt.topic, receipt.payload)

    def _ask(self, sendings: Sequence[Sending]) -> None:
        for sending in sendings:
            self.sparkplug.ask(sending)

    def _reply_to_panels(self, replies: Sequence[tuple[Message, bytes]]) -> None:
        if self.panels is not None:
            self.panels.answer(replies)

    def _work(self) -> Work:
        return Work(
            process=self._process,
            tick=self._tick,
            flush=self.pipeline.flush,
            redeliver=self._ask_again,
        )

    def _ask_again(self) -> None:
        for session in self.sessions.values():
            session.reconnect()
        self.inbox.again()

    def _process(self, batch: Sequence[tuple[str, Message]]) -> None:
        process = partial(self.canaries.take, process=self.pipeline.process)
        process(batch) if self.workers is None else self.workers.take(batch, process)

    def _stages(self) -> Stages:
        return Stages(
            list(self.sessions.values()),
            self.intake,
            self.store,
            self.canaries,
            self.settings.disk_free_min_mib,
            self.workers,
            (
                (Cause.TELLING, lambda: self.duties.failed_at),
                (Cause.TELLING, lambda: self.layers.failed_at),
                (Cause.TELLING, lambda: self.dispatcher.failed_at),
                (Cause.INCIDENT, lambda: self.pipeline.incident_failed_at),
                (Cause.SHELF, lambda: self.set_aside.failed_at),
                (Cause.ROUNDS, lambda: self.rounds.failed_at),
            ),
            self.screens,
            self.panels,
        )

    def _rounds(self) -> Rounds:
        kept = (self.layers.turn, self.set_aside.turn, self.commands.bell_tests.turn, self.commands.drills.turn)
        return Rounds((*kept, self.learned.turn, self.sparkplug.turn, self.ledger.turn), self.clock)

    def _tick(self) -> None:
        fault = self.watch.look()
        # Who has had so long to find the broker needs no more of it, however long we were away ourselves.
        grace_s = max(0.0, RECONNECT_GRACE_S - (self.canaries.broker_up_s() or 0.0))
        self.pipeline.tick(is_linked=not fault.is_deaf, reconnect_grace_s=grace_s)
        self.watch.swept()
        self.housekeeper.watch(is_linked=not fault.is_deaf)
        self.fault_log.keep(fault, self.clock.now())
        self._keep_house()

    def _keep_house(self) -> None:
        """What has a second's time: nothing of it is a press, or the search for who fell silent."""
        self.rounds.go()
        self.housekeeper.turn(is_idle=not self.intake.depth)

    def _has_any_of(self, family: str) -> bool:
        """Whether the post lives by it: by our own contract always."""
        return family == NATIVE or any(device.adapter == family for device in self._book.all())

    def _dispatcher(self, telling: Plan) -> Dispatcher:
        desk = WriterDesk(self.store, self.intake)
        keys = None
        if telling.zalo:
            safe = KeySafe(key_file_of(telling.zalo.key_file, self.settings.database_url))
            keys = ZaloKeys(telling.zalo, desk, self.clock, safe)
            self.authorisation = ZaloAuthorisation(telling.zalo, keys, self.clock)
        return Dispatcher(self._channels(telling, desk, keys), desk, self.clock, telling.quiet)

    def _siren_sender(self) -> SirenSender:
        desk, tell = WriterDesk(self.store, self.intake), self.sessions[Session.ALARM].publish
        return SirenSender(self.settings.base_topics, desk, tell, self.clock)

    def _broker_sessions(self) -> dict[Session, BrokerSession]:
        taker = Taker(
            name="chuong",
            song=self.canaries.song,
            offer=lambda _session: self.intake.offer,
            canary=CANARY,
            figures=[(topic, BROKER_FIGURE) for topic in (DROPPED_TOPIC, UPTIME_TOPIC)],
            has_any_of=self._has_any_of,
            kind=self._session_kind(),
        )
        return {session: broker_session(self.settings, session, taker, self.clock) for session in Session}
