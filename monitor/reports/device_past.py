"""How one device has been: a strip of cells, the share of the time it worked, how often it was down and how long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.journal.blind_rows import blind_times
from monitor.journal.span_rows import SPAN
from monitor.journal.spans import BlindTimes, Spent
from monitor.reports.availability import Availability, Stretch, add_up, within
from monitor.reports.availability_reading import stretches
from monitor.reports.strips import Cells, StripOf, cells_of, strip_of


@dataclass(frozen=True, slots=True)
class Past:
    """``cells``: a letter each, as ``strips`` has them. ``falls``: how often it went from working to down."""

    cells: str
    edges: Sequence[int]
    figures: Availability
    falls: int
    longest_ms: int


def by_device(connection: Connection, ids: Sequence[str], from_ms: int, to_ms: int) -> Mapping[str, list[Stretch]]:
    found: dict[str, list[Stretch]] = {}
    for stretch in stretches(connection, SPAN.c.device_id.in_(ids), from_ms, to_ms):
        found.setdefault(stretch.device_id, []).append(stretch)
    return found


def past_of(connection: Connection, device_id: str, strip: StripOf, now: datetime) -> Past:
    cells = cells_of(strip, now)
    found = by_device(connection, [device_id], cells.edges[0], cells.now_ms).get(device_id, [])
    return told(found, cells, blind_times(connection, cells.edges[0], cells.now_ms))


def told(found: Sequence[Stretch], cells: Cells, blind: BlindTimes) -> Past:
    """``found``: in their order. Pure."""
    parts = [(each, part) for each in found if (part := within(each, cells.edges[0], cells.now_ms, blind)) is not None]
    falls, longest_ms = _falls(parts)
    spent = add_up(part for _, part in parts)
    return Past(strip_of(found, cells, blind), cells.edges, Availability(1, 0, spent), falls, longest_ms)


def _falls(parts: Iterable[tuple[Stretch, Spent]]) -> tuple[int, int]:
    """A device that is down and then useless in another way has fallen once. Of a merged day only the sum is known."""
    falls, longest_ms, lasts_ms = 0, 0, 0
    for stretch, part in parts:
        if stretch.came_to is not None:
            falls, lasts_ms = falls + (stretch.changes + 1) // 2, 0
            continue
        falls += bool(part.down_ms and not lasts_ms)
        lasts_ms = lasts_ms + part.down_ms if part.down_ms else 0
        longest_ms = max(longest_ms, lasts_ms)
    return falls, longest_ms
