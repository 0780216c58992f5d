"""What the live feed is told after a commit: one entry a change, in the order of the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.inventory.territory import Place, Territory


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """``seq``: the transition's id. ``data``: JSON-ready.

    ``event``: alarm, alarm_count, incident, devices, device_added, test, bell_test, set_aside or resync.
    ``places``: where what it tells of stands, for ``devices`` one a row; None: it is everybody's, (): nobody's whose
    account is bound to an area, so that who forgets them tells too few and never too many.
    ``tailored``: what an account bound to an area is told instead, None for nothing; where many places are concerned.
    """

    seq: int
    event: str
    data: Mapping[str, Any]
    places: tuple[Place, ...] | None = ()
    tailored: Callable[[Territory], Mapping[str, Any] | None] | None = None


def place_of(row: Mapping[str, Any]) -> Place:
    """Of an alarm or a device as it is told."""
    return row["group_id"], row["area_id"]
