"""What is sent next of that which waits for a receipt, and when again. Pure: times on the monotonic clock come in.

What was never sent on this connection goes first, presses before all else, the newest first: somebody waits behind it.
One that is pressed now waits for no answer to others.
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
# With those that are pressed meanwhile; paho itself sends no more than 200 at once.
AT_ONCE_WITH_NEW = 150


class Outbox:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._pressed_now: list[str] = []
        self._presses: list[str] = []
        self._others: list[str] = []
        self._later: list[tuple[float, str]] = []
        self._attempts: dict[str, int] = {}
        self._answer_until_s: dict[str, float] = {}

    def begin(self, waiting: Iterable[Kept]) -> None:
        """After a (re)connect everything is due at once."""
        held = (self._pressed_now, self._presses, self._others, self._later, self._attempts, self._answer_until_s)
        for each in held:
            each.clear()
        for kept in waiting:
            (self._presses if kept.is_press else self._others).append(kept.id)
            self._attempts[kept.id] = 0

    def add(self, kept: Kept) -> None:
        """What happens now."""
        (self._pressed_now if kept.is_press else self._others).append(kept.id)
        self._attempts[kept.id] = 0

    def settled(self, identity: str) -> None:
        self._attempts.pop(identity, None)
        self._answer_until_s.pop(identity, None)

    def next(self, now_s: float) -> str | None:
        """The next to send now, booked as sent; None where nothing is due, or enough is unanswered."""
        self._answer_until_s = {key: until_s for key, until_s in self._answer_until_s.items() if until_s > now_s}
        unanswered = len(self._answer_until_s)
        identity = self._unsent(self._pressed_now) if unanswered < AT_ONCE_WITH_NEW else None
        if identity is None and unanswered < AT_ONCE:
            identity = self._due(now_s)
        if identity is None:
            return None
        attempts = self._attempts[identity]
        delay_s = min(FIRST_RESEND_S * float(2**attempts), LONGEST_RESEND_S) * self._random.uniform(1, 1.2)
        self._attempts[identity] = min(attempts + 1, 10)
        self._answer_until_s[identity] = now_s + FIRST_RESEND_S
        heapq.heappush(self._later, (now_s + delay_s, identity))
        return identity

    def _due(self, now_s: float) -> str | None:
        if (identity := self._unsent(self._presses) or self._unsent(self._others)) is not None:
            return identity
        while self._later and self._later[0][0] <= now_s:
            if (identity := heapq.heappop(self._later)[1]) in self._attempts:
                return identity
        return None

    def _unsent(self, waiting: list[str]) -> str | None:
        while waiting:
            if (identity := waiting.pop()) in self._attempts:
                return identity
        return None
