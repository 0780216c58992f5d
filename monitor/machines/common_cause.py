"""Devices that fell together, and the one thing they share: forty dead cameras are one cut feeder, not forty alarms.

Every fall is a stretch of time in which it must have happened: from the last sign of life to the last will, or to the
beat that did not come. Falls whose stretches meet fell together. What is blamed is what explains most of them and is
contradicted least: a device on the same feeder that was heard *after* the fall speaks against that feeder.

All times are seconds on the listening clock, so that a pause of ours makes no two falls one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

# Two cameras of a pole are a fuse; three at once want one explanation.
FEWEST = 3
# A fall that nothing explains waits so long for others; then it was alone.
WAITS_S = 600.0
# A will comes when the broker has waited one and a half keepalives in vain: so long before it the device was gone.
WILL_LAG_S = 95.0
# A stretch longer than this (a button that speaks twice a day) meets everything, and proves nothing.
SHARP_S = 900.0
# Of what hangs on a feeder, a provider or in an area, so much must be down before that is blamed.
LEAST_PART = 0.2
# Fewer than FEWEST that do not come back for so long are faults of their own: an outage does not wait for them.
LEFTOVER_S = 900.0


class CauseKind(StrEnum):
    """In the order in which one is blamed where several explain the same: what is seen to break, then mere places."""

    UPLINK = "uplink"  # the gateway, recorder or probe that speaks for it
    FEEDER = "feeder"
    PROVIDER = "provider"
    GROUP = "group"
    AREA = "area"


_ORDER = {kind: place for place, kind in enumerate(CauseKind)}
# Small things whose parts fall together for no other reason; a quarter that fell is enough.
_SMALL = frozenset({CauseKind.UPLINK, CauseKind.GROUP})


@dataclass(frozen=True, slots=True)
class Cause:
    """``key``: the feeder's or provider's name, or the id of the device, group or area."""

    kind: CauseKind
    key: str


@dataclass(frozen=True, slots=True)
class Fall:
    """A device that went down at some moment between ``from_s`` and ``to_s``, and what it hangs on."""

    device_id: str
    from_s: float
    to_s: float
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Outage:
    """``name``: its own for ever, also when another cause is blamed. ``down``: who is, ``back``: how many are no more.

    ``onset_s``: the last moment at which it can have begun. ``changed_s``: when somebody last fell or came back.
    """

    name: str
    cause: Cause
    down: frozenset[str]
    onset_s: float
    changed_s: float
    back: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is down together now. ``recent``: falls young enough to be explained, or explained anew."""

    outages: tuple[Outage, ...] = ()
    recent: Mapping[str, Fall] = field(default_factory=dict)
    named: int = 0

    def outage_of(self, device_id: str) -> Outage | None:
        return next((outage for outage in self.outages if device_id in outage.down), None)

    def explained(self) -> frozenset[str]:
        return frozenset().union(*(outage.down for outage in self.outages))

    def next_look_s(self) -> float | None:
        """When time alone may end an outage: a few leftovers that nobody will bring back."""
        waiting = [outage.changed_s + LEFTOVER_S for outage in self.outages if len(outage.down) < FEWEST]
        return min(waiting, default=None)


class Population(Protocol):
    """Who hangs on a cause, down or not."""

    def size(self, cause: Cause) -> int: ...

    def heard_after(self, cause: Cause, moment_s: float) -> int:
        """How many of them are alive and were heard after a moment: they did not fall with the others."""


@dataclass(frozen=True, slots=True)
class Happened:
    """``falls`` and ``returns`` since the last step; ``prefix``: begins the names of outages that open now."""

    now_s: float
    falls: Sequence[Fall] = ()
    returns: Collection[str] = ()
    prefix: str = ""


def step(picture: Picture, happened: Happened, population: Population) -> Picture:
    """What is down together after what happened. Whoever returned is taken out first; the empty outage is over."""
    now_s = happened.now_s
    fallen = {fall.device_id for fall in happened.falls}
    picture = _returned(picture, frozenset(happened.returns) | fallen, now_s)
    recent = {key: fall for key, fall in picture.recent.items() if now_s - fall.to_s <= WAITS_S}
    picture = replace(picture, recent=recent | {fall.device_id: fall for fall in happened.falls})
    if not happened.falls:
        return _released(picture, now_s)
    picture = _joined(picture, happened.falls, now_s)
    while clusters := _clusters(picture, population):
        for cluster in clusters:
            picture = _blamed(picture, cluster, happened)
    return _released(picture, now_s)


def _returned(picture: Picture, gone: frozenset[str], now_s: float) -> Picture:
    if not gone:
        return picture
    outages = [
        replace(each, down=each.down - gone, back=each.back + len(each.down & gone), changed_s=now_s)
        if each.down & gone
        else each
        for each in picture.outages
    ]
    recent = {key: fall for key, fall in picture.recent.items() if key not in gone}
    return replace(picture, outages=tuple(each for each in outages if each.down), recent=recent)


def _joined(picture: Picture, falls: Sequence[Fall], now_s: float) -> Picture:
    """Into outages that are still going on, whenever they began: a backup battery lasts an hour."""
    open_now = {each.cause: each.name for each in picture.outages if len(each.down) >= each.back}
    joining: defaultdict[str, set[str]] = defaultdict(set)
    for fall in falls:
        cause = next((cause for cause in fall.causes if cause in open_now), None)
        if cause is not None:
            joining[open_now[cause]].add(fall.device_id)
    grown = [
        replace(each, down=each.down | joining[each.name], changed_s=now_s) if each.name in joining else each
        for each in picture.outages
    ]
    return replace(picture, outages=tuple(grown))


@dataclass(frozen=True, slots=True)
class _Cluster:
    cause: Cause
    devices: frozenset[str]
    onset_s: float
    score: int
    size: int


def _clusters(picture: Picture, population: Population) -> list[_Cluster]:
    """What explains most of what is still unexplained comes first; no two of them blame anything for the same fall."""
    explained = picture.explained()
    news = Counter(
        cause for fall in picture.recent.values() if fall.device_id not in explained for cause in fall.causes
    )
    by_cause: dict[Cause, list[Fall]] = {cause: [] for cause, count in news.items() if count >= FEWEST}
    for fall in picture.recent.values() if by_cause else ():
        for cause in fall.causes if fall.to_s - fall.from_s <= SHARP_S else ():
            if cause in by_cause:
                by_cause[cause].append(fall)
    found = [
        cluster
        for cause, falls in by_cause.items()
        if len(falls) >= FEWEST and (cluster := _cluster(cause, falls, explained, population)) is not None
    ]
    chosen, taken = [], set[str]()
    # Of areas that lie in each other the smallest, which says the most.
    for cluster in sorted(found, key=lambda each: (-each.score, _ORDER[each.cause.kind], each.size, each.cause.key)):
        if taken.isdisjoint(cluster.devices):
            chosen.append(cluster)
            taken |= cluster.devices
    return chosen


def _cluster(cause: Cause, falls: Sequence[Fall], explained: frozenset[str], population: Population) -> _Cluster | None:
    if sum(fall.device_id not in explained for fall in falls) < FEWEST:
        return None
    together, began_s, ended_s = _meeting(falls)
    if len(together - explained) < FEWEST:
        return None
    count, size = len(together), population.size(cause)
    # Asked before anybody is looked at: the size is known, and a large area is not walked for three cameras.
    if cause.kind not in _SMALL and count < LEAST_PART * size:
        return None
    against = population.heard_after(cause, ended_s)
    most = 3 * count if cause.kind in _SMALL else count
    return _Cluster(cause, together, began_s, count - against, size) if against <= most else None


def _meeting(falls: Sequence[Fall]) -> tuple[frozenset[str], float, float]:
    """The most falls that can have happened at one moment; from when to when that moment can have been."""
    best: tuple[int, float] = (0, 0.0)
    open_now = 0
    # At the same moment, what begins goes before what ends: a stretch holds both its ends.
    ends = [(fall.from_s, 0) for fall in falls] + [(fall.to_s, 1) for fall in falls]
    for moment_s, is_end in sorted(ends):
        open_now += -1 if is_end else 1
        best = max(best, (open_now, moment_s), key=lambda each: each[0])
    there = [fall for fall in falls if fall.from_s <= best[1] <= fall.to_s]
    return frozenset(fall.device_id for fall in there), best[1], min((fall.to_s for fall in there), default=0.0)


def _blamed(picture: Picture, cluster: _Cluster, happened: Happened) -> Picture:
    """Opens an outage, or gives one that turns out to be a part of this its wider cause."""
    parts = [each for each in picture.outages if 2 * len(each.down & cluster.devices) >= len(each.down)]
    apart = [each for each in picture.outages if each not in parts]
    elsewhere = frozenset().union(*(each.down for each in apart))
    down = frozenset(cluster.devices - elsewhere).union(*(each.down for each in parts))
    named = picture.named
    if parts:
        first = min(parts, key=lambda each: each.onset_s)
        whole = replace(first, back=sum(each.back for each in parts))
    else:
        named += 1
        whole = Outage(f"{happened.prefix}{named}", cluster.cause, down, cluster.onset_s, happened.now_s)
    whole = replace(whole, cause=cluster.cause, down=down, changed_s=happened.now_s)
    return replace(picture, outages=(*apart, whole), named=named)


def _released(picture: Picture, now_s: float) -> Picture:
    """A camera that the cut has killed for good keeps no outage open."""
    kept = [each for each in picture.outages if len(each.down) >= FEWEST or now_s - each.changed_s < LEFTOVER_S]
    return picture if len(kept) == len(picture.outages) else replace(picture, outages=tuple(kept))
