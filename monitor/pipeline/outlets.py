"""Where the pipeline's results go, after the commit. What fails there can no longer fail what is written: screens and
senders that miss something ask again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog

from device_adapters.core.contract import Message
from device_adapters.core.orders import Sending
from monitor.journal.feed import FeedEntry
from monitor.pipeline.duty_log import NO_DUTIES, DutyLog
from monitor.pipeline.reading import AppReceipt, Reader, Reading

log = structlog.get_logger()
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Where the pipeline's results go after the commit; ``duties`` are written within it.

    ``ask``: tells devices. ``replies``: to senders that wait for one on the line they spoke on. ``count``: looks for
    holes in what devices sent.
    """

    feed: Callable[[Sequence[FeedEntry]], None]
    receipts: Callable[[Sequence[AppReceipt]], None]
    ask: Callable[[Sequence[Sending]], None] = lambda _sendings: None
    replies: Callable[[Sequence[tuple[Message, bytes]]], None] = lambda _: None
    count: Callable[[Sequence[Reading]], None] = lambda _readings: None
    duties: DutyLog = NO_DUTIES

    def tell(self, told: Sequence[FeedEntry]) -> None:
        """The screens."""
        _alone(self.feed, told)

    def answer(self, reader: Reader, readings: Sequence[Reading]) -> None:
        """The senders: whoever waits for a receipt has said something that is stored."""
        stored = (reading for reading in readings if reading.is_stored)
        _alone(self.receipts, (receipt for reading in stored for receipt in reader.receipts(reading)))
        _alone(self.ask, (sending for reading in readings for sending in reading.ask))
        _alone(self.replies, ((reading.message, reading.reply) for reading in readings if reading.reply))
        _alone(self.count, readings)


def _alone(outlet: Callable[[Sequence[T]], None], values: Iterable[T]) -> None:
    """What fails at one outlet must not keep the next from being told."""
    try:
        if told := list(values):
            outlet(told)
    except Exception:
        log.exception("outlet_failed", outlet=getattr(outlet, "__qualname__", repr(outlet)))
