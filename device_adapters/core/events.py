"""The only vocabulary downstream of an adapter: what one device said, in the field's words."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from device_adapters.core.orders import SirenWord

# The flag of an OFFLINE that a device said itself before it hung up, or a broker in its place: its connection ended,
# which is not yet its end.
LAST_WILL = "last_will"
LOW_BATTERY_PCT = 15.0  # of a device that the inventory says nothing else of
# A battery hovers around its limit; the alarm ends only this far above it.
BATTERY_HYSTERESIS_PCT = 5.0


class EventClass(StrEnum):
    """What a message means for its device. The values are the words of the capture corpus."""

    ALARM = "alarm"
    TAMPER = "tamper"
    LOW_BATTERY = "low_battery"
    TEST = "test"
    TROUBLE = "trouble"
    OFFLINE = "offline"
    CLEAR = "clear"
    ONLINE = "online"
    HEARTBEAT = "heartbeat"
    IGNORE = "ignore"


class AlarmKind(StrEnum):
    """What kind of help is called for, or what is wrong with a device (SIA DC-07 groups in brackets)."""

    HOLD_UP = "hold_up"  # [HA] silent, staff under duress
    PANIC = "panic"  # [PA]
    DURESS = "duress"  # [HA, user code under threat]
    FIRE = "fire"  # [FA]
    MEDICAL = "medical"  # [MA]
    INTRUSION = "intrusion"  # [BA]
    TAMPER = "tamper"  # [TA]
    BATTERY_LOW = "battery_low"  # [YT, XT]
    TROUBLE = "trouble"  # [UX]
    OFFLINE = "offline"  # [YC]
    OUTAGE = "outage"
    MONITOR_FAULT = "monitor_fault"
    TEST = "test"  # [RX] a press that was agreed to be a trial
    TEST_OVERDUE = "test_overdue"
    SHELF_FORGOTTEN = "shelf_forgotten"


# Somebody stands under threat: nobody may lower such a call, let it end by itself, or put it aside.
CALLS_UNDER_THREAT = frozenset({AlarmKind.HOLD_UP, AlarmKind.PANIC, AlarmKind.DURESS})
# Somebody needs people to come: what an incident is opened for.
CALLS_FOR_HELP = CALLS_UNDER_THREAT | {AlarmKind.FIRE, AlarmKind.MEDICAL, AlarmKind.INTRUSION}
# Whatever the post decides about its alarms: somebody who may die is never put aside for a while.
NEVER_SHELVED = CALLS_UNDER_THREAT | {AlarmKind.FIRE, AlarmKind.MEDICAL}

# What no device says of itself: only the monitor makes an alarm of such a kind.
KINDS_OF_THE_MONITOR = frozenset({
    AlarmKind.OUTAGE, AlarmKind.MONITOR_FAULT, AlarmKind.TEST, AlarmKind.TEST_OVERDUE, AlarmKind.SHELF_FORGOTTEN,
})  # fmt: skip


class Shape(StrEnum):
    """Whether a signal tells a moment or a condition.

    An ``EDGE`` is one press: each new one counts. A ``LEVEL`` is a state that gateways send again and
    again (after a restart, merged into other messages): it only counts where it differs from what is stored.
    """

    EDGE = "edge"
    LEVEL = "level"


class Event(Struct, frozen=True, kw_only=True):
    """One fact about one device.

    ``address`` is the identity the device has on its own network; the inventory turns it into a device.
    ``kind`` is set on ALARM, TAMPER, LOW_BATTERY and TROUBLE, and on CLEAR, where it says *what* is over.
    ``source_event_id`` is the source's own identity of the fact (None where the wire carries none):
    the same value twice is a duplicate. ``receipt_id`` is the id its sender waits for in our application
    receipt, where it keeps the event until then. ``occurred_at`` is the device's clock in UTC, None where it has
    none or it is impossible; it is never used for order or deadlines. ``queued_s`` is what the sender
    says it kept the event back. ``degraded`` holds why the content could not be read, where the topic
    alone is the evidence.
    ``siren``: what a siren says of an order of ours, or of its own sound.
    ``flags`` are remarks for the log (``clock_skew``, ``identity_mismatch`` …).
    """

    event_class: EventClass
    address: str
    kind: AlarmKind | None = None
    shape: Shape = Shape.EDGE
    source_event_id: str | None = None
    receipt_id: str | None = None
    occurred_at: datetime | None = None
    queued_s: float | None = None
    battery_pct: float | None = None
    degraded: str | None = None
    siren: SirenWord | None = None
    detail: str | None = None
    flags: tuple[str, ...] = ()
