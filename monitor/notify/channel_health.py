"""How each channel is: what it answered last, and a test on a schedule, so that a dead one is known in time."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from monitor import metrics
from monitor.clock import Clock
from monitor.machines.delivery import Answer, Outcome, Quota
from monitor.notify.message import Channel

log = structlog.get_logger()

TEST_EVERY_S = 3600.0
# A channel that failed is looked at oftener: somebody is mending it.
TEST_AGAIN_S = 300.0
# What one recipient or one hour is to blame for is no fault of the channel.
_NO_FAULT = frozenset({Outcome.DELIVERED, Outcome.BY_HAND, Outcome.PERMANENT, Outcome.SWITCH})


@dataclass(frozen=True, slots=True)
class Health:
    """``fault``: what it said when it last failed, None while it is well. ``tested_at``: by schedule or by hand.
    ``quota``: as it was when it was last tested.
    """

    kind: str
    fault: str | None = None
    answered_at: datetime | None = None
    tested_at: datetime | None = None
    quota: Quota | None = None


class ChannelHealth:
    """Safe from any thread."""

    def __init__(self, channels: Mapping[str, Channel], clock: Clock) -> None:
        self._channels, self._clock = channels, clock
        self._known = {name: Health(channel.kind) for name, channel in channels.items()}
        self._test_at_s = dict.fromkeys(channels, 0.0)
        self._lock = threading.Lock()

    def all(self) -> Mapping[str, Health]:
        with self._lock:
            return dict(self._known)

    def note(self, name: str, answer: Answer) -> None:
        """What it answered to a message, or to a test."""
        if (before := self._known.get(name)) is None:
            return
        fault = None if answer.outcome in _NO_FAULT else answer.said
        if fault is not None and before.fault is None:
            log.warning("channel_faulty", channel=name, said=answer.said)
        with self._lock:
            self._known[name] = replace(self._known[name], fault=fault, answered_at=self._clock.now())
        metrics.channel_fault(name).set(fault is not None)

    def test(self, name: str) -> Health:
        """Asks it now; takes as long as it takes."""
        answer = self._channels[name].check()
        self.note(name, answer)
        if answer.quota is not None and answer.quota.is_low:
            log.warning("channel_quota_low", channel=name, remain=answer.quota.remain, total=answer.quota.total)
        with self._lock:
            tested = replace(self._known[name], tested_at=self._clock.now(), quota=answer.quota)
            health = self._known[name] = tested
            self._test_at_s[name] = self._clock.monotonic_s() + (TEST_AGAIN_S if health.fault else TEST_EVERY_S)
        return health

    def look(self) -> None:
        """Starts the tests whose time has come."""
        now_s = self._clock.monotonic_s()
        for name, at_s in list(self._test_at_s.items()):
            if at_s <= now_s:
                self._test_at_s[name] = now_s + TEST_EVERY_S
                threading.Thread(target=self._test_quietly, args=(name,), name="notify-test", daemon=True).start()

    def _test_quietly(self, name: str) -> None:
        try:
            self.test(name)
        except Exception:
            log.exception("channel_test_failed", channel=name)
