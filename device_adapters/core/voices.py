"""Whose voice a message is: the address the inventory knows it by, and what was agreed about its inputs.

A box with several inputs (a relay with four buttons, a camera with alarm wires, a 433 MHz bridge) is registered as one
device at its own address, or each input as one, at ``<box>/<input>``. The inventory is asked for the input first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from device_adapters.core.bodies import MAX_ADDRESS
from device_adapters.core.contract import DeviceClass, DeviceFacts, Known
from device_adapters.core.events import LOW_BATTERY_PCT, AlarmKind, Event, EventClass, Shape
from device_adapters.core.input_names import Says, said_by


class Role(Enum):
    """What an input of a device is for."""

    CALL = "call"
    TAMPER = "tamper"
    TEST = "test"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Voice:
    address: str
    facts: DeviceFacts | None = None

    @property
    def options(self) -> Mapping[str, Any]:
        return self.facts.options if self.facts else {}

    @property
    def is_bell(self) -> bool:
        return self.facts is not None and self.facts.device_class is DeviceClass.BELL

    @property
    def is_behind(self) -> bool:
        """Whether something speaks for it, as the inventory knows: then it follows from that what is gone with it."""
        return self.facts is not None and self.facts.parent_id is not None

    @property
    def alarm_kind(self) -> AlarmKind:
        return (self.facts and self.facts.alarm_kind) or AlarmKind.PANIC

    def says(self, event_class: EventClass, **more: Any) -> Event:
        return Event(event_class=event_class, address=self.address, **more)

    def calls(self, is_on: bool, shape: Shape = Shape.EDGE, **more: Any) -> Event:
        """For help, or the end of it."""
        return self.says(EventClass.ALARM if is_on else EventClass.CLEAR, kind=self.alarm_kind, shape=shape, **more)

    def role_of(self, name: str, gesture: str | None = None) -> Role:
        """What its input is for; any input of a bell calls, unless one was named for it."""
        if self.options.get("tamper") == name:
            return Role.TAMPER
        if gesture is not None and _is_test(self.options.get("test"), name, gesture):
            return Role.TEST
        return Role.CALL if self.is_bell and self.options.get("input", name) == name else Role.NOTHING

    def may_call_at(self, name: str) -> bool:
        """Of an input that nobody agreed to: unless it says by its name that it is something else."""
        told = said_by(name)
        return told is not Says.OTHER and (told is not Says.MOVEMENT or self.alarm_kind is AlarmKind.INTRUSION)

    def battery(self, level_pct: float | None, is_low: bool = False, **more: Any) -> Iterator[Event]:
        """LOW_BATTERY where it is; the monitor itself sees a percentage recover."""
        limit_pct = self.facts.low_battery_below_pct if self.facts else LOW_BATTERY_PCT
        if is_low or (level_pct is not None and level_pct < limit_pct):
            more |= {"kind": AlarmKind.BATTERY_LOW, "shape": Shape.LEVEL, "battery_pct": level_pct}
            yield self.says(EventClass.LOW_BATTERY, **more)

    def condition(self, name: str, is_on: bool, known: Known, **more: Any) -> tuple[list[Event], dict[str, str]]:
        """A tamper contact: its end counts only where it was told before, for "false" is said all the time."""
        was_on = known.recall(f"{name}:{self.address}") == "True"
        if not is_on and not was_on:
            return [], {}
        event_class = EventClass.TAMPER if is_on else EventClass.CLEAR
        event = self.says(event_class, kind=AlarmKind.TAMPER, shape=Shape.LEVEL, **more)
        return [event], {f"{name}:{self.address}": str(is_on)}


def voice(known: Known, address: str) -> Voice:
    address = address[:MAX_ADDRESS]
    return Voice(address, known.device(address))


def input_voice(known: Known, box: str, name: str) -> Voice:
    own = voice(known, f"{box}/{name}")
    return own if own.facts else voice(known, box)


def voices_of(known: Known, box: str) -> list[Voice]:
    """The box, and each input of it that is registered and was heard: whether it lives, they live."""
    names = (known.recall(f"inputs:{box}") or "").split("\n")
    inputs = [voice(known, f"{box}/{name}") for name in names if name]
    return [voice(known, box), *(each for each in inputs if each.facts)]


def lost_with(known: Known, box: str) -> list[Voice]:
    """Who is gone with the box, but for whom the inventory itself follows that from its gateway."""
    own, *inputs = voices_of(known, box)
    return [own, *(each for each in inputs if not each.is_behind)]


def heard_input(known: Known, box: str, name: str) -> dict[str, str]:
    """What to remember so that ``voices_of`` finds the input."""
    names = [each for each in (known.recall(f"inputs:{box}") or "").split("\n") if each]
    if name in names or known.device(f"{box}/{name}"[:MAX_ADDRESS]) is None:
        return {}
    return {f"inputs:{box}": "\n".join([*names, name])}


def in_order(events: list[Event]) -> tuple[Event, ...]:
    """Each device's gravest first, as the contract has it."""
    order = list(EventClass)
    addresses = list(dict.fromkeys(event.address for event in events))
    return tuple(sorted(events, key=lambda each: (addresses.index(each.address), order.index(each.event_class))))


def levels_below(topic: str, base: str) -> list[str] | None:
    """The levels of a topic below ``base`` (empty: the broker's root), None where it is not below it."""
    if not base:
        return topic.split("/")
    return topic[len(base) + 1 :].split("/") if topic.startswith(f"{base}/") else None


def _is_test(agreed: object, name: str, gesture: str) -> bool:
    if isinstance(agreed, dict):
        agreed = agreed.get(name)
    return gesture in agreed if isinstance(agreed, list) else gesture == agreed
