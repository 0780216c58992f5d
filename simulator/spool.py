"""A bell's memory that outlives a power cut: a press is on disk before it is sent, and stays until acknowledged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from simulator.outgoing import Outgoing

CAPACITY = 10_000
FIRST_RESEND_S = 2.0
LONGEST_RESEND_S = 30.0

_SCHEMA = """
create table if not exists spool (
    position integer primary key autoincrement,
    event_id text not null unique,
    is_press integer not null,
    created_ms integer not null,
    topic text not null,
    payload blob not null
) strict
"""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A message that waits for its receipt. ``created_ms``: Unix time of the press."""

    event_id: str
    is_press: bool
    created_ms: int
    message: Outgoing


class Spool:
    """Bounded: when full, the oldest message that is no press makes room; presses go last, oldest first."""

    def __init__(self, path: Path, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("pragma journal_mode = wal")
        # FULL: commit returns after the fsync, which is the whole point of a spool.
        self._connection.execute("pragma synchronous = full")
        self._connection.execute(_SCHEMA)

    def keep(self, spooled: Spooled) -> None:
        """Returns when the message is on disk."""
        self._connection.execute("begin immediate")
        self._make_room()
        self._connection.execute(
            "insert into spool (event_id, is_press, created_ms, topic, payload) values (?, ?, ?, ?, ?)",
            (
                spooled.event_id,
                spooled.is_press,
                spooled.created_ms,
                spooled.message.topic,
                spooled.message.payload,
            ),
        )
        self._connection.execute("commit")

    def remove(self, event_id: str) -> bool:
        return self._connection.execute("delete from spool where event_id = ?", (event_id,)).rowcount == 1

    def find(self, event_id: str) -> Spooled | None:
        rows = self._connection.execute(f"{_SELECT} where event_id = ?", (event_id,))
        return next(map(_spooled, rows), None)

    def __iter__(self) -> Iterator[Spooled]:
        """Oldest first."""
        return map(_spooled, self._connection.execute(f"{_SELECT} order by position").fetchall())

    def __len__(self) -> int:
        return int(self._connection.execute("select count(*) from spool").fetchone()[0])

    def close(self) -> None:
        self._connection.close()

    def _make_room(self) -> None:
        if len(self) >= self._capacity:
            self._connection.execute(
                "delete from spool where position = (select position from spool order by is_press, position limit 1)"
            )


_SELECT = "select event_id, is_press, created_ms, topic, payload from spool"


def _spooled(row: tuple[str, int, int, str, bytes]) -> Spooled:
    event_id, is_press, created_ms, topic, payload = row
    return Spooled(event_id, bool(is_press), created_ms, Outgoing(topic=topic, payload=payload))


class ResendPlan:
    """When to send again what nobody has acknowledged: after 2, 4, 8 … 30 s and a little chance. Times monotonic."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._attempts: dict[str, tuple[int, float]] = {}

    def sent(self, event_id: str, now_s: float) -> float:
        """Books the next attempt; returns seconds until then."""
        attempts = self._attempts.get(event_id, (0, 0.0))[0]
        delay_s = min(FIRST_RESEND_S * float(2**attempts), LONGEST_RESEND_S) * self._random.uniform(1, 1.2)
        self._attempts[event_id] = (attempts + 1, now_s + delay_s)
        return delay_s

    def settled(self, event_id: str) -> None:
        self._attempts.pop(event_id, None)

    def is_due(self, event_id: str, now_s: float) -> bool:
        return self._attempts.get(event_id, (0, now_s))[1] <= now_s

    def forget_delays(self) -> None:
        """After a reconnect everything is due at once."""
        self._attempts.clear()
