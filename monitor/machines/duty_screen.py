"""Which duty screens show and sound what rings: a pure function of what they said of themselves and of their receipts.

The path of a press ends at an eye and an ear, not at a socket. Each open screen says every few seconds whether it is
visible and whether its sound runs, and gives two receipts for an emergency. What is owed and does not come is a fault.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# Three words that did not come: whoever sat there sees nothing any more.
GONE_AFTER_S = 8.0


class SoundState(StrEnum):
    ON = "on"
    SILENCED = "silenced"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Screen:
    """``opened_s``, ``heard_s``: of the monotonic clock. ``name``: for people."""

    name: str
    is_visible: bool
    sound: SoundState
    opened_s: float
    heard_s: float

    def is_open(self, now_s: float) -> bool:
        return now_s - self.heard_s <= GONE_AFTER_S


@dataclass(frozen=True, slots=True)
class Ring:
    """An emergency that nobody has taken over, told to the screens at ``told_s``.

    ``screens``: those whose territory it is in. ``receipts``: (screen, shown | sounded) of this version of it.
    """

    told_s: float
    screens: frozenset[str]
    receipts: Collection[tuple[str, str]] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class Patience:
    """``receipt_s``: until a receipt is missed; ``silent_s``: until it is missed that no screen could sound at all."""

    receipt_s: float
    silent_s: float


@dataclass(frozen=True, slots=True)
class Known:
    """``sounding_s``: when a screen that could sound was heard of last, None: never since the start."""

    screens: Mapping[str, Screen]
    rings: Iterable[Ring]
    sounding_s: float | None


def troubles(known: Known, patience: Patience, now_s: float) -> Iterator[str]:
    """What is wrong, a sentence each. Nothing where no screen was ever open: a post may live by messages alone."""
    if known.sounding_s is not None and now_s - known.sounding_s > patience.silent_s:
        yield f"no duty screen could sound for {now_s - known.sounding_s:.0f} s"
    if not known.screens:
        return
    for ring in known.rings:
        if now_s - ring.told_s > patience.receipt_s:
            yield from _missing(ring, known.screens, now_s)


def _missing(ring: Ring, screens: Mapping[str, Screen], now_s: float) -> Iterator[str]:
    open_then = {
        screen_id: screen
        for screen_id, screen in screens.items()
        if screen_id in ring.screens and screen.is_open(now_s) and screen.opened_s <= ring.told_s
    }
    for screen_id, screen in open_then.items():
        if screen.is_visible and (screen_id, "shown") not in ring.receipts:
            yield f"screen {screen.name} did not show an emergency"
        if screen.sound is SoundState.ON and (screen_id, "sounded") not in ring.receipts:
            yield f"screen {screen.name} did not sound an emergency"
    kinds = {kind for _, kind in ring.receipts}
    if "shown" not in kinds and not any(screen.is_visible for screen in open_then.values()):
        yield "no screen has shown an emergency"
    if "sounded" not in kinds and not any(screen.sound is SoundState.ON for screen in open_then.values()):
        yield "no screen has sounded an emergency"
