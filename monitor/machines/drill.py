"""Drills: which press of a story is due, when a drill is over, and how what officers did compares with the goals.

A drill's alarms have sources of their own, ``drill:<number>:<device>``: no adapter is called so, and no message can
speak for one. A press that comes in from outside is therefore never of a drill, whatever its button is used for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from device_adapters.core.events import AlarmKind
from monitor.machines.incident import Disposition

PREFIX = "drill"
# The officer puts the mouse down first.
LEAD = timedelta(seconds=10)
LONGEST = timedelta(hours=4)
MOST_PRESSES = 200
SHOWN_S, ACKNOWLEDGED_S = 2.0, 30.0


class Ending(StrEnum):
    DONE = "done"  # all was pressed, answered and closed
    EXPIRED = "expired"
    ENDED = "ended"  # by a person


class Goal(StrEnum):
    SHOWN = "shown"
    ACKNOWLEDGED = "acknowledged"
    VERIFYING = "verifying"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    DISPOSITION = "disposition"


@dataclass(frozen=True, slots=True)
class DrillPress:
    """``after_s``: since the drill began."""

    after_s: float
    device_id: str
    kind: AlarmKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the story's own officer does about a device: seconds since its first press, None where he does not."""

    verifying_s: float | None = None
    dispatched_s: float | None = None
    on_scene_s: float | None = None
    disposition: Disposition | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """A story as a drill plays it. ``left_out``: steps that are no press and no officer's, and are not played."""

    title: str
    presses: tuple[DrillPress, ...]
    wanted: Mapping[str, Wanted] = field(default_factory=dict)
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One incident of a drill, as it went. Moments in UTC."""

    pressed_at: datetime
    shown_at: datetime | None = None
    acknowledged_at: datetime | None = None
    verifying_at: datetime | None = None
    dispatched_at: datetime | None = None
    on_scene_at: datetime | None = None
    disposition: Disposition | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """``is_met`` None: measured, for the story sets no goal for it. ``took_s`` None: nobody did."""

    goal: Goal
    limit_s: float | None
    took_s: float | None
    is_met: bool | None
    wanted: Disposition | None = None
    said: Disposition | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """Who would have been told, had it been real."""

    recipient: str
    channel: str
    due_at: datetime
    is_stopped_by_ack: bool


def source_of(drill_id: int, device_id: str) -> str:
    return f"{PREFIX}:{drill_id}:{device_id}"


def is_of_drill(source: str) -> bool:
    return source.startswith(f"{PREFIX}:")


def due(script: Script, played: int, since: timedelta) -> Sequence[DrillPress]:
    """Those whose time has come, of those that were not played. What a restart delayed is played late, never lost."""
    return [each for each in script.presses[played:] if each.after_s <= since.total_seconds()]


def ending(expires_at: datetime, now: datetime, *, is_played: bool, is_answered: bool) -> Ending | None:
    """``is_played``: every press; ``is_answered``: nothing of it is open any more."""
    if is_played and is_answered:
        return Ending.DONE
    return Ending.EXPIRED if now >= expires_at else None


def wanted_of(script: Script, device_ids: Sequence[str]) -> Wanted:
    """Of one incident, from the first press of any of its devices on: what the story does first about any of them."""
    begun = {each.device_id: each.after_s for each in reversed(script.presses)}
    opened_s = min((begun[each] for each in device_ids if each in begun), default=0.0)
    known = [each for each in device_ids if each in begun and each in script.wanted]
    said = [(script.wanted[each], begun[each] - opened_s) for each in known]

    def first(moment: str) -> float | None:
        found = [getattr(each, moment) + later_s for each, later_s in said if getattr(each, moment) is not None]
        return round(min(found), 3) if found else None

    disposition = next((each.disposition for each, _ in said if each.disposition is not None), None)
    return Wanted(first("verifying_s"), first("dispatched_s"), first("on_scene_s"), disposition)


def marks(case: Case, wanted: Wanted) -> list[Mark]:
    """In the order of the answer. A goal of the story is met where the officer was no slower than the story's own."""
    timed = [
        _timed(Goal.SHOWN, SHOWN_S, case.pressed_at, case.shown_at),
        _timed(Goal.ACKNOWLEDGED, ACKNOWLEDGED_S, case.pressed_at, case.acknowledged_at),
        _timed(Goal.VERIFYING, wanted.verifying_s, case.pressed_at, case.verifying_at),
        _timed(Goal.DISPATCHED, wanted.dispatched_s, case.pressed_at, case.dispatched_at),
        _timed(Goal.ON_SCENE, wanted.on_scene_s, case.pressed_at, case.on_scene_at),
    ]
    told = [mark for mark in timed if mark.limit_s is not None or mark.took_s is not None]
    is_right = None if wanted.disposition is None else case.disposition is wanted.disposition
    return [*told, Mark(Goal.DISPOSITION, None, None, is_right, wanted.disposition, case.disposition)]


def score(found: Sequence[Mark]) -> tuple[int, int]:
    """How many goals were met, of how many there were."""
    judged = [mark.is_met for mark in found if mark.is_met is not None]
    return sum(judged), len(judged)


def would_be_told(telling: Telling, acknowledged_at: datetime | None, until: datetime) -> bool:
    """Whether its time came before an acknowledgement that stops it, and before the drill was over."""
    is_stopped = telling.is_stopped_by_ack and acknowledged_at is not None and acknowledged_at <= telling.due_at
    return not is_stopped and telling.due_at <= until


def _timed(goal: Goal, limit_s: float | None, since: datetime, at: datetime | None) -> Mark:
    took_s = None if at is None else round(max(0.0, (at - since).total_seconds()), 1)
    is_met = None if limit_s is None else took_s is not None and took_s <= limit_s
    return Mark(goal, limit_s, took_s, is_met)
