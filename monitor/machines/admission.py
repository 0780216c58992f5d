"""Whether an event is news: a press is counted once, a late one is said to be late, a condition counts by its change.

Devices, gateways and brokers repeat themselves. What decides is the source's own identity of the event and what
is stored, never the time alone: a second press inside a second is a second press.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from device_adapters.core.contract import Message
from device_adapters.core.events import Event, EventClass, Shape
from device_adapters.core.times import is_skewed

# The way from a device to here takes this long at most; more, and the event was kept back somewhere.
LATE_AFTER_S = 5.0
# An alarm a day old is for the record, not for the ear.
AUDIBLE_FOR_S = 24 * 3600.0


class Verdict(StrEnum):
    NEW = "new"
    LATE = "late"
    DUPLICATE = "duplicate"
    STALE_REPLAY = "stale_replay"
    ALREADY_PRESENT = "already_present"
    NOT_PRESENT = "not_present"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the store holds of the event's source.

    ``last_occurred_at`` and ``last_digest``: device time and payload digest of its newest stored call.
    ``is_condition_present``: whether an alarm of this kind is live and its condition has not ended.
    """

    is_identity_known: bool = False
    last_occurred_at: datetime | None = None
    last_digest: bytes | None = None
    is_condition_present: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """``flags`` are added to the event's own. ``is_audible`` is False for what is proven to be over a day old."""

    verdict: Verdict
    late_s: float = 0.0
    is_audible: bool = True
    flags: tuple[str, ...] = ()

    @property
    def is_delay_unknown(self) -> bool:
        """A retained press without a time was made while nobody listened; how long ago, only its sender knows."""
        return self.verdict is Verdict.LATE and not self.late_s


def admit(event: Event, message: Message, digest: bytes, seen: Seen, received_at: datetime) -> Admission:
    """What one alarm, condition, test or clear is worth against what is ``seen``."""
    if seen.is_identity_known:
        return Admission(verdict=Verdict.STALE_REPLAY if message.is_replay else Verdict.DUPLICATE)
    if event.shape is Shape.LEVEL and _says_nothing_new(event, seen):
        is_clear = event.event_class is EventClass.CLEAR
        return Admission(verdict=Verdict.NOT_PRESENT if is_clear else Verdict.ALREADY_PRESENT)
    if message.is_replay and _is_stored_copy(event, digest, seen):
        return Admission(verdict=Verdict.STALE_REPLAY)
    late_s, flags = _lateness(event, received_at)
    # A wrong clock looks like a delay; only the sender's word or the broker's mark may take the sound away.
    is_proven = event.queued_s is not None or message.is_replay
    return Admission(
        verdict=Verdict.LATE if late_s > 0 or message.is_replay else Verdict.NEW,
        late_s=late_s,
        is_audible=not (is_proven and late_s > AUDIBLE_FOR_S),
        flags=flags,
    )


def _says_nothing_new(event: Event, seen: Seen) -> bool:
    return seen.is_condition_present is (event.event_class is not EventClass.CLEAR)


def _is_stored_copy(event: Event, digest: bytes, seen: Seen) -> bool:
    """Whether a retained message is the call that is stored already."""
    if event.occurred_at is not None:
        return event.occurred_at == seen.last_occurred_at
    return event.source_event_id is None and digest == seen.last_digest


def _lateness(event: Event, received_at: datetime) -> tuple[float, tuple[str, ...]]:
    """Seconds on the way, 0 where it came at once or the clocks cannot be compared."""
    is_wrong = event.occurred_at is not None and is_skewed(event.occurred_at, received_at)
    flags = ("clock_skew",) if is_wrong and "clock_skew" not in event.flags else ()
    if event.queued_s is not None:
        return event.queued_s, flags
    if event.occurred_at is None or is_wrong:
        return 0.0, flags
    underway_s = (received_at - event.occurred_at).total_seconds()
    return (underway_s if underway_s > LATE_AFTER_S else 0.0), flags
