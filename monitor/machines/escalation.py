"""Who must be told of an alarm, by which way and by when: a chain of deadlines that an acknowledgement stops.

Deadlines count from the moment the alarm rang and are written down with it, so no restart moves them. A press on an
alarm that nobody has answered yet starts nothing anew: it would push the deadlines away from whoever waits for help.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from device_adapters.core.events import AlarmKind
from monitor.machines.alarm import AlarmState


@dataclass(frozen=True, slots=True)
class Step:
    """``after_s``: from the ring. ``is_stopped``: by an acknowledgement; else it is told whatever was done since."""

    after_s: float
    role: str
    is_stopped: bool = True


@dataclass(frozen=True, slots=True)
class Way:
    """``address``: what the channel knows the recipient by; ``@role``: the telephones of whoever holds it."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person or group of a role. ``ways``: the first is gone, each other where the one before leads nowhere."""

    name: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """One duty: to tell somebody, by ``due_at``."""

    step: Step
    recipient: str
    way: Way
    otherwise: tuple[Way, ...]
    due_at: datetime


class Course(Enum):
    """What a turn of the alarm means for its chain."""

    START = "start"
    STOP = "stop"
    GO_ON = "go_on"


_NOBODY_ANSWERED = frozenset({AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED})


def course(before: AlarmState, after: AlarmState, *, is_waiting: bool) -> Course:
    """``is_waiting``: whether a duty of this alarm is still to be done.

    A shelf or an outage that ends with the condition still there rings as if it were new.
    """
    if after not in _NOBODY_ANSWERED:
        return Course.STOP
    if after is AlarmState.RETURNED_UNACKNOWLEDGED or before is AlarmState.UNACKNOWLEDGED:
        return Course.GO_ON
    if before is AlarmState.RETURNED_UNACKNOWLEDGED and is_waiting:
        return Course.GO_ON
    return Course.START


def chain_at(
    kind: AlarmKind,
    scopes: Sequence[str],
    elsewhere: Mapping[str, Mapping[AlarmKind, tuple[Step, ...]]],
    everywhere: Mapping[AlarmKind, tuple[Step, ...]],
) -> tuple[Step, ...]:
    """That of the nearest place which says anything of the kind. ``scopes``: where it rings, the nearest first."""
    for scope in scopes:
        if (own := elsewhere.get(scope, {}).get(kind)) is not None:
            return own
    return everywhere.get(kind, ())


def duties(chain: Sequence[Step], roster: Mapping[str, Sequence[Recipient]], rung_at: datetime) -> Iterator[Due]:
    """In the order of their deadlines. A role that nobody holds makes none."""
    for step in sorted(chain, key=lambda each: each.after_s):
        for recipient in roster.get(step.role, ()):
            way, *otherwise = recipient.ways
            yield Due(step, recipient.name, way, tuple(otherwise), rung_at + timedelta(seconds=step.after_s))
