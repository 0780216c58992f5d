"""The devices of a scenario: those of the simulator at the scenario's own pace, and a camera that speaks for itself."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path

from simulator import native_contract
from simulator.edge_probe import EdgeProbe
from simulator.link import Line, Link
from simulator.native_bell import NativeBell
from simulator.native_contract import Speaker
from simulator.spool import Spool
from simulator.wiring import NATIVE_BASE
from simulator.world import World
from simulator.zigbee_gateway import ZigbeeGateway

IN_MEMORY = Path(":memory:")
LOW_BATTERY_PCT = 20


@dataclass(frozen=True, slots=True)
class Paced(World):
    """A world in which one sender's ``beat_s`` is ``interval_s`` ± ``jitter_s``; the first falls anywhere within."""

    beat_s: float = 0.0
    interval_s: float = 0.0
    jitter_s: float = 0.0
    beaten: list[float] = field(default_factory=list)

    def jittered(self, seconds: float) -> float:
        if seconds != self.beat_s:
            # not super(): a dataclass with slots is another class than the one this was written in
            return World.jittered(self, seconds)
        if not self.beaten:
            self.beaten.append(self.timetable.now_s())
            return self.random.uniform(0.05, 1) * self.interval_s
        return max(0.05, self.interval_s + self.random.uniform(-self.jitter_s, self.jitter_s))


class Bell(NativeBell):
    """A native bell that can be tampered with and whose battery runs down."""

    def __init__(self, device_id: str, kind: str, world: World) -> None:
        super().__init__(NATIVE_BASE, device_id, kind, Spool(IN_MEMORY), world)

    def press_for(self, kind: str | None) -> None:
        self._alarm_input = kind or self._alarm_input
        self.press()

    def tamper(self) -> None:
        self._tell("tamper", {})

    def set_battery(self, percent: int) -> None:
        """A low one is told at once, any other with the next beat."""
        self._battery_pct = percent
        if percent < LOW_BATTERY_PCT:
            self._tell("low_battery", {"pct": percent})

    def _tell(self, kind: str, extra: dict[str, object]) -> None:
        self._keep_and_send(
            lambda seq, ts: native_contract.event(self._speaker, seq, ts, kind=kind, extra=extra), is_press=False
        )


class Camera:
    """A camera that speaks our contract itself."""

    beat_s = 40.0

    def __init__(self, device_id: str, world: World) -> None:
        self._speaker = Speaker(NATIVE_BASE, "camera", device_id, world.boot_id())
        self._world = world
        self._seq = itertools.count(1)
        self._link: Link | None = None
        self._is_beating = False

    def line(self) -> Line:
        will = native_contract.will(self._speaker)
        return Line(account=self._speaker.device_id, will=will, on_ready=self._on_ready)

    def connect(self, link: Link) -> None:
        self._link = link
        link.open()

    def _on_ready(self) -> None:
        if self._link is not None:
            self._link.send(native_contract.birth(self._speaker, self._world.now_ms(), {}))
        if not self._is_beating:
            self._is_beating = True
            self._beat()

    def _beat(self) -> None:
        if self._link is not None:
            self._link.send(native_contract.heartbeat(self._speaker, next(self._seq), self._world.now_ms(), {}))
        self._world.timetable.after(self._world.jittered(self.beat_s), self._beat)


class Gateway(ZigbeeGateway):
    """A Zigbee gateway whose buttons are pressed as often as the story says."""

    def press_for(self, device_id: str) -> None:
        self._press_once(device_id)


Sender = Bell | Camera | Gateway | EdgeProbe
