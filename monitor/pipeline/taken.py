"""Rows of the inbox whose messages were taken in: they go in the transaction of what follows from them.

What follows from a heartbeat is written behind, and so are they: a crash in between brings them once more, which costs
nothing. Where there are no ingest workers there are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection

from device_adapters.core.contract import Message
from monitor.journal.inbox import Kept, remove

# Beside those of the batch itself: a press waits behind no more.
MOST_BEHIND = 500


class Taken:
    def __init__(self) -> None:
        self._now: list[int] = []
        self._behind: list[int] = []
        self._going = 0

    @property
    def is_much(self) -> bool:
        """Whether more are waiting than one transaction takes away."""
        return len(self._behind) > MOST_BEHIND

    def __bool__(self) -> bool:
        return bool(self._behind)

    def done(self, messages: Iterable[Message]) -> None:
        """They came to nothing that must be written with them."""
        self._behind += _rows(messages)

    @contextmanager
    def batch(self, arrived: Sequence[tuple[str, Message]]) -> Iterator[None]:
        """What the block commits removes their rows; where it fails they stay."""
        self._now = _rows(message for _, message in arrived)
        try:
            yield
            self._behind += self._now
        finally:
            self._now = []

    def clear(self, tx: Connection) -> None:
        self._going = min(len(self._behind), MOST_BEHIND)
        if going := self._now + self._behind[: self._going]:
            remove(tx, going)

    def cleared(self) -> None:
        """It is committed."""
        self._now = []
        del self._behind[: self._going]
        self._going = 0


def _rows(messages: Iterable[Message]) -> list[int]:
    return [message.row for message in messages if isinstance(message, Kept)]
