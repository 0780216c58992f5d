"""Alarm discipline (ISA-18.2): what is put aside, for how long, and which alarms come too often, too long or too many.

Every rule is a function of stored moments and of now, so a restart changes nothing and fires nothing twice.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from device_adapters.core.events import CALLS_FOR_HELP, AlarmKind
from monitor.errors import Refusal

# Whoever shelves an alarm again so soon after its shelf ended goes on with the same one.
SAME_SHELF_WITHIN = timedelta(hours=1)
# A device that falls again and again is held by `machines/flapping`, on the listening clock.
_NEVER_CHATTER = CALLS_FOR_HELP | {
    AlarmKind.OFFLINE, AlarmKind.OUTAGE, AlarmKind.MONITOR_FAULT, AlarmKind.TEST, AlarmKind.SHELF_FORGOTTEN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rules:
    """What `config/alarm_discipline.toml` says."""

    longest_shelf: timedelta = timedelta(hours=8)
    forgotten_after: timedelta = timedelta(hours=8)
    forgotten_after_times: int = 3
    out_forgotten_after: timedelta = timedelta(days=7)
    chatter_times: int = 3
    chatter_within: timedelta = timedelta(seconds=60)
    calm_after: timedelta = timedelta(minutes=10)
    stale_after: timedelta = timedelta(hours=24)
    flood_over: int = 10
    flood_within: timedelta = timedelta(minutes=10)
    flood_ends_under: int = 5


@dataclass(frozen=True, slots=True)
class Shelf:
    """``first_at``, ``times``: of the unbroken row of shelves that this one goes on with."""

    shelved_at: datetime
    until: datetime
    first_at: datetime
    times: int = 1


def shelve(before: Shelf | None, ended_at: datetime | None, lasts: timedelta, now: datetime, rules: Rules) -> Shelf:
    """``before``: the newest shelf of the same alarm, over since ``ended_at`` or not yet. Raises ``Refusal``."""
    if not timedelta(0) < lasts <= rules.longest_shelf:
        longest_min = rules.longest_shelf.total_seconds() / 60
        raise Refusal(f"an alarm can be shelved for {longest_min:.0f} minutes at most", "too_long")
    if before is None or (ended_at is not None and now - ended_at > SAME_SHELF_WITHIN):
        return Shelf(now, now + lasts, now)
    return Shelf(now, now + lasts, before.first_at, before.times + 1)


def insist_on_shelvable(kind: AlarmKind, priority: int, *, can_be: bool) -> None:
    """Raises ``Refusal`` with a sentence that says why."""
    if kind in CALLS_FOR_HELP or priority == 1:
        raise Refusal(f"{kind}: somebody calls for help; a call for help can never be shelved", "never_shelved")
    if not can_be:
        raise Refusal(f"{kind} alarms are not shelved here: config/alarm_classes.toml says so", "never_shelved")


def is_forgotten(first_at: datetime, times: int, now: datetime, rules: Rules) -> bool:
    """``first_at``, ``times``: as of a ``Shelf``."""
    return times >= rules.forgotten_after_times or now - first_at >= rules.forgotten_after


def is_out_forgotten(since: datetime, now: datetime, rules: Rules) -> bool:
    return now - since >= rules.out_forgotten_after


def can_chatter(kind: AlarmKind, priority: int) -> bool:
    return priority > 1 and kind not in _NEVER_CHATTER


def chatters(activations: int, rules: Rules) -> bool:
    """``activations``: of one alarm of one source, within ``rules.chatter_within``."""
    return activations >= rules.chatter_times


def is_calm(last_at: datetime, now: datetime, rules: Rules) -> bool:
    return now - last_at >= rules.calm_after


def flood_since(opened_at: Iterable[datetime], now: datetime, rules: Rules) -> datetime | None:
    """Since when there is a flood, None where there is none. ``opened_at``: of the alarms that one desk was shown.

    It begins with the alarm that is one too many, and ends when so few are left in the window that a person has time.
    """
    came = [(at, 1) for at in opened_at if at <= now]
    gone = [(at + rules.flood_within, -1) for at, _ in came]
    count, since = 0, None
    for at, step in heapq.merge(sorted(came), sorted(gone)):
        if at > now:
            break
        count += step
        if step > 0 and count > rules.flood_over:
            since = since or at
        elif count < rules.flood_ends_under:
            since = None
    return since
