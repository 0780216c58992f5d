"""What a code of an alarm panel means, and how tables of them are written: a line a code, read once.

    code  about  class  kind  word        e.g.  120 zone alarm panic panic

``about``: whose it is, the zone's, a user's or the panel's own. ``kind`` is ``-`` where the class says it all.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from device_adapters.core.events import AlarmKind, EventClass


class About(StrEnum):
    ZONE = "zone"
    USER = "user"
    PANEL = "panel"


class Meaning(Struct, frozen=True):
    """``word``: what has happened, fit to be shown. ``doubt``: why it is not known for certain."""

    event_class: EventClass
    word: str
    kind: AlarmKind | None = None
    about: About = About.ZONE
    doubt: str | None = None

    @property
    def is_generic(self) -> bool:
        """The inventory knows better what a button is for that says no more than this."""
        return self.kind in (AlarmKind.PANIC, AlarmKind.INTRUSION)


_KINDS = {
    EventClass.TAMPER: AlarmKind.TAMPER,
    EventClass.LOW_BATTERY: AlarmKind.BATTERY_LOW,
    EventClass.TROUBLE: AlarmKind.TROUBLE,
}
_ENDS = {
    EventClass.ALARM: EventClass.CLEAR,
    EventClass.TAMPER: EventClass.CLEAR,
    EventClass.LOW_BATTERY: EventClass.CLEAR,
    EventClass.TROUBLE: EventClass.CLEAR,
    EventClass.OFFLINE: EventClass.ONLINE,
    EventClass.TEST: EventClass.IGNORE,
}


def read_codes(table: str) -> Mapping[str, Meaning]:
    return MappingProxyType({line.split()[0]: _meaning(*line.split()[1:]) for line in table.strip().splitlines()})


def _meaning(about: str, event_class: str, kind: str, word: str) -> Meaning:
    is_end = event_class.startswith("-")
    named = EventClass(event_class.removeprefix("-"))
    begun = Meaning(named, word, AlarmKind(kind) if kind != "-" else _KINDS.get(named), About(about))
    return ended(begun) if is_end else begun


def ended(begun: Meaning) -> Meaning:
    """The same, over."""
    return replace(begun, event_class=_ENDS.get(begun.event_class, begun.event_class), doubt=None)
