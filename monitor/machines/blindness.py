"""When did the monitor itself hear nothing? A pure function of the clock and of whether its sessions are up.

What it could not hear nobody is blamed for: stopped (the process was not there), unlinked (no broker), frozen (a
suspended machine, or a clock that jumped ahead: hours that never were for us).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# A reconnect is no blindness worth a row; a turn this long is more than a slow disk.
WORTH_TELLING = timedelta(seconds=2)
FROZEN_AFTER = timedelta(seconds=10)


class Why(StrEnum):
    STOPPED = "stopped"
    UNLINKED = "unlinked"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Blind:
    """A stretch of it. ``ended_at``: None while it lasts."""

    began_at: datetime
    ended_at: datetime | None
    why: Why


@dataclass(frozen=True, slots=True)
class Sight:
    """``since``: blind since then, None while we see. ``is_told``: the stretch has been given to whoever keeps it."""

    since: datetime | None = None
    why: Why = Why.UNLINKED
    is_told: bool = False
    looked_at: datetime | None = None
    looked_s: float = 0.0


def woken(last_watched_at: datetime | None, *, is_told: bool = False) -> Sight:
    """After a start: blind since somebody was last there to see, if anybody ever was."""
    return Sight(last_watched_at, Why.STOPPED, is_told)


def look(sight: Sight, *, now: datetime, monotonic_s: float, is_linked: bool) -> tuple[Sight, Blind | None]:
    """The sight one look later, and the stretch to be kept by now, when it begins and again when it ends."""
    seen = _after_a_gap(sight, now, monotonic_s)
    seen = replace(seen, looked_at=now, looked_s=monotonic_s)
    if not is_linked and seen.since is None:
        seen = replace(seen, since=now, why=Why.UNLINKED, is_told=False)
    if seen.since is None:
        return seen, None
    is_worth_it = now - seen.since >= WORTH_TELLING
    if is_linked:
        blind = Blind(seen.since, max(now, seen.since), seen.why) if seen.is_told or is_worth_it else None
        return replace(seen, since=None, is_told=False), blind
    if seen.is_told or not is_worth_it:
        return seen, None
    return replace(seen, is_told=True), Blind(seen.since, None, seen.why)


def _after_a_gap(sight: Sight, now: datetime, monotonic_s: float) -> Sight:
    if sight.looked_at is None or sight.since is not None:
        return sight
    # The monotonic clock stands still while a machine is suspended, the other one while nothing steps it.
    gap = max(now - sight.looked_at, timedelta(seconds=monotonic_s - sight.looked_s))
    return replace(sight, since=now - gap, why=Why.FROZEN, is_told=False) if gap >= FROZEN_AFTER else sight
