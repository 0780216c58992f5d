"""Everything the probe tells, in the order in which it matters: presses, its own state, then what it saw of cameras.

Presses and events are on disk first and are sent until the monitor's receipt. How cameras are is told when there is a
connection and numbered only then: what was never sent leaves no gap that looks like a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from monitor.clock import Clock
from monitor.probe.camera_state import CameraState
from monitor.probe.disk_queue import DiskQueue, Kept
from monitor.probe.lines_log import log
from monitor.probe.link import Heard, Link
from monitor.probe.messages import Outgoing, Speaker, acknowledged_id, with_queued_s
from monitor.probe.resend import Outbox

RESEND_LOOK_S = 0.5
# A press that comes meanwhile waits behind no more than these in the socket.
_STATUSES_AT_ONCE = 10


@dataclass(slots=True)
class Publisher:
    """Lives on the loop. ``facts``: what every birth says besides."""

    speaker: Speaker
    queue: DiskQueue
    link: Link
    clock: Clock
    random: Random
    facts: Mapping[str, Any]
    is_clock_set: Callable[[], bool]
    _outbox: Outbox = field(init=False)
    _cameras: dict[str, CameraState] = field(default_factory=dict)
    _untold: dict[str, None] = field(default_factory=dict)
    _bells: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._outbox = Outbox(self.random)

    @property
    def heard(self) -> Heard:
        return Heard(self._on_ready, self._on_receipt, self._tell_cameras)

    def press(self, bell: str, kind: str, told_input: str) -> None:
        """``kind``: alarm, or clear for its end."""
        self._keep(self.speaker.topic("alarm", bell), kind, {"input": told_input}, is_press=kind == "alarm")

    def event(self, bell: str | None, kind: str, extra: Mapping[str, Any]) -> None:
        self._keep(self.speaker.topic("event", bell), kind, extra, is_press=False)

    def bell_read(self, bell: str, reason: str | None = None) -> None:
        """Whether its source can be read, or why it cannot: told with each beat, so that silence means something."""
        self._bells[bell] = {"s": "up"} if reason is None else {"s": "down", "err": reason}

    def camera_turned(self, camera: str, state: CameraState) -> None:
        """Told at once, or at the next connection; what it was before is worth nothing then."""
        self._cameras[camera] = state
        self._untold[camera] = None
        self._tell_cameras()

    def beat(self, cameras: Mapping[str, CameraState]) -> bool:
        """One message a cycle; False where there is nobody to tell."""
        if not self.link.is_connected:
            return False
        now_ms, fields = self.now_ms(), ((name, state.fields()) for name, state in cameras.items())
        extra = {"ntp": self.is_clock_set()} | ({"bells": self._bells} if self._bells else {})
        for message in self.speaker.heartbeats(now_ms, extra, fields):
            self.link.send(message)
        return True

    def pump(self) -> None:
        """Sends what is due; called twice a second, and whenever something changed."""
        now_s = self.clock.monotonic_s()
        while self.link.is_connected and (identity := self._outbox.next(now_s)) is not None:
            if (kept := self.queue.find(identity)) is not None:
                self._send(kept)

    def now_ms(self) -> int:
        return int(self.clock.now().timestamp() * 1000)

    def _keep(self, topic: str, kind: str, extra: Mapping[str, Any], *, is_press: bool) -> None:
        now_ms = self.now_ms()
        identity, body = self.speaker.kept(kind, now_ms, extra)
        kept = Kept(identity, topic, body, is_press, now_ms)
        is_on_disk = self.queue.keep(kept)
        log.info("kept", id=identity, kind=kind, topic=topic, is_on_disk=is_on_disk)
        self._outbox.add(kept)
        self.pump()

    def _send(self, kept: Kept) -> None:
        waited_s = max(0, self.now_ms() - kept.kept_ms) // 1000
        self.link.send(Outgoing(kept.topic, with_queued_s(kept.body, waited_s)))

    def _on_ready(self) -> None:
        self.link.untaken = 0
        self._outbox.begin(self.queue)
        self.pump()
        self.link.send(self.speaker.status("online", {"ts": self.now_ms(), "ntp": self.is_clock_set(), **self.facts}))
        # Statuses are retained: one left over from an earlier run must not contradict what is so now.
        self._untold = dict.fromkeys(self._cameras)
        self._tell_cameras()

    def _on_receipt(self, payload: bytes) -> None:
        identity = acknowledged_id(payload)
        if identity is not None and self.queue.done(identity):
            self._outbox.settled(identity)
            log.info("stored_by_monitor", id=identity)
            self.pump()

    def _tell_cameras(self) -> None:
        while self._untold and self.link.is_connected and self.link.untaken < _STATUSES_AT_ONCE:
            camera = next(iter(self._untold))
            del self._untold[camera]
            state = self._cameras[camera]
            self.link.send(self.speaker.camera_status(camera, state.since_ms, state.fields()))
