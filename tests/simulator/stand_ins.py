"""A world whose clock the test moves, and a link that keeps what was sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from simulator.link import Line
from simulator.outgoing import Outgoing
from simulator.timetable import Timetable


class Hand:
    """Moves the clock; what becomes due on the way runs in order."""

    def __init__(self) -> None:
        self._now_s = 0.0
        self.timetable = Timetable(lambda: self._now_s)

    def now_ms(self) -> int:
        return 1_795_249_530_000 + int(self._now_s * 1000)

    def forward(self, seconds: float) -> None:
        end_s = self._now_s + seconds
        while self._now_s < end_s:
            self._now_s = min(self._now_s + 0.1, end_s)
            self.timetable.run_due()


@dataclass
class RecordingLink:
    """Stands for the broker; ``is_up`` False refuses everything, as a lost connection does."""

    is_up: bool = True
    sent: list[Outgoing] = field(default_factory=list)

    def open(self) -> None:
        pass

    def send(self, message: Outgoing) -> bool:
        if self.is_up:
            self.sent.append(message)
        return self.is_up

    def bodies(self, topic: str) -> list[Any]:
        return [json.loads(message.payload) for message in self.sent if message.topic == topic]

    def ready(self, line: Line) -> None:
        line.on_ready()
