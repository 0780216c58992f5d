"""Sends what is due: a thread that looks, and one for each message on its way, so that no channel waits for another.

A duty is taken, sent, and settled when its channel has answered. What is taken is in the store before anything leaves,
so after a crash it is sent again, and marked: it may have arrived.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor import metrics
from monitor.clock import Clock
from monitor.errors import StoreUnavailable
from monitor.journal import duties
from monitor.machines.delivery import Answer, DutyState, Outcome, Settlement
from monitor.machines.quiet_hours import NEVER, Quiet
from monitor.notify.channel_health import ChannelHealth
from monitor.notify.desk import DutyDesk
from monitor.notify.message import Channel
from monitor.notify.quiet import put_off
from monitor.notify.settling import message_of, settle_duty

log = structlog.get_logger()

LOOK_EVERY_S = 0.25
AT_ONCE = 4  # of one channel: a server that hangs must not hold back an alarm behind it
MOST_URGENT, LEAST_URGENT = 1, 4
LONGEST_STOP_S = 2.0
SETTLE_AGAIN_S = 0.5
# Nothing is ever left on its way but by a crash; should it be, it is found before the commander gets impatient.
RECOVER_EVERY_S = 15.0
NO_CHANNEL = Answer(Outcome.OPERATOR, "there is no such channel in channels.toml", "refused")


class Dispatcher:
    def __init__(self, channels: Mapping[str, Channel], desk: DutyDesk, clock: Clock, quiet: Quiet = NEVER) -> None:
        self.health = ChannelHealth(channels, clock)
        self._channels, self._desk, self._clock = channels, desk, clock
        self._kinds = {name: channel.kind for name, channel in channels.items()}
        self._quiet = quiet
        # When duties could last not be taken or sent off for a reason of our own; a store that is away says so itself.
        self.failed_at: datetime | None = None
        self._on_way: dict[int, str] = {}
        self._recover_at_s = clock.monotonic_s()
        self._changed = threading.Condition()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="notify", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What is on its way may end; what does not in time is sent again by the next start, and marked."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        if self._thread.ident is None:
            return
        self._thread.join(timeout=LONGEST_STOP_S)
        with self._changed:
            self._changed.wait_for(lambda: not self._on_way, timeout=LONGEST_STOP_S)

    def recover(self) -> int:
        """What a crash left on its way is due again, and marked. Raises ``StoreUnavailable``."""
        with self._changed:
            in_hand = list(self._on_way)
        with self._desk.read() as connection:
            if not duties.is_adrift(connection, in_hand):
                return 0
        return self._desk.write(lambda tx: duties.recover(tx, self._clock.now(), in_hand))

    def take(self) -> list[dict[str, Any]]:
        """What is due and may go now; on its way from here on. Raises ``StoreUnavailable``."""
        now = self._clock.now()
        with self._desk.read() as connection:
            due = duties.due_channels(connection, now)
        taken: list[dict[str, Any]] = []
        for channel in due:
            try:
                ours = self._taken_of(channel, now)
            except Exception:
                if not taken:
                    raise
                log.exception("channel_not_taken", channel=channel)
                break  # what other channels were given is in our hand: nobody else would ever send it
            with self._changed:
                self._on_way |= {duty["id"]: channel for duty in ours}
            taken += ours
        return taken

    def _taken_of(self, channel: str, at: datetime) -> list[dict[str, Any]]:
        """As many as there is room for; a call for help has room of its own behind what hangs."""
        with self._changed:
            busy = list(self._on_way.values()).count(channel)
        most, least_urgent = (AT_ONCE, LEAST_URGENT) if busy < AT_ONCE else (2 * AT_ONCE, MOST_URGENT)
        if busy >= most:
            return []
        limits = {"limit": most - busy, "least_urgent": least_urgent}
        return self._desk.write(partial(self._taken, channel=channel, at=at, limits=limits))

    def _send_off(self, taken: Sequence[Mapping[str, Any]]) -> None:
        """Each on a thread of its own; what finds none is put down again, for ``recover`` to find."""
        started = set[int]()
        try:
            for duty in taken:
                threading.Thread(target=self.deliver, args=(duty,), name="notify-one", daemon=True).start()
                started.add(duty["id"])
        finally:
            with self._changed:
                for duty in taken:
                    if duty["id"] not in started:
                        self._on_way.pop(duty["id"], None)

    def _taken(self, tx: Connection, channel: str, at: datetime, limits: Mapping[str, int]) -> list[dict[str, Any]]:
        try:
            with tx.begin_nested():
                put_off(tx, channel, self._quiet, self._kinds, at)
        except (OperationalError, StoreUnavailable):
            raise
        except Exception:  # a message at a quiet hour is better than none
            log.exception("quiet_hours_failed", channel=channel)
        return duties.take(tx, channel, limits["limit"], at, least_urgent=limits["least_urgent"])

    def deliver(self, duty: Mapping[str, Any]) -> None:
        """Sends one that was taken, and settles it."""
        try:
            answer = self._send(duty)
            self.health.note(duty["channel"], answer)
            self._settle(duty, answer)
        finally:
            with self._changed:
                self._on_way.pop(duty["id"], None)
                self._changed.notify_all()

    def _send(self, duty: Mapping[str, Any]) -> Answer:
        channel = self._channels.get(duty["channel"])
        if channel is None:
            return NO_CHANNEL
        try:
            return channel.send(message_of(duty))
        except Exception as error:
            log.exception("channel_failed", channel=duty["channel"], duty=duty["id"])
            return Answer(Outcome.UNKNOWN, type(error).__name__, "unanswered")

    def _settle(self, duty: Mapping[str, Any], answer: Answer) -> None:
        metrics.told(duty["channel"], answer.outcome).inc()
        settlement = self._settled(partial(_settle, duty=duty, answer=answer, kinds=self._kinds, clock=self._clock))
        if settlement is None:
            return
        if settlement.state is DutyState.SENT:
            late_s = (self._clock.now() - duty["due_at"]).total_seconds()
            metrics.DUTY_LATE_S.observe(max(0.0, late_s))
        if settlement.state in (DutyState.DEAD, DutyState.SWITCHED):
            told = log.error if settlement.state is DutyState.DEAD else log.warning
            told("duty_not_delivered", duty=duty["id"], channel=duty["channel"], said=answer.said)

    def _settled(self, work: Callable[[Connection], Settlement]) -> Settlement | None:
        """Until it is written: sending again what has arrived, for want of a note of it, is the last resort."""
        while True:
            try:
                return self._desk.write(work)
            except StoreUnavailable:
                if self._is_stopping:
                    return None
                self._clock.sleep(SETTLE_AGAIN_S)

    def _run(self) -> None:
        while not self._is_stopping:
            try:
                if self._clock.monotonic_s() >= self._recover_at_s:
                    self.recover()
                    self._recover_at_s = self._clock.monotonic_s() + RECOVER_EVERY_S
                self._send_off(self.take())
                self.health.look()
            except StoreUnavailable:
                pass  # the writer says so; a duty waits in the store
            except Exception:
                self.failed_at = self._clock.now()
                log.exception("dispatcher_failed")
            with self._changed:
                if not self._is_stopping:
                    self._changed.wait(LOOK_EVERY_S)


def _settle(
    tx: Connection, duty: Mapping[str, Any], answer: Answer, kinds: Mapping[str, str], clock: Clock
) -> Settlement:
    return settle_duty(tx, duty, answer, kinds, clock.now())
