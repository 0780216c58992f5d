"""One look at one camera: RTSP → ONVIF → TCP, and what answered best.

It begins with what answered last. A connection that was taken and then led to no sensible answer is the TCP step
already, so a camera that is fine costs one connection and a dead one two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.clock import Clock
from monitor.probe.answers import Found
from monitor.probe.conversation import Way
from monitor.probe.onvif import ask_onvif
from monitor.probe.rtsp import ask_rtsp
from monitor.probe.shapes import Camera
from monitor.probe.tcp import ask_tcp

_STEPS = {"rtsp": ask_rtsp, "onvif": ask_onvif}


@dataclass(frozen=True, slots=True)
class Ladder:
    timeout_s: float
    clock: Clock

    async def look(self, camera: Camera, last_step: str, *, is_checking: bool) -> Found:
        """``is_checking``: its password and its clock are tried too, where it has them."""
        if camera.kind == "tcp":
            return await ask_tcp(self._way(camera, camera.tcp_port))
        found = await self._best(camera, last_step, is_checking=is_checking)
        if is_checking and camera.kind == "onvif" and found.step == "rtsp" and found.ms is not None:
            clock, _ = await ask_onvif(self._way(camera, camera.onvif_port), None)
            return replace(found, skew_s=clock.skew_s)
        return found

    async def _best(self, camera: Camera, last_step: str, *, is_checking: bool) -> Found:
        steps = ("rtsp", "onvif") if camera.kind == "onvif" else ("rtsp",)
        opened, errors = list[int](), list[str]()
        for step in sorted(steps, key=lambda each: each != last_step):
            port = camera.rtsp_port if step == "rtsp" else camera.onvif_port
            login = camera.login if is_checking else None
            found, opened_ms = await _STEPS[step](self._way(camera, port), login)
            if found.ms is not None:
                return found
            opened += [] if opened_ms is None else [opened_ms]
            errors.append(found.err or "error")
        return Found("tcp", opened[0]) if opened else Found("tcp", err=_gravest(errors))

    def _way(self, camera: Camera, port: int) -> Way:
        return Way(camera.address, port, self.timeout_s, self.clock)


def _gravest(errors: list[str]) -> str:
    """A machine that refuses at one port is there, which says more than the silence of another."""
    return next((each for each in ("refused", "reset", "unreachable", "timeout") if each in errors), errors[0])
