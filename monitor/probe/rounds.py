"""Round after round: every camera is looked at, so many at once, and all are told of in one message."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from random import Random

from monitor.clock import Clock
from monitor.probe.camera_state import CameraState, after, is_turned
from monitor.probe.ladder import Ladder
from monitor.probe.lines_log import log
from monitor.probe.publisher import Publisher
from monitor.probe.shapes import Camera, ProbeSettings

_JITTER = 0.1
_PATIENCE = 1.3
_SOON_S = 300.0


class Rounds:
    def __init__(self, settings: ProbeSettings, ladder: Ladder, publisher: Publisher, random: Random) -> None:
        self._settings, self._ladder, self._publisher, self._random = settings, ladder, publisher, random
        self._clock: Clock = ladder.clock
        self._cameras: Sequence[Camera] = settings.cameras
        self._states: dict[str, CameraState] = {camera.id: CameraState() for camera in self._cameras}
        self._checked_s: dict[str, float] = {}
        self._fresh: dict[str, CameraState] = {}
        self._is_round_over = asyncio.Event()

    async def run(self) -> None:
        await asyncio.gather(self._looking(), self._telling())

    async def _looking(self) -> None:
        while True:
            began_s = self._clock.monotonic_s()
            await self._round()
            self._is_round_over.set()
            cycle_s = self._settings.cycle_s * self._random.uniform(1 - _JITTER, 1 + _JITTER)
            await asyncio.sleep(max(0.0, began_s + cycle_s - self._clock.monotonic_s()))

    async def _telling(self) -> None:
        """After each round; where one takes too long, of what was seen by then: our own silence would be a fault."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._settings.cycle_s * _PATIENCE):
                    await self._is_round_over.wait()
            self._is_round_over.clear()
            if self._publisher.beat(self._fresh):
                self._fresh.clear()

    async def _round(self) -> None:
        waiting = iter(self._cameras)
        at_once = min(self._settings.at_once, len(self._cameras))
        await asyncio.gather(*(self._looks(waiting) for _ in range(at_once)))

    async def _looks(self, waiting: Iterator[Camera]) -> None:
        for camera in waiting:
            try:
                await self._look(camera)
            except Exception:  # noqa: BLE001 - one camera must not end the watch on all others and on the bells
                log.exception("look_failed", camera=camera.id)

    async def _look(self, camera: Camera) -> None:
        before, now_s = self._states[camera.id], self._clock.monotonic_s()
        # Not at each look: a wrong password said every half minute makes a camera shut us out.
        is_checking = now_s - self._checked_s.get(camera.id, -1e9) >= self._settings.check_every_s
        found = await self._ladder.look(camera, before.step, is_checking=is_checking)
        if is_checking and found.ms is not None:
            self._checked_s[camera.id] = now_s
        if found.skew_s is not None and not self._publisher.is_clock_set():
            found = replace(found, skew_s=None)  # whose clock is wrong nobody knows
            self._checked_s[camera.id] = now_s - max(0.0, self._settings.check_every_s - _SOON_S)
        self._states[camera.id] = state = after(before, found, self._publisher.now_ms())
        if state.is_known:
            self._fresh[camera.id] = state
        else:
            self._fresh.pop(camera.id, None)
        if is_turned(before, state):
            log.info("camera_turned", camera=camera.id, **state.fields())
            self._publisher.camera_turned(camera.id, state)
