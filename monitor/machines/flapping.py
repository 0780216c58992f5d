"""Devices that come and go all day: one alarm that stays, instead of one each time.

Four falls within an hour are a loose plug, not four events. From then on the alarm of its silence is held: it neither
ends when the device is heard nor rings again when it is not, until the device has stood for half an hour.
Pure; times are seconds on the listening clock.
"""

from __future__ import annotations

FALLS = 4
WITHIN_S = 3600.0
CALM_S = 1800.0

# When a device fell of late, oldest first.
Falls = tuple[float, ...]


def fell(falls: Falls, now_s: float) -> Falls:
    """With one more; what is longer ago than an hour no longer counts."""
    return (*(at_s for at_s in falls if now_s - at_s < WITHIN_S), now_s)


def is_flapping(falls: Falls, now_s: float) -> bool:
    return len(falls) >= FALLS and now_s < calm_at_s(falls)


def calm_at_s(falls: Falls) -> float:
    """From when on it counts as steady, if it does not fall before."""
    return falls[-1] + CALM_S if falls else 0.0


def restored(now_s: float) -> Falls:
    """Of a device whose alarm was held before a restart: the falls themselves are forgotten, the hold is not."""
    return (now_s,) * FALLS
