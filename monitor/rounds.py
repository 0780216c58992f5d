"""The rounds of the writer: what is looked after a few times a second, and has a second's time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import OperationalError

from monitor.clock import Clock
from monitor.errors import StoreUnavailable

log = structlog.get_logger()


class Rounds:
    """``failed_at``: when one of them could last not take its turn. A mistake in one keeps no other from its own."""

    def __init__(self, rounds: Sequence[Callable[[], None]], clock: Clock) -> None:
        self._rounds, self._clock = rounds, clock
        self.failed_at: datetime | None = None

    def go(self) -> None:
        """Raises ``StoreUnavailable``: then none of them can do anything."""
        for turn in self._rounds:
            try:
                turn()
            except (OperationalError, StoreUnavailable):
                raise
            except Exception:
                self.failed_at = self._clock.now()
                log.exception("round_failed", what=turn.__qualname__)
