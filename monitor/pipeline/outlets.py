"""Where the pipeline's results go, after the commit. What fails there can no longer fail what is written: screens and
senders that miss something ask again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from monitor.journal.feed import FeedEntry
from monitor.pipeline.duty_log import NO_DUTIES, DutyLog
from monitor.pipeline.reading import AppReceipt, Reader, Reading

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Where the pipeline's results go after the commit; ``duties`` are written within it."""

    feed: Callable[[Sequence[FeedEntry]], None]
    receipts: Callable[[Sequence[AppReceipt]], None]
    duties: DutyLog = NO_DUTIES

    def tell(self, told: Sequence[FeedEntry]) -> None:
        """The screens."""
        try:
            if told:
                self.feed(told)
        except Exception:
            log.exception("feed_not_told")

    def answer(self, reader: Reader, readings: Sequence[Reading]) -> None:
        """The senders: whoever waits for a receipt has said something that is stored."""
        try:
            stored = [reading for reading in readings if reading.is_stored]
            receipts = [receipt for reading in stored for receipt in reader.receipts(reading)]
            if receipts:
                self.receipts(receipts)
        except Exception:
            log.exception("receipts_not_sent")
