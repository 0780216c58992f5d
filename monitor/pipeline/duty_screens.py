"""The duty screens as they are now: what each says of itself, and the receipts it gave; in memory, for it is of now."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from monitor.clock import Clock
from monitor.inventory.territory import Place, Territory
from monitor.journal.feed import FeedEntry
from monitor.machines.alarm import AlarmState
from monitor.machines.duty_screen import Known, Patience, Ring, Screen, SoundState, troubles

# Several times the 500 that a post is measured with: more are somebody's mistake.
MOST_SCREENS = 2000
# What has said nothing for so long stands in no list.
FORGOTTEN_AFTER_S = 12 * 3600.0
log = structlog.get_logger()
_RINGING = frozenset({AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED})


@dataclass(frozen=True, slots=True)
class ScreenWord:
    """``kind``: desk | wall | page. ``tone_tested_at``: when it last measured its own tone."""

    screen_id: str
    kind: str
    is_visible: bool
    sound: SoundState
    tone_tested_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ScreenShown:
    """A screen as the page of the monitor itself shows it; times in UTC."""

    word: ScreenWord
    user: str
    opened_at: datetime
    heard_at: datetime
    is_open: bool
    receipts: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class _Kept:
    word: ScreenWord
    user: str
    within: Territory
    opened_at: datetime
    heard_at: datetime
    opened_s: float
    heard_s: float
    receipts: Mapping[str, datetime]
    is_test_asked: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    version: int
    told_s: float
    place: Place
    receipts: frozenset[tuple[str, str]] = frozenset()


class DutyScreens:
    """May be asked from any thread."""

    def __init__(self, clock: Clock, patience: Patience) -> None:
        self._clock, self._patience = clock, patience
        self._lock = threading.Lock()
        self._screens: OrderedDict[str, _Kept] = OrderedDict()
        self._rings: dict[int, _Told] = {}
        self._sounding_s: float | None = None

    def hear(self, word: ScreenWord, user: str, within: Territory) -> bool:
        """Whether somebody asked this screen to sound its tone since it was last heard."""
        now, now_s = self._clock.now(), self._clock.monotonic_s()
        with self._lock:
            before = self._screens.pop(word.screen_id, None)
            is_same = before is not None and now_s - before.heard_s < FORGOTTEN_AFTER_S
            kept = _Kept(word, user, within, now, now, now_s, now_s, before.receipts if before else {})
            if before and is_same:
                # A screen that was away a while has loaded everything anew: it owes nothing that rang meanwhile.
                was_away = now_s - before.heard_s > self._patience.receipt_s
                opened = (now, now_s) if was_away else (before.opened_at, before.opened_s)
                kept = replace(kept, opened_at=opened[0], opened_s=opened[1])
            self._screens[word.screen_id] = kept
            while len(self._screens) > MOST_SCREENS:
                self._screens.popitem(last=False)
            if word.sound is not SoundState.BLOCKED:
                self._sounding_s = now_s
            return bool(before and before.is_test_asked)

    def leave(self, screen_id: str, user: str) -> None:
        """It was closed: whoever is gone owes nothing, and it is still missed when nobody else can sound."""
        with self._lock:
            if (kept := self._screens.get(screen_id)) is not None and kept.user == user:
                del self._screens[screen_id]

    def ask_for_tone(self, screen_id: str) -> bool:
        """Whether there is such a screen; it is told with the answer to its next word."""
        with self._lock:
            kept = self._screens.get(screen_id)
            if kept is not None:
                self._screens[screen_id] = replace(kept, is_test_asked=True)
            return kept is not None

    def told(self, entries: Iterable[FeedEntry]) -> None:
        """What the live feed was told: an emergency that rings is owed receipts from now on. A drill is owed none: it
        is silent while something real sounds."""
        now_s = self._clock.monotonic_s()
        try:
            with self._lock:
                for each in entries:
                    if each.event == "alarm" and not each.data.get("drill_id"):
                        self._take(each.data, now_s)
        except Exception:
            # The ring is on its way already: a mistake in here must not say that it is not.
            log.exception("receipts_not_awaited")

    def _take(self, alarm: Mapping[str, Any], now_s: float) -> None:
        known = self._rings.get(alarm["id"])
        if known is not None and known.version > alarm["version"]:
            return
        if alarm["priority"] != 1 or alarm["state"] not in _RINGING or not alarm["is_audible"]:
            self._rings.pop(alarm["id"], None)
        elif known is None or known.version < alarm["version"]:
            self._rings[alarm["id"]] = _Told(alarm["version"], now_s, (alarm["group_id"], alarm["area_id"]))

    def receipt(self, alarm_id: int, receipt: Mapping[str, Any]) -> None:
        """``receipt``: screen_id, version, kind."""
        screen_id, kind = receipt["screen_id"], receipt["kind"]
        with self._lock:
            kept, ring = self._screens.get(screen_id), self._rings.get(alarm_id)
            if kept is not None:
                given = {**kept.receipts, kind: self._clock.now()}
                self._screens[screen_id] = replace(kept, receipts=given)
            if ring is not None and ring.version == receipt["version"]:
                self._rings[alarm_id] = replace(ring, receipts=ring.receipts | {(screen_id, kind)})

    def trouble(self) -> str | None:
        """What is wrong with them, None where nothing is."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            known = Known(
                {screen_id: _as_screen(kept) for screen_id, kept in self._screens.items()},
                [self._as_ring(each) for each in self._rings.values()],
                self._sounding_s,
            )
        return "; ".join(dict.fromkeys(troubles(known, self._patience, now_s))) or None

    def all(self) -> list[ScreenShown]:
        """Those heard of today, whoever was opened last first."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            kept = [each for each in self._screens.values() if now_s - each.heard_s < FORGOTTEN_AFTER_S]
        return [
            ScreenShown(
                each.word,
                each.user,
                each.opened_at,
                each.heard_at,
                _as_screen(each).is_open(now_s),
                each.receipts,
            )
            for each in sorted(kept, key=lambda each: each.opened_s, reverse=True)
        ]

    def _as_ring(self, told: _Told) -> Ring:
        mine = frozenset(name for name, kept in self._screens.items() if kept.within.holds(*told.place))
        return Ring(told.told_s, mine, told.receipts)


def _as_screen(kept: _Kept) -> Screen:
    word = kept.word
    # A page beside the desk shows the first of several calls: what it shows it says, the rest it does not owe.
    owes_all = word.is_visible and word.kind != "page"
    return Screen(word.screen_id, owes_all, word.sound, kept.opened_s, kept.heard_s)
