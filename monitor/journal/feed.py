"""What the live feed is told after a commit: one entry a change, in the order of the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """``seq``: the transition's id. ``data``: JSON-ready.

    ``event``: alarm, alarm_count, devices, device_added, test or resync.
    """

    seq: int
    event: str
    data: Mapping[str, Any]
