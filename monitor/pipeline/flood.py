"""A bound on what is kept of messages nobody can read: the first of each source in an hour; the rest are counted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

# A broken sender repeats itself: a hundred show what is wrong, and at the largest size they are 6 MB.
MOST_OF_A_SOURCE = 100
# Whoever may write below many names must not fill the disk either.
MOST_IN_AN_HOUR = 2000


class Flood:
    """Lives on the writer thread. A restart forgets it, and keeps a hundred more."""

    def __init__(self) -> None:
        self._hour: tuple[int, int] = (0, 0)
        self._kept: Counter[str] = Counter()

    def is_over(self, source: str, at: datetime) -> bool:
        """Whether this one is only counted."""
        hour = (at.toordinal(), at.hour)
        if hour != self._hour:
            self._hour = hour
            self._kept.clear()
        if self._kept[source] >= MOST_OF_A_SOURCE or self._kept.total() >= MOST_IN_AN_HOUR:
            return True
        self._kept[source] += 1
        return False
