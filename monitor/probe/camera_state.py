"""How a camera is, look by look: down after three misses in a row, up at the first answer. Pure.

A miss before the third is told by silence: the heartbeat leaves the camera out, and claims nothing that was not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from monitor.probe.answers import UNAUTHORIZED, Found

MISSES_UNTIL_DOWN = 3
# From there on the monitor calls a clock wrong (device_adapters/native.py): a change across it is told at once.
WRONG_CLOCK_S = 120.0
_FINE = 200


@dataclass(frozen=True, slots=True)
class CameraState:
    """``word``: up, down, auth, or nothing yet; ``since_ms``: Unix time at which it came to be so.

    ``step``: where the ladder begins next. ``is_refused``, ``skew_s``: of the last look that tried them.
    """

    word: str = ""
    since_ms: int = 0
    found: Found | None = None
    misses: int = 0
    step: str = "rtsp"
    is_refused: bool = False
    skew_s: float | None = None

    @property
    def has_wrong_clock(self) -> bool:
        return self.skew_s is not None and abs(self.skew_s) > WRONG_CLOCK_S

    @property
    def is_known(self) -> bool:
        """Whether the last look itself said how it is."""
        return self.misses == 0 or self.misses >= MISSES_UNTIL_DOWN

    def fields(self) -> dict[str, Any]:
        """As a heartbeat and a status say it."""
        if self.found is None or self.word == "down":
            err = self.found.err if self.found else None
            return {"s": "down", "l": self.found.step if self.found else "tcp", "err": err, "n": self.misses}
        told: dict[str, Any] = {"s": self.word, "l": self.found.step, "ms": self.found.ms}
        if self.found.code not in (None, _FINE):
            told["code"] = self.found.code
        return told if self.skew_s is None else told | {"skew_s": self.skew_s}


def after(state: CameraState, found: Found, now_ms: int) -> CameraState:
    if found.ms is None:
        misses = state.misses + 1
        turned = replace(state, misses=misses, found=found if misses >= MISSES_UNTIL_DOWN else state.found)
        is_down = misses >= MISSES_UNTIL_DOWN and state.word != "down"
        return replace(turned, word="down", since_ms=now_ms) if is_down else turned
    is_refused = state.is_refused if found.is_refused is None else found.is_refused
    # Without a password tried, a 401 only says that it wants one.
    word = "auth" if is_refused and found.code in (None, UNAUTHORIZED) else "up"
    skew_s = state.skew_s if found.skew_s is None else found.skew_s
    answered = CameraState(word, state.since_ms, found, 0, found.step, is_refused, skew_s)
    is_turned = word != state.word or answered.has_wrong_clock != state.has_wrong_clock
    return replace(answered, since_ms=now_ms) if is_turned else answered


def is_turned(before: CameraState, now: CameraState) -> bool:
    """Whether it is worth a word of its own at once."""
    return before.word != now.word or before.has_wrong_clock != now.has_wrong_clock
