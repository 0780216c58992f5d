"""An edge probe: looks at the cameras of one group and reports them all in one heartbeat."""

from __future__ import annotations

import itertools
from dataclasses import replace

from simulator import native_contract
from simulator.link import Line, Link
from simulator.native_contract import EyeReading, Speaker
from simulator.outgoing import Outgoing
from simulator.wiring import Probe
from simulator.world import World

HEARTBEAT_S = 30.0
MISSES_UNTIL_DOWN = 3


class EdgeProbe:
    def __init__(self, base: str, probe: Probe, world: World) -> None:
        self._speaker = Speaker(base, "probe", probe.probe_id, world.boot_id())
        self._world = world
        self._seq = itertools.count(1)
        self._link: Link | None = None
        self._is_beating = False
        now_ms = world.now_ms()
        self._eyes = {
            eye.device_id: EyeReading(True, now_ms, answered_after_ms=world.random.randint(4, 40)) for eye in probe.eyes
        }

    def line(self) -> Line:
        return Line(account=self._speaker.device_id, will=native_contract.will(self._speaker), on_ready=self._on_ready)

    def connect(self, link: Link) -> None:
        self._link = link
        link.open()

    def watches(self, eye_id: str) -> bool:
        return eye_id in self._eyes

    def set_eye(self, eye_id: str, *, is_up: bool) -> None:
        """The camera stops answering, or answers again: told at once, and in every heartbeat from then on."""
        misses = 0 if is_up else MISSES_UNTIL_DOWN
        self._eyes[eye_id] = replace(self._eyes[eye_id], is_up=is_up, since_ms=self._world.now_ms(), misses=misses)
        self._send(native_contract.eye_status(self._speaker, next(self._seq), eye_id, self._eyes[eye_id]))

    def _on_ready(self) -> None:
        targets = {"sw": "0.3.1", "interval_s": int(HEARTBEAT_S), "targets": len(self._eyes)}
        self._send(native_contract.birth(self._speaker, self._world.now_ms(), targets))
        # Statuses are retained: one left over from an earlier run must not contradict what is so now.
        for eye_id, reading in self._eyes.items():
            self._send(native_contract.eye_status(self._speaker, next(self._seq), eye_id, reading))
        if not self._is_beating:
            self._is_beating = True
            self._beat()

    def _beat(self) -> None:
        beat = native_contract.probe_heartbeat(self._speaker, next(self._seq), self._world.now_ms(), self._eyes)
        self._send(beat)
        self._world.timetable.after(self._world.jittered(HEARTBEAT_S), self._beat)

    def _send(self, message: Outgoing) -> None:
        if self._link is not None:
            self._link.send(message)
