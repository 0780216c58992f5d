"""What an adapter is: a pure function from one message, and what is known, to events or a refusal.

What is made anew for every message is a msgspec ``Struct``: frozen like the dataclasses, and made ten times as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from device_adapters.core.events import LOW_BATTERY_PCT, AlarmKind, Event
from device_adapters.core.orders import Sending, SoundOrder


class DeviceClass(StrEnum):
    CAMERA = "camera"
    BELL = "bell"
    SIREN = "siren"
    GATEWAY = "gateway"
    PROBE = "probe"
    RECORDER = "recorder"  # keeps what its cameras see; watched like them, by a probe
    GONG = "gong"  # or a village loudspeaker: struck by hand


# What can be asked to sound, where its family takes orders.
SOUNDERS: Final = frozenset({DeviceClass.SIREN, DeviceClass.GONG})
# They send nothing, so their silence says nothing: nobody is ever told that one is OFFLINE.
UNSUPERVISED: Final = frozenset({DeviceClass.GONG})


class Session(StrEnum):
    """Which broker session a topic belongs to, so that a flood of heartbeats never delays a press."""

    ALARM = "alarm"
    STATE = "state"


class Message(Struct, frozen=True):
    """One message as it came off the wire. ``is_replay``: the broker's retained copy, sent at subscribe.

    ``delivery`` names one delivery of a broker session (session and packet number); with ``is_redelivery`` the
    broker says that it may have come before, under the same name.
    """

    topic: str
    payload: bytes
    received_at: datetime
    qos: int = 1
    is_replay: bool = False
    delivery: str | None = None
    is_redelivery: bool = False


class DeviceFacts(Struct, frozen=True, kw_only=True):
    """What the inventory knows of a device and an adapter may need to read it.

    ``parent_id``: the device that speaks for it, so that nobody need say of it that it is gone with that one.
    ``options``: what was agreed when it was set up: ``input`` (the one that calls), ``tamper``, ``test`` …
    """

    device_id: str
    device_class: DeviceClass
    model: str | None = None
    alarm_kind: AlarmKind | None = None
    low_battery_below_pct: float = LOW_BATTERY_PCT
    parent_id: str | None = None
    options: Mapping[str, Any] = {}


class Known(Struct, frozen=True):
    """The inventory and the adapter's own memory as plain look-ups, so that decoding stays a function of values.

    ``device(address)`` gives the facts or None; ``recall(key)`` what an earlier message made the adapter
    remember (a gateway's name → hardware address), or None. ``below(address)``: the addresses registered below it.
    ``agreed(address)``: what was agreed with whoever speaks there when it was set up, its key among it.
    """

    device: Callable[[str], DeviceFacts | None]
    recall: Callable[[str], str | None]
    below: Callable[[str], Sequence[str]] = lambda _: ()
    agreed: Callable[[str], Mapping[str, Any]] = lambda _: {}


class Tally(Struct, frozen=True):
    """Which message of its sender this is: a hole in the numbers proves that one was lost.

    ``run``: within which they count, as a boot or a session; ``wraps``: behind how many they begin anew, 0: never.
    ``address``: who counts.
    """

    address: str
    run: str
    seq: int
    wraps: int = 0


class Decoded(Struct, frozen=True):
    """What one message came to.

    ``remember``: key → value for ``Known.recall``, stored with the commit. ``note``: the same for as long as the
    monitor runs, of what a restart makes worthless. ``ask``: what its sender must be told once the rest is stored.
    ``reply``: the bytes that its sender waits for on the line it spoke on, then too. ``refused``: what in it could not
    be read, for quarantine, beside the events.
    """

    events: tuple[Event, ...] = ()
    remember: Mapping[str, str] = {}
    note: Mapping[str, str] = {}
    ask: tuple[Sending, ...] = ()
    reply: bytes = b""
    refused: str | None = None
    tally: Tally | None = None


class Refused(ValueError):
    """The message does not follow its format. The reason goes into quarantine beside the raw bytes."""

    def __init__(self, reason: str, address: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.address = address


@dataclass(frozen=True, slots=True)
class Subscription:
    """A topic filter below the adapter's base topic (``{base}`` is put in), and the session it rides on."""

    topic_filter: str
    session: Session

    def below(self, base: str) -> str:
        """The filter below ``base``; an empty one is the broker's root."""
        return self.topic_filter.format(base=base).removeprefix("/")


@dataclass(frozen=True, slots=True)
class Supervision:
    """How long silence is normal: ``interval_s`` between signs of life, OFFLINE after ``deadline_s``."""

    interval_s: float
    deadline_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """One device family.

    ``default_base`` is empty for a family whose devices speak at the broker's root.
    ``decode(message, base, known)`` is total: events, or ``Refused``; nothing else may leave it.
    ``ack_topic(topic, base)`` is where the application receipt for a message on ``topic`` goes, None where it has
    no place for one; None in its stead where the family has no receipts. ``supervision`` overrides the monitor's own
    figures per device class. ``has_own_lines``: each of its devices has a connection of its own, also where it hangs on
    a recorder or gateway, but for bells and sirens at ``<box>/<input>``. ``topic``: where a device speaks,
    as people read it on its label; ``{box}`` is the address without the input. ``topics``: of a class that speaks
    elsewhere. Empty where an address does not tell. ``encode(order, base, address, known)``: an order as the device
    there understands it, pure as ``decode``, or None where what is at this address takes none, or has not said how;
    None for a family that takes none. ``learns``: how keys of its memory begin behind which a topic stands that a
    device said it speaks on, for as long as the value is not empty: the monitor listens there too.
    ``canonical``: an address as the family writes it itself, of how people typed it.
    ``port``: what listens to a family that speaks to a port of the monitor's own, and at no broker; its base topic is
    only a name.
    """

    name: str
    default_base: str
    subscriptions: tuple[Subscription, ...]
    decode: Callable[[Message, str, Known], Decoded]
    ack_topic: Callable[[str, str], str | None] | None = None
    supervision: Mapping[DeviceClass, Supervision] = field(default_factory=dict)
    has_own_lines: bool = False
    topic: str = "{base}/{address}"
    topics: Mapping[DeviceClass, str] = field(default_factory=dict)
    encode: Callable[[SoundOrder, str, str, Known], Sending | None] | None = None
    learns: tuple[str, ...] = ()
    port: str | None = None
    canonical: Callable[[str], str] = str

    def topic_of(self, base: str, device_class: DeviceClass, address: str) -> str:
        """At the broker's root where ``base`` is empty."""
        pattern, box = self.topics.get(device_class, self.topic), address.partition("/")[0]
        return pattern.format(base=base, device_class=device_class, address=address, box=box).removeprefix("/")
