"""Plays a story in the time it takes to compute it: one thread, one clock, and from one seed always the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from math import inf
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from monitor.errors import StoreUnavailable
from monitor.journal.feed import FeedEntry
from monitor.scenario.accidents import Accidents, MonitorDied
from monitor.scenario.checking import Checks, Tally, Verdict
from monitor.scenario.deeds import AGAIN_S, Deed, deeds_of
from monitor.scenario.inventory import LOOKER, issue_tokens, new_store
from monitor.scenario.journal_hash import journal_hash
from monitor.scenario.officers import ALARM, Officers
from monitor.scenario.seeing import Sight
from monitor.scenario.told import Mailbox, post_plan
from monitor.scenario.virtual_broker import VirtualBroker
from monitor.scenario.virtual_clock import VirtualClock
from monitor.scenario.virtual_hands import Hands
from monitor.scenario.virtual_monitor import Surroundings, VirtualMonitor
from monitor.scenario.visible import Visible, press_topics
from monitor.settings import Settings
from simulator.scenario import steps
from simulator.scenario.cast import cast_of
from simulator.scenario.shapes import Scenario
from simulator.scenario.stage import Stage as Devices
from simulator.timetable import Timetable
from simulator.world import World

if TYPE_CHECKING:
    from monitor.scenario.served_pages import ServedPages

# Before the story begins everybody is heard once.
WARM_UP_S = 10.0
# Where much happens the monitor looks every second. Where nothing does, as rarely as its listening clock bears: after a
# longer pause it takes itself for frozen; and its senders have nothing to send.
SOON_S, RARELY_S, SENDERS_LOOK_EVERY_S = 1.0, 2.0, 8.0
BUSY_AFTER_A_STEP_S = 12.0
CANARY_EVERY_S, FLUSH_S = 20.0, 5.0


def settings_of(scenario: Scenario, url: str) -> Settings:
    """As shipped, at the pace of the story."""
    pace = {}
    for each in ("bell", "camera", "gateway", "probe"):
        pace[f"supervision_{each}_interval_s"] = scenario.interval_s(each)
        pace[f"supervision_{each}_deadline_s"] = scenario.deadline_s(each)
    return Settings.model_validate(
        {
            "database_url": url,
            "canary_every_s": CANARY_EVERY_S,
            "disk_free_min_mib": 1,
            "heartbeat_flush_s": FLUSH_S,
            **pace,
        }
    )


class VirtualPlayer:
    """``say``: one line for whoever watches. ``after_turn``: told after everything that has happened at a moment."""

    def __init__(self, scenario: Scenario, folder: Path, say: Callable[[str], None] = lambda _line: None) -> None:
        self.scenario, self.folder = scenario, folder
        self.settings = settings_of(scenario, new_store(folder / "chuong.sqlite3", scenario))
        self.cast = cast_of(scenario)
        start = scenario.scenario.start - timedelta(seconds=WARM_UP_S)
        self.clock = VirtualClock(start)
        self.clock.while_asleep = self._sleep
        self.timetable = Timetable(self.clock.monotonic_s)
        self.broker = VirtualBroker(self.clock, self.timetable)
        self.accidents = Accidents(self.clock)
        self.broker.before_acknowledging = lambda: self.accidents.reached("before_puback")
        self.mailbox = Mailbox(self.clock, self.accidents)
        self._around = Surroundings(self.clock, self.broker, self.mailbox, self.accidents, post_plan())
        world = World(self.timetable, self.clock.true_ms, Random(f"devices {scenario.scenario.seed}"), say)
        self.devices = Devices(scenario, self.cast, world, self.broker.cable_of)
        self.checks, self.tally = Checks(scenario), Tally(deeds_of(scenario), Visible(press_topics(self.cast)))
        self.broker.received, self.broker.came_back = self.tally.visible.received, self.tally.visible.broker_is_back
        self.monitor: VirtualMonitor | None = None
        self.after_turn: Callable[[VirtualPlayer], None] = lambda _player: None
        self.on_move: Callable[[float], None] = lambda _story_s: None
        self.on_start: Callable[[VirtualMonitor], None] = lambda _monitor: None
        self.unseen: list[str] = []
        self._pages: ServedPages | None = None
        self.is_hashed, self.deaths, self.began_s = True, 0, 0.0
        self._say = say
        self.journal_hash, self._duty_s = "", inf
        self._busy_until_s = 0.0
        self._turned_s = self._looked_s = -SENDERS_LOOK_EVERY_S

    def play(self) -> list[Verdict]:
        """The whole story, and what came of it."""
        self._start_monitor()
        self.devices.connect()
        for step in self.scenario.step:
            self.timetable.after(WARM_UP_S + step.at, lambda step=step: self._do(step))  # type: ignore[misc]
        for edge_s in self.checks.edges():
            self.timetable.after(WARM_UP_S + edge_s, lambda: None)
        self._until(WARM_UP_S + self.scenario.lasts_s)
        return self._end()

    @property
    def story_s(self) -> float:
        """Since the story began."""
        return self.clock.monotonic_s() - WARM_UP_S

    # -- time ---------------------------------------------------------------------------------------------------------

    def _until(self, end_s: float) -> None:
        while (now_s := self.clock.monotonic_s()) < end_s:
            due_s = self.timetable.next_due_s()
            next_s = min(end_s, self._next_turn_s(now_s), end_s if due_s is None else due_s)
            self.clock.move_to(next_s)
            self.on_move(next_s - WARM_UP_S)
            self._let_happen()
            self._turn(is_due=next_s >= self._next_turn_s(next_s) or next_s == end_s)

    def _let_happen(self) -> None:
        try:
            self.timetable.run_due()
        except MonitorDied as death:
            self._died(str(death))

    def _next_turn_s(self, now_s: float) -> float:
        """A duty that falls due waits for nobody's pace."""
        paced_s = self._turned_s + (SOON_S if self._is_busy(now_s) else RARELY_S)
        return min(paced_s, self._duty_s) if self._duty_s > self._turned_s else paced_s

    def _is_busy(self, now_s: float) -> bool:
        return now_s < self._busy_until_s or self.checks.is_watching(now_s - WARM_UP_S)

    def _sleep(self, until_s: float) -> None:
        """The writer waits for its store: devices and broker go on meanwhile."""
        while (due_s := self.timetable.next_due_s()) is not None and due_s <= until_s:
            self.clock.move_to(due_s)
            self.timetable.run_due()
        self.clock.move_to(until_s)

    def _turn(self, *, is_due: bool) -> None:
        now_s = self.clock.monotonic_s()
        is_busy = self._is_busy(now_s)
        is_whole = is_busy or now_s >= min(self._looked_s + SENDERS_LOOK_EVERY_S, self._duty_s)
        is_whole = is_whole or self.checks.is_guarding(now_s - WARM_UP_S)
        try:
            if self.monitor is not None:
                self.monitor.is_busy = is_busy
                self.monitor.take_urgent()
                if is_due:
                    self.monitor.turn(is_whole=is_whole)
        except StoreUnavailable:
            pass  # it says so itself, and tries again
        except MonitorDied as death:
            self._died(str(death))
        if is_due:
            self._turned_s = self.clock.monotonic_s()
            if is_whole:
                self._looked_s = self._turned_s
                self._look()
                self.after_turn(self)

    def _sight(self, connection: Connection) -> Sight:
        return Sight(connection, lambda: self.devices.unacknowledged, self._page_text)

    def _page_text(self, page: str) -> str:
        if self._pages is None:
            # With all of the web, which most stories never ask.
            from monitor.scenario.served_pages import ServedPages

            self._pages = ServedPages(issue_tokens(self.settings.database_url, (LOOKER,), self.clock.now())[LOOKER])
        return self._pages.text(self.monitor, page)

    def _look(self) -> None:
        if self.monitor is None:
            return
        with self.monitor.store.read() as connection:
            sight = self._sight(connection)
            self.tally.offline_at_peak = max(self.tally.offline_at_peak, sight.count("offline"))
            self.checks.look(self.story_s, sight)
            due_at = sight.next_duty_at()
        self._duty_s = inf if due_at is None else self.clock.at(due_at)

    # -- what happens -------------------------------------------------------------------------------------------------

    def _do(self, step: steps.AnyStep) -> None:
        self._busy_until_s = self.clock.monotonic_s() + BUSY_AFTER_A_STEP_S
        self._say(f"{step.do} {getattr(step, 'device', None) or getattr(step, 'feeder', None) or ''}".rstrip())
        if self.devices.do(step):
            return
        match step:
            case steps.BrokerRestart():
                self.broker.restart(step.down_for, keeps=step.keeps)
            case steps.ClockStep():
                self.clock.set_by(step.by)
            case steps.DiskFull():
                self.accidents.full_until_s = self.clock.monotonic_s() + step.lasts
            case steps.ChannelFails():
                self.mailbox.failing[step.channel] = (self.clock.monotonic_s() + step.lasts, step.how)
            case steps.KillMonitor():
                self._down_for_s = step.down_for
                if step.when == "now":
                    self._died("now")
                else:
                    self.accidents.die(step.when, step.passes)
            case _:
                self._act(self.tally.deed_of(step))

    def _act(self, deed: Deed) -> None:
        self._turn(is_due=False)
        self._busy_until_s = self.clock.monotonic_s() + BUSY_AFTER_A_STEP_S
        try:
            is_again = deed.is_to_be_tried_again(lambda: self._done(deed))
        except MonitorDied as death:
            self._died(str(death))
            deed.is_unanswered, is_again = True, deed.has_another_try()
        if is_again:
            self.timetable.after(AGAIN_S, lambda: self._act(deed))
        elif not deed.is_met:
            self._say(f"{deed.act.do}: {deed.seen}")

    def _done(self, deed: Deed) -> str:
        if self.monitor is None:
            raise StoreUnavailable("the monitor is not there")
        with self.monitor.store.read() as connection:
            return Officers(Hands(self.monitor, self.unseen)).do(deed.act, connection)

    # -- the monitor's life -------------------------------------------------------------------------------------------

    def _start_monitor(self) -> None:
        self.began_s = self.clock.monotonic_s()
        try:
            self.monitor = VirtualMonitor(self.settings, self._around)
            self.monitor.on_told = self._told
            self.on_start(self.monitor)
            self.monitor.start()
            if self.tally.visible.unseen:
                with self.monitor.store.read() as connection:
                    self.tally.visible.told(connection.execute(select(ALARM)).mappings(), self.clock.monotonic_s())
        except (MonitorDied, StoreUnavailable, SQLAlchemyError) as death:
            # Without a store it ends, and whoever keeps it running starts it again.
            self._died(str(death).partition("\n")[0])

    def _told(self, entries: Sequence[FeedEntry]) -> None:
        alarms = [each.data for each in entries if each.event in ("alarm", "alarm_count")]
        self.tally.visible.told(alarms, self.clock.monotonic_s())

    _down_for_s = 2.0

    def _died(self, where: str) -> None:
        self._say(f"the monitor dies ({where})")
        monitor, self.monitor = self.monitor, None
        self.deaths += 1
        if monitor is not None:
            monitor.die()
        self._busy_until_s = self.clock.monotonic_s() + self._down_for_s + BUSY_AFTER_A_STEP_S
        self.timetable.after(self._down_for_s, self._start_monitor)

    def close(self) -> None:
        """In the middle of a story."""
        if self.monitor is not None:
            self.monitor.die()

    def _end(self) -> list[Verdict]:
        self.accidents.are_over()
        self.tally.pressed = dict(self.devices.pressed)
        if self.monitor is None:
            self._start_monitor()
        assert self.monitor is not None  # noqa: S101 — nothing dies at the very end
        with self.monitor.store.read() as connection:
            verdicts = self.checks.verdicts(self._sight(connection), self.tally)
            self.journal_hash = journal_hash(connection) if self.is_hashed else ""
        self.monitor.stop()
        self.monitor = None
        return verdicts
