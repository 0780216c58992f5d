"""How each input of a device stands: none of them masks a press of another, and none ends it."""

from __future__ import annotations

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from device_adapters.core.contract import Known, Message
from device_adapters.core.events import AlarmKind, Event, EventClass, Shape
from device_adapters.core.times import to_unix_ms
from device_adapters.core.voices import Voice

_MOST_INPUTS = 100
_STANDS = msgspec.json.Decoder(dict[str, bool])


class Input(Struct, frozen=True):
    """One input that calls for help of a kind, and whose voice that is."""

    speaker: Voice
    name: str
    kind: AlarmKind

    def was_on(self, known: Known) -> bool | None:
        return _stands(self.speaker.address, self.kind, known).get(self.name)

    def is_alone(self, known: Known) -> bool:
        """Whether no other input of its device calls."""
        stands = _stands(self.speaker.address, self.kind, known)
        return not any(is_on for name, is_on in stands.items() if name != self.name)

    def kept(self, is_on: bool, known: Known) -> dict[str, str]:
        stands = _stands(self.speaker.address, self.kind, known)
        if stands.get(self.name) is is_on:
            return {}
        others = {name: stood for name, stood in stands.items() if name != self.name}
        newest = sorted(others.items(), key=lambda each: each[1])[-_MOST_INPUTS:]
        text = msgspec.json.encode(dict(newest) | {self.name: is_on}).decode()
        return {_key(self.speaker.address, self.kind): text}


def turned(source: Input, is_on: bool, message: Message, known: Known) -> tuple[list[Event], dict[str, str]]:
    """A press or its end. One that is known to be new is a moment: no stored call may swallow it."""
    was_on, is_alone = source.was_on(known), source.is_alone(known)
    speaker, remember = source.speaker, source.kept(is_on, known)
    if not is_on:
        over = speaker.says(EventClass.CLEAR, kind=source.kind, shape=Shape.LEVEL)
        return ([over] if is_alone and was_on is not False else []), remember
    if was_on or (was_on is None and is_alone):
        return [speaker.says(EventClass.ALARM, kind=source.kind, shape=Shape.LEVEL)], remember
    # The broker's copy has the bytes of every earlier press; that this one is another only its coming tells.
    identity = f"{source.name[:32]}@{to_unix_ms(message.received_at)}" if message.is_replay else None
    return [speaker.says(EventClass.ALARM, kind=source.kind, source_event_id=identity)], remember


def after(known: Known, remember: dict[str, str]) -> Known:
    """What is known behind one part of a message, for its next."""
    if not remember:
        return known
    return replace(known, recall=lambda key: remember[key] if key in remember else known.recall(key))


def settled(events: list[Event], known: Known) -> list[Event]:
    """Of one message: the end of one input is none of its device's while another calls in the same breath."""
    return [event for event in events if event.event_class is not EventClass.CLEAR or not _calls_still(event, known)]


def forgotten(address: str, kind: AlarmKind) -> dict[str, str]:
    """Somebody called, and nobody knows which input: how they stand is to be told anew."""
    return {_key(address, kind): "{}"}


def _calls_still(event: Event, known: Known) -> bool:
    return event.kind is not None and any(_stands(event.address, event.kind, known).values())


def _stands(address: str, kind: AlarmKind, known: Known) -> dict[str, bool]:
    text = known.recall(_key(address, kind))
    return _STANDS.decode(text) if text else {}


def _key(address: str, kind: AlarmKind) -> str:
    return f"levels:{address}:{kind}"
