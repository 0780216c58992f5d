"""An alarm bell that speaks our contract itself, and keeps every press until the monitor says it is stored."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from simulator import native_contract
from simulator.link import Line, Link
from simulator.native_contract import Speaker
from simulator.outgoing import Outgoing
from simulator.spool import ResendPlan, Spool, Spooled
from simulator.world import World

HEARTBEAT_S = 20.0
BATTERY_PCT = 97
# After a long outage the newest presses go first, and no more at once than the line can carry.
RESEND_AT_ONCE = 50


class NativeBell:
    def __init__(self, base: str, device_id: str, alarm_input: str, spool: Spool, world: World) -> None:
        self._speaker = Speaker(base, "bell", device_id, world.boot_id())
        self._alarm_input = alarm_input
        self._spool = spool
        self._world = world
        self._plan = ResendPlan(world.random)
        self._seq = itertools.count(1)
        self._link: Link | None = None
        self._is_beating = False
        self._battery_pct = BATTERY_PCT

    def line(self) -> Line:
        return Line(
            account=self._speaker.device_id,
            will=native_contract.will(self._speaker),
            subscriptions=(self._speaker.topic("ack"),),
            on_ready=self._on_ready,
            on_message=self._on_message,
        )

    def connect(self, link: Link) -> None:
        self._link = link
        link.open()

    def press(self) -> None:
        self._report_press("alarm")

    def release(self) -> None:
        self._report_press("clear")

    def test(self) -> None:
        self._keep_and_send(
            lambda seq, ts: native_contract.event(self._speaker, seq, ts, kind="test", extra={}), is_press=False
        )

    @property
    def unacknowledged(self) -> int:
        return len(self._spool)

    def _report_press(self, kind: str) -> None:
        self._keep_and_send(
            lambda seq, ts: native_contract.press(self._speaker, seq, ts, kind=kind, alarm_input=self._alarm_input),
            is_press=kind == "alarm",
        )

    def _keep_and_send(self, build: Callable[[int, int], Outgoing], *, is_press: bool) -> None:
        seq, now_ms = next(self._seq), self._world.now_ms()
        event_id = native_contract.event_id(self._speaker.boot, seq)
        spooled = Spooled(event_id, is_press, now_ms, build(seq, now_ms))
        self._spool.keep(spooled)
        self._attempt(spooled)

    def _attempt(self, spooled: Spooled) -> None:
        waited_s = (self._world.now_ms() - spooled.created_ms) // 1000
        message = spooled.message if waited_s < 1 else native_contract.with_queued_s(spooled.message, waited_s)
        if self._send(message):
            delay_s = self._plan.sent(spooled.event_id, self._world.timetable.now_s())
            self._world.timetable.after(delay_s, self._resend)

    def _resend(self) -> None:
        now_s = self._world.timetable.now_s()
        due = [spooled for spooled in self._spool if self._plan.is_due(spooled.event_id, now_s)]
        # Newest press first: it is the one somebody is waiting behind.
        due.sort(key=lambda spooled: (spooled.is_press, spooled.created_ms), reverse=True)
        for spooled in due[:RESEND_AT_ONCE]:
            self._attempt(spooled)

    def _on_ready(self) -> None:
        now_ms = self._world.now_ms()
        self._send(native_contract.birth(self._speaker, now_ms, {"interval_s": int(HEARTBEAT_S)}))
        self._plan.forget_delays()
        self._resend()
        if not self._is_beating:
            self._is_beating = True
            self._beat()

    def _beat(self) -> None:
        beat = native_contract.heartbeat(
            self._speaker, next(self._seq), self._world.now_ms(), {"battery": self._battery_pct}
        )
        self._send(beat)
        self._world.timetable.after(self._world.jittered(HEARTBEAT_S), self._beat)

    def _on_message(self, _topic: str, payload: bytes) -> None:
        event_id = _acknowledged_id(payload)
        if event_id is not None and self._spool.remove(event_id):
            self._plan.settled(event_id)
            self._world.say(f"{self._speaker.device_id}: monitor has stored {event_id}")

    def _send(self, message: Outgoing) -> bool:
        return self._link is not None and self._link.send(message)


def _acknowledged_id(payload: bytes) -> str | None:
    """``{"v": 1, "id": …}`` → id; None for anything else, which is then no receipt."""
    try:
        body: Any = json.loads(payload)
    except ValueError:
        return None
    event_id = body.get("id") if isinstance(body, dict) and body.get("v") == native_contract.VERSION else None
    return event_id if isinstance(event_id, str) else None
