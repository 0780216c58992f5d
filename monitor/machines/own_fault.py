"""What is wrong with the monitor itself: a pure function of what its watch found a moment ago and finds now.

Many causes make one fault. It begins when a cause has lasted longer than a hiccup does, takes in what else fails
meanwhile, and ends by itself a moment after everything is well. What only follows from another cause is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

# A clock that is set by more than this tells a wrong time of a press.
STEP_S = 5.0
# All must be well for so long: what comes and goes is one fault.
WELL_FOR_S = 3.0


class Cause(StrEnum):
    """In the order in which they are told: the first are what the others come from."""

    LINK = "link"  # no broker, or one that hands nothing out
    STORE = "store"  # cannot be written
    DISK = "disk"  # soon cannot be written
    WRITER = "writer"  # the one thread that everything passes through hangs
    WORKER = "worker"  # somebody who takes messages in for us is gone, or not heard
    PANELS = "panels"  # the door for alarm panels is closed; everybody else is heard
    ROUND_TRIP = "round_trip"  # what comes in does not come through
    SWEEP = "sweep"  # nobody looks for who fell silent
    FEED = "feed"  # what is stored does not reach the screens
    SCREEN = "screen"  # what reaches the screens is not shown, or not heard
    TELLING = "telling"  # an alarm rings at the desk, and who else must know was not written down
    INCIDENT = "incident"  # an alarm rings, and no incident could be written for it
    SHELF = "shelf"  # what officers put aside does not come back by itself
    ROUNDS = "rounds"  # what is looked after each second was not
    DROPPED = "dropped"  # the broker threw messages away
    CLOCK = "clock"  # was set while we ran


# While one of these lasts, what was last heard of a device says nothing about it.
BLINDING = frozenset({Cause.LINK, Cause.WRITER, Cause.WORKER, Cause.ROUND_TRIP, Cause.SWEEP})
# While one of these lasts, somebody may have spoken and was not heard yet.
DEAFENING = frozenset({Cause.LINK, Cause.WORKER, Cause.ROUND_TRIP})
# A broker that restarts is away for seconds; who was frozen has caught up in one.
_GRACE_S = {
    Cause.LINK: 5.0,
    Cause.WORKER: 5.0,
    Cause.PANELS: 5.0,
    **dict.fromkeys((Cause.STORE, Cause.WRITER, Cause.ROUND_TRIP, Cause.SWEEP, Cause.FEED), 2.0),
}
_FOLLOWS = {
    Cause.LINK: frozenset({Cause.WORKER, Cause.ROUND_TRIP}),
    Cause.STORE: frozenset({Cause.WRITER, Cause.WORKER, Cause.ROUND_TRIP, Cause.SWEEP, Cause.SCREEN}),
    Cause.WRITER: frozenset({Cause.WORKER, Cause.ROUND_TRIP, Cause.SWEEP, Cause.SCREEN}),
    Cause.FEED: frozenset({Cause.SCREEN}),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One cause that lasts. ``note``: what exactly, for whoever mends it."""

    since_at: datetime
    since_s: float
    note: str


@dataclass(frozen=True, slots=True)
class OwnFault:
    """``troubles``: what is wrong now. ``began_at`` and ``causes``: of the fault that people are told of, if any.

    ``has_heard``: whether there was a link since the start. Until then what the store says of devices is of earlier.
    """

    troubles: Mapping[Cause, Trouble] = field(default_factory=dict)
    began_at: datetime | None = None
    causes: tuple[Cause, ...] = ()
    blind_since_at: datetime | None = None
    well_since_s: float | None = None
    has_heard: bool = False

    @property
    def is_deaf(self) -> bool:
        """Whether somebody who is silent may have spoken."""
        return not DEAFENING.isdisjoint(self.troubles)


def step(before: OwnFault, found: Mapping[Cause, str], *, now: datetime, monotonic_s: float) -> OwnFault:
    """The fault as it is now. ``found``: each cause there is at this moment, and what exactly."""
    troubles = {
        cause: replace(before.troubles[cause], note=note)
        if cause in before.troubles
        else Trouble(now, monotonic_s, note)
        for cause, note in found.items()
    }
    ripe = {cause for cause, each in troubles.items() if monotonic_s - each.since_s >= _GRACE_S.get(cause, 0.0)}
    has_heard = before.has_heard or Cause.LINK not in troubles
    # A hiccup makes nobody blind who has just heard all; who has only begun has seen nothing yet.
    blinding = ripe & BLINDING if has_heard else troubles.keys() & BLINDING
    blind = [troubles[cause].since_at for cause in blinding]
    after = replace(before, troubles=troubles, blind_since_at=min(blind, default=None), has_heard=has_heard)
    if ripe:
        began_at = before.began_at or min(troubles[cause].since_at for cause in ripe)
        return replace(after, began_at=began_at, causes=told({*before.causes, *ripe}), well_since_s=None)
    return replace(after, well_since_s=None) if troubles else _mend(after, monotonic_s)


def told(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Without those that follow from another one, in their order."""
    all_of_them = set(causes)
    hidden = {follower for cause in all_of_them for follower in _FOLLOWS.get(cause, ())}
    return tuple(cause for cause in Cause if cause in all_of_them - hidden)


def _mend(fault: OwnFault, monotonic_s: float) -> OwnFault:
    since_s = monotonic_s if fault.well_since_s is None else fault.well_since_s
    if monotonic_s - since_s < WELL_FOR_S:
        return replace(fault, well_since_s=since_s)
    return OwnFault(has_heard=True)


@dataclass(frozen=True, slots=True)
class Moment:
    """Both clocks at once."""

    at: datetime
    monotonic_s: float


def stepped_by_s(before: Moment, now: Moment) -> float:
    """By how much somebody set the clock in between; 0 where it only went on."""
    off_s = (now.at - before.at).total_seconds() - (now.monotonic_s - before.monotonic_s)
    return off_s if abs(off_s) >= STEP_S else 0.0
