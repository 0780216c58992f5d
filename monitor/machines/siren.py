"""An order to a siren: commanded → acknowledged → sounding → off. Whatever is lost on the way, it ends.

An order that nobody answers is sent again under the same id, so a siren that has it already does not begin anew. It is
told to be silent when its time is over, also by a monitor that was away meanwhile, until it says that it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from device_adapters.core.orders import SirenSaid, SoundAct

AGAIN_S, MOST_TRIES = 2.0, 5


class SirenState(StrEnum):
    HELD = "HELD"  # waits for a second officer
    COMMANDED = "COMMANDED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    SOUNDING = "SOUNDING"
    UNANSWERED = "UNANSWERED"  # told often enough, and not a word of it: it may sound all the same
    STOPPING = "STOPPING"
    OFF = "OFF"
    NOT_PROVEN_OFF = "NOT_PROVEN_OFF"  # told to be silent often enough, and not a word of it: somebody must go and hear
    REFUSED = "REFUSED"
    LAPSED = "LAPSED"  # no second officer in time
    WITHDRAWN = "WITHDRAWN"


BEGUN = frozenset(
    {SirenState.COMMANDED, SirenState.ACKNOWLEDGED, SirenState.SOUNDING, SirenState.UNANSWERED, SirenState.STOPPING}
)
LIVE = BEGUN | {SirenState.HELD}
_MAY_SOUND = BEGUN - {SirenState.STOPPING}


@dataclass(frozen=True, slots=True)
class SirenOrder:
    """``next_at``: when to look at it again, None when it is over. ``off_due_at``: when it must be silent."""

    order_id: str
    for_s: int
    state: SirenState
    next_at: datetime | None
    off_due_at: datetime | None = None
    attempts: int = 0
    acknowledged_at: datetime | None = None
    sounding_at: datetime | None = None
    off_at: datetime | None = None

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> SirenOrder:
        """As it is stored."""
        return cls(**{each.name: row[each.name] for each in fields(cls)} | {"state": SirenState(row["state"])})

    @property
    def is_over(self) -> bool:
        return self.state not in LIVE


def begun(order: SirenOrder, now: datetime) -> SirenOrder:
    """Its time runs from now, whenever the siren gets it: no order ever sounds longer than it may."""
    ends_at = now + timedelta(seconds=order.for_s)
    return replace(order, state=SirenState.COMMANDED, next_at=now, off_due_at=ends_at, attempts=0)


def stopped(order: SirenOrder, now: datetime) -> SirenOrder:
    """By a person. What has not begun is withdrawn."""
    if order.state is SirenState.HELD:
        return _over(order, SirenState.WITHDRAWN)
    if order.is_over:
        return order
    return replace(order, state=SirenState.STOPPING, next_at=now, attempts=0)


def passed(order: SirenOrder, now: datetime) -> tuple[SirenOrder, SoundAct | None]:
    """What becomes of it by now, and what its siren is told."""
    if order.next_at is None or now < order.next_at:
        return order, None
    if order.state is SirenState.HELD:
        return _over(order, SirenState.LAPSED), None
    if order.state in _MAY_SOUND and order.off_due_at is not None and now >= order.off_due_at:
        order = replace(order, state=SirenState.STOPPING, attempts=0)
    if order.state is SirenState.STOPPING:
        if order.attempts >= MOST_TRIES:
            return _over(order, SirenState.NOT_PROVEN_OFF), None
        return _told_again(order, now), SoundAct.STOP
    if order.state is SirenState.COMMANDED and order.attempts < MOST_TRIES:
        return _told_again(order, now), SoundAct.SOUND
    state = SirenState.UNANSWERED if order.state is SirenState.COMMANDED else order.state
    return replace(order, state=state, next_at=order.off_due_at), None


def heard(order: SirenOrder, said: SirenSaid, *, names_it: bool, now: datetime) -> SirenOrder:
    """``names_it``: the siren spoke of this very order. A family without names tells its state, which may be an old
    one: that it is silent counts only after it was heard, or told to be."""
    if order.state not in BEGUN:
        return order
    if said is SirenSaid.OFF:
        is_news = names_it or order.state in (SirenState.SOUNDING, SirenState.STOPPING)
        return replace(_over(order, SirenState.OFF), off_at=now) if is_news else order
    if order.state is SirenState.STOPPING:
        return replace(order, sounding_at=order.sounding_at or now) if said is SirenSaid.SOUNDING else order
    if said is SirenSaid.REFUSED:
        return _over(order, SirenState.REFUSED)
    acknowledged_at = order.acknowledged_at or now
    if said is SirenSaid.SOUNDING:
        sounding_at = order.sounding_at or now
        order = replace(order, state=SirenState.SOUNDING, sounding_at=sounding_at)
    elif order.state is not SirenState.SOUNDING:
        order = replace(order, state=SirenState.ACKNOWLEDGED)
    return replace(order, acknowledged_at=acknowledged_at, next_at=order.off_due_at)


def needs_second(asked: int, own_live: int, *, is_whole_commune: bool, wide_over: int) -> bool:
    """Whether a second officer must agree. ``own_live``: what whoever asks has sounding."""
    return is_whole_commune or asked + own_live > wide_over


def _told_again(order: SirenOrder, now: datetime) -> SirenOrder:
    again_at = now + timedelta(seconds=AGAIN_S)
    if order.state is SirenState.COMMANDED and order.off_due_at is not None:
        again_at = min(again_at, order.off_due_at)
    return replace(order, attempts=order.attempts + 1, next_at=again_at)


def _over(order: SirenOrder, state: SirenState) -> SirenOrder:
    return replace(order, state=state, next_at=None)
