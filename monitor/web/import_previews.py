"""Dry runs on demand: worked out beside the event loop, one at a time, and kept while nothing changes."""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass
from functools import partial

from anyio import CapacityLimiter, to_thread

from monitor.errors import TooBusy
from monitor.inventory.imports.batches import Batch, has_changed, read_batch, read_content
from monitor.inventory.imports.preview import Preview, Reader, preview
from monitor.inventory.territory import Territory
from monitor.journal.times import today
from monitor.web.ports import Desk

_KEPT = 4
# A page asks for two things at once, and people have it open twice. Whoever waits holds no thread.
MOST_WAITING, MOST_EACH = 16, 4
RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True)
class Tried:
    batch: Batch
    preview: Preview
    took_ms: int


class Previews:
    """Long lists take one core, and no more than one; every other request has its threads to itself."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._worker = CapacityLimiter(1)
        self._waiting: Counter[str] = Counter()
        self._kept: OrderedDict[tuple[object, ...], Tried] = OrderedDict()

    def insist_on_room(self, user: str) -> None:
        """Raises ``TooBusy``."""
        if self._waiting.total() >= MOST_WAITING or self._waiting[user] >= MOST_EACH:
            raise TooBusy("too many lists are waiting to be tried; try again in a moment", RETRY_AFTER_S)

    async def get(self, batch_id: int, user: str, within: Territory) -> Tried:
        """Raises ``UnknownRecord``, ``OutsideTerritory``, ``TooBusy``."""
        self.insist_on_room(user)
        self._waiting[user] += 1
        try:
            return await to_thread.run_sync(partial(self._get, batch_id, user, within), limiter=self._worker)
        finally:
            self._waiting[user] -= 1
            self._waiting += Counter()  # forgets who waits for nothing

    def _get(self, batch_id: int, user: str, within: Territory) -> Tried:
        with self._desk.read() as connection:
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
