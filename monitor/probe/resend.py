"""What is sent next of that which waits for a receipt, and when again. Pure: times on the monotonic clock come in.

What was never sent on this connection goes first, presses before all else, the newest first: somebody waits behind it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from random import Random

from monitor.probe.disk_queue import Kept

FIRST_RESEND_S = 2.0
LONGEST_RESEND_S = 30.0
# Sent and unanswered at once: after a long outage no more than the line can carry.
AT_ONCE = 50


class Outbox:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._presses: list[str] = []
        self._others: list[str] = []
        self._later: list[tuple[float, str]] = []
        self._attempts: dict[str, int] = {}
        self._answer_until_s: dict[str, float] = {}

    def begin(self, waiting: Iterable[Kept]) -> None:
        """After a (re)connect everything is due at once."""
        for held in (self._presses, self._others, self._later, self._attempts, self._answer_until_s):
            held.clear()
        for kept in waiting:
            self.add(kept)

    def add(self, kept: Kept) -> None:
        (self._presses if kept.is_press else self._others).append(kept.id)
        self._attempts[kept.id] = 0

    def settled(self, identity: str) -> None:
        self._attempts.pop(identity, None)
        self._answer_until_s.pop(identity, None)

    def next(self, now_s: float) -> str | None:
        """The next to send now, booked as sent; None where nothing is due, or enough is unanswered."""
        self._answer_until_s = {key: until_s for key, until_s in self._answer_until_s.items() if until_s > now_s}
        if len(self._answer_until_s) >= AT_ONCE or (identity := self._due(now_s)) is None:
            return None
        attempts = self._attempts[identity]
        delay_s = min(FIRST_RESEND_S * float(2**attempts), LONGEST_RESEND_S) * self._random.uniform(1, 1.2)
        self._attempts[identity] = min(attempts + 1, 10)
        self._answer_until_s[identity] = now_s + FIRST_RESEND_S
        heapq.heappush(self._later, (now_s + delay_s, identity))
        return identity

    def _due(self, now_s: float) -> str | None:
        for unsent in (self._presses, self._others):
            while unsent:
                if (identity := unsent.pop()) in self._attempts:
                    return identity
        while self._later and self._later[0][0] <= now_s:
            if (identity := heapq.heappop(self._later)[1]) in self._attempts:
                return identity
        return None
