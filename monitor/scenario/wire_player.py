"""Plays a story over a real broker to a real monitor process, faster than the world where nothing happens."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Connection

from monitor.clock import SystemClock
from monitor.errors import Refusal, StoreUnavailable
from monitor.journal.database import Store
from monitor.scenario.checking import Checks, Tally, Verdict
from monitor.scenario.deeds import AGAIN_S, Deed, deeds_of
from monitor.scenario.http_hands import HttpHands
from monitor.scenario.inventory import LOOKER, issue_tokens, new_store
from monitor.scenario.officers import Officers
from monitor.scenario.paced_clock import Pace, PacedClock, pieces_of
from monitor.scenario.receiver import Receiver
from monitor.scenario.screen import Screen, insist_on_browser, picture_name
from monitor.scenario.seeing import NoPage, Sight
from monitor.scenario.virtual_player import WARM_UP_S, settings_of
from monitor.scenario.visible import Visible, press_topics
from monitor.scenario.wire_post import HOST, WirePost
from simulator.link import BrokerAddress, Line, MqttLink, Passwords
from simulator.outgoing import Outgoing
from simulator.scenario import steps
from simulator.scenario.cast import cast_of
from simulator.scenario.shapes import Scenario
from simulator.scenario.stage import Stage as Devices
from simulator.timetable import Timetable
from simulator.wiring import GATEWAY_ACCOUNT
from simulator.world import World

POLL_S, LOOK_EVERY_S = 0.01, 0.5


class WireCable:
    """A device's connection over TCP that can be pulled out. ``sent``: told what went out on it.

    ``is_new_broker``: it has not spoken to the one that was started last; ``found_broker``: told when it does.
    """

    def __init__(self, line: Line, link_of: Callable[[Line], MqttLink]) -> None:
        self.is_new_broker = False
        self.sent: Callable[[Outgoing], None] = lambda _message: None
        self.found_broker: Callable[[], None] = lambda: None
        self._line = line
        self._link = link_of(replace(line, on_ready=self._on_ready))

    def open(self) -> None:
        self._link.open()

    def send(self, message: Outgoing) -> bool:
        is_sent = self._link.send(message)
        if is_sent:
            self.sent(message)
        return is_sent

    def pull(self) -> None:
        self._link.cut()

    def plug(self) -> None:
        self._link.open()

    def close(self) -> None:
        self._link.close()
        self._link.join()

    def _on_ready(self) -> None:
        if self.is_new_broker:
            self.is_new_broker = False
            self.found_broker()
        self._line.on_ready()


class WirePlayer:
    def __init__(self, scenario: Scenario, folder: Path, say: Callable[[str], None], speed: float) -> None:
        if scenario.pages:
            insist_on_browser()
        self.scenario, self._say, self.journal_hash = scenario, say, ""
        self._world = SystemClock()
        start = scenario.scenario.start - timedelta(seconds=WARM_UP_S)
        self.clock = PacedClock(Pace(start, 0.0, pieces_of(scenario, speed, WARM_UP_S)))
        url = new_store(folder / "chuong.sqlite3", scenario)
        self._receiver = Receiver(self.clock)
        cast = cast_of(scenario)
        voices = [each.device_id for each in cast.members.values() if not each.behind and not each.is_mute]
        accounts = [*voices, GATEWAY_ACCOUNT]
        self._post = WirePost(folder, settings_of(scenario, url), accounts, self.clock, self._receiver.url)
        tokens = issue_tokens(url, (LOOKER, *_people(scenario)), self._world.now())
        self._hands = HttpHands(self._post.http_port, tokens)
        self._folder, self._broken = folder, 0
        self._screen = (
            Screen(f"http://{HOST}:{self._post.http_port}", LOOKER, tokens[LOOKER]) if scenario.pages else None
        )
        self.timetable = Timetable(self.clock.monotonic_s)
        world = World(self.timetable, self.clock.true_ms, Random(f"devices {scenario.scenario.seed}"), say)
        self._passwords = Passwords(BrokerAddress(HOST, self._post.mqtt_port), self._post.passwords)
        self._cables: list[WireCable] = []
        self.checks, self.tally = Checks(scenario), Tally(deeds_of(scenario), Visible(press_topics(cast)))
        self.devices = Devices(scenario, cast, world, self._cable_of)
        self._store = Store(url)
        self.on_move: Callable[[float], None] = lambda _story_s: None

    def play(self) -> list[Verdict]:
        try:
            self._receiver.start()
            self._post.start()
            if self._screen is not None:
                self._screen.open(self.scenario.pages)
            self.devices.connect()
            for step in self.scenario.step:
                self._at(WARM_UP_S + step.at, lambda step=step: self._do(step))  # type: ignore[misc]
            self._until(WARM_UP_S + self.scenario.lasts_s)
            self.tally.pressed = dict(self.devices.pressed)
            with self._store.read() as connection:
                return self.checks.verdicts(self._sight(connection), self.tally)
        finally:
            for cable in self._cables:
                cable.close()
            if self._screen is not None:
                self._screen.close()
            self._post.stop()
            self._receiver.stop()
            self._store.close()

    def _at(self, story_s: float, action: Callable[[], None]) -> None:
        self.timetable.after(story_s - self.clock.monotonic_s(), action)

    def _until(self, end_s: float) -> None:
        looked_s = 0.0
        while self.clock.monotonic_s() < end_s:
            self.timetable.run_due()
            self._look_for_presses()
            if self._world.monotonic_s() - looked_s >= LOOK_EVERY_S:
                looked_s = self._world.monotonic_s()
                self.on_move(self.clock.monotonic_s() - WARM_UP_S)
                self._look()
            self._world.sleep(POLL_S)

    def _look(self) -> None:
        with self._store.read() as connection:
            sight = self._sight(connection)
            self.tally.offline_at_peak = max(self.tally.offline_at_peak, sight.count("offline"))
            self.checks.look(self.clock.monotonic_s() - WARM_UP_S, sight)
        self._keep_pictures()

    def _sight(self, connection: Connection) -> Sight:
        return Sight(connection, lambda: self.devices.unacknowledged, self._page_text)

    def _page_text(self, page: str) -> str:
        if self._screen is None:
            raise NoPage("no browser")
        return self._screen.text(page)

    def _keep_pictures(self) -> None:
        """Of each page that did not show what it was to, at that moment."""
        broken = self.checks.broken_screens()
        for number, want in broken[self._broken :]:
            if self._screen is not None:
                self._screen.picture(want.page, self._folder / picture_name(number, want.page))
        self._broken = len(broken)

    def _cable_of(self, line: Line) -> WireCable:
        cable = WireCable(line, lambda watched: MqttLink(watched, self._passwords, self.timetable.soon))
        visible, now_s = self.tally.visible, self.clock.monotonic_s
        cable.sent = lambda message: visible.received(message.topic, message.payload, now_s())
        cable.found_broker = lambda: visible.broker_is_back(now_s())
        self._cables.append(cable)
        return cable

    def _look_for_presses(self) -> None:
        """As a screen: by what the monitor says to whoever asks it."""
        if self.tally.visible.unseen:
            with suppress(StoreUnavailable, Refusal):
                told = self._hands.snapshot(LOOKER)
                self.tally.visible.told([*told["alarms"], *told["recent"]], self.clock.monotonic_s())

    # -- what happens -------------------------------------------------------------------------------------------------

    def _do(self, step: steps.AnyStep) -> None:
        self._say(f"{step.do} {getattr(step, 'device', None) or getattr(step, 'feeder', None) or ''}".rstrip())
        if self.devices.do(step):
            return
        match step:
            case steps.BrokerRestart():
                self._post.end_broker(keeps=step.keeps)
                for cable in self._cables:
                    cable.is_new_broker = True
                self.timetable.after(step.down_for, self._post.start_broker)
            case steps.ClockStep():
                self._post.switches.set_clock_by(step.by)
            case steps.DiskFull():
                self._post.switches.fill_disk_until(self.clock.monotonic_s() + step.lasts)
            case steps.ChannelFails():
                self._receiver.failing[step.channel] = (self.clock.monotonic_s() + step.lasts, step.how)
            case steps.KillMonitor():
                self._post.kill_monitor()
                self.timetable.after(step.down_for, self._post.start_monitor)
            case _:
                self._act(self.tally.deed_of(step))

    def _act(self, deed: Deed) -> None:
        if deed.is_to_be_tried_again(lambda: self._done(deed)):
            self.timetable.after(AGAIN_S, lambda: self._act(deed))
        elif not deed.is_met:
            self._say(f"{deed.act.do}: {deed.seen}")

    def _done(self, deed: Deed) -> str:
        with self._store.read() as connection:
            return Officers(self._hands).do(deed.act, connection)


def _people(scenario: Scenario) -> list[str]:
    return [by for step in scenario.step if (by := getattr(step, "by", None)) and isinstance(by, str)]
