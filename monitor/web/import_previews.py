"""Dry runs on demand: worked out beside the event loop, one at a time, and kept while nothing changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from monitor.inventory.imports.batches import Batch, has_changed, read_batch, read_content
from monitor.inventory.imports.preview import Preview, Reader, preview
from monitor.inventory.territory import Territory
from monitor.reports.coverage_reading import today
from monitor.web.ports import Desk

_KEPT = 4


@dataclass(frozen=True, slots=True)
class Tried:
    batch: Batch
    preview: Preview
    took_ms: int


class Previews:
    """``get`` may take seconds: never on the event loop. Long lists take one core, and no more than one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._working = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], Tried] = OrderedDict()

    def get(self, batch_id: int, user: str, within: Territory) -> Tried:
        """Raises ``UnknownRecord``, ``OutsideTerritory``."""
        with self._working, self._desk.read() as connection:
            batch = read_batch(connection, batch_id, user, within)
            day = today(self._desk.clock.now())
            key = (batch_id, batch.row["decisions"], batch.row["state"], within, day)
            kept = self._kept.get(key)
            if kept is not None and not has_changed(connection, kept.preview.head):
                self._kept.move_to_end(key)
                return Tried(batch, kept.preview, kept.took_ms)
            began_s = self._desk.clock.monotonic_s()
            seen = preview(connection, read_content(connection, batch_id), batch, Reader(within, day))
            tried = Tried(batch, seen, round((self._desk.clock.monotonic_s() - began_s) * 1000))
            self._kept[key] = tried
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return tried
