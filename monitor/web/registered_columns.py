"""What is registered of all devices, as the desk's snapshot has it: encoded once, and kept while nothing changes.

To read it from the store takes most of a snapshot's time, and after an outage every screen asks for the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

import orjson
from sqlalchemy import Connection

from monitor.inventory.changes import last_edit
from monitor.inventory.territory import Territory
from monitor.journal import device_queries

NAMES = ("id", "class", "name", "group_id", "place", "position", "is_high_mast")
# Of so many territories; the next one pushes out the one that was asked for longest ago.
_MOST_KEPT = 8


@dataclass(frozen=True, slots=True)
class Registered:
    """``columns`` in the order of ``device_ids``; ``groups``: their ids and names. Both are JSON already."""

    state: tuple[int, int]
    device_ids: tuple[str, ...]
    columns: dict[str, orjson.Fragment]
    groups: orjson.Fragment


class RegisteredColumns:
    """May be asked from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[Territory, Registered] = {}

    def of(self, connection: Connection, within: Territory) -> Registered:
        """As the connection's own moment of the store has it."""
        state = last_edit(connection), device_queries.count_all(connection)
        with self._lock:
            known = self._kept.pop(within, None)
            if known is None or known.state != state:
                known = _read(connection, within, state)
            self._kept[within] = known
            if len(self._kept) > _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return known


def _read(connection: Connection, within: Territory, state: tuple[int, int]) -> Registered:
    rows = device_queries.snapshot_rows(connection, within)
    groups = device_queries.groups(connection, within)
    return Registered(
        state,
        tuple(row[0] for row in rows),
        {name: orjson.Fragment(orjson.dumps([row[at] for row in rows])) for at, name in enumerate(NAMES)},
        orjson.Fragment(orjson.dumps({"id": [each for each, _ in groups], "name": [name for _, name in groups]})),
    )
