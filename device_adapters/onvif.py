"""ONVIF event broker (profile M): cameras and recorders that publish their events, alarm inputs among them.

    <base>/<prefix>/onvif-ej/<topic>[/&<source>/…]      base: the broker's root; <prefix>: one to three levels
        {"UtcTime":"2026-11-21T08:15:30.123Z","Source":{"InputToken":"DI_1"},"Data":{"LogicalState":"true"}}
    <base>/<prefix>/heartbeat                           no payload (Hanwha)

The topic namespace tns1 is left out, others stay (``Device/Trigger/tnshik:AlarmIn``). Properties are retained and carry
the time of their last change; zero bytes take a property away, which is no release. Quotes around numbers and booleans
may be missing. Hanwha keeps ``tns1:`` and may send ``SimpleItem`` lists. There is no will and no heartbeat in the
standard: silence alone tells of a dead camera. A panic loop wired to an alarm input is a bell at ``<prefix>/<token>``,
or the whole device is registered as one. A covered or moved lens is a tamper; what the picture shows is not.
Read in: github onvif/specs 003b65c doc/Core.xml, Event Broker; PyPI onvif-parsers 2.5.0 (topics); Bosch community
ta-p/49015 (topic strings). Names of tnshik:AlarmIn and SignalLoss: not verified. No message was captured.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from device_adapters.core.bodies import BodyError, read_object
from device_adapters.core.contract import (
    Adapter,
    Decoded,
    DeviceClass,
    Known,
    Message,
    Refused,
    Session,
    Subscription,
    Supervision,
)
from device_adapters.core.events import AlarmKind, Event, EventClass, Shape
from device_adapters.core.times import from_iso_8601, to_unix_ms
from device_adapters.core.voices import (
    Role,
    Voice,
    heard_input,
    in_order,
    input_voice,
    levels_below,
    voice,
    voices_of,
)

_ROOT = "onvif-ej"
_ON, _OFF = frozenset({"true", "1", "active", "on"}), frozenset({"false", "0", "inactive", "off"})
_INPUTS = ("Device/Trigger/DigitalInput", "Device/Trigger/AlarmIn")
_COVERED = ("VideoSource/ImageTooDark", "VideoSource/ImageTooBlurry", "VideoSource/ImageTooBright")
_TAMPERS = ("VideoSource/GlobalSceneChange", "RuleEngine/TamperDetector", *_COVERED)
_OUTPUTS = ("Device/Trigger/Relay", "Device/IO/OutputPort")  # what it switches itself
# What tells the state, and the input, among other items; under any other name only where nothing else could.
_STATES = ("logicalstate", "state", "istamper", "value", "failed")
_TOKENS = ("inputtoken", "alarmintoken", "digitalinputtoken", "input", "alarmin", "digitalinput", "token", "port")
_SIGNAL_LOSS = "VideoSource/SignalLoss"
_TROUBLES = {"Device/HardwareFailure/StorageFailure": "storage", "Device/HardwareFailure": "hardware"}


def decode(message: Message, base: str, known: Known) -> Decoded:
    levels = levels_below(message.topic, base) or []
    if len(levels) > 1 and levels[-1] == "heartbeat" and levels[0]:
        box = "/".join(levels[:-1])
        return Decoded(tuple(each.says(EventClass.HEARTBEAT) for each in voices_of(known, box)))
    if _ROOT not in levels[1:] or not levels[0]:
        raise Refused(f"the topic is not below a prefix and {_ROOT}")
    at = levels.index(_ROOT, 1)
    path, _, named = "/".join(levels[at + 1 :]).partition("/&")
    box, topic = "/".join(levels[:at]), _plain(path)
    if not message.payload:
        return Decoded((voice(known, box).says(EventClass.IGNORE, detail="property removed"),))
    try:
        body = read_object(message.payload)
    except BodyError as error:
        if topic.startswith(_INPUTS):
            raise Refused(f"{topic}: {error}", box) from None
        # Firmware copies the broken example of the standard; of a picture it costs nothing.
        return Decoded((voice(known, box).says(EventClass.IGNORE, detail=f"unreadable: {error}"[:200]),))
    return _event(box, (topic, named), body, known)


def _event(box: str, said: tuple[str, str], body: Mapping[str, Any], known: Known) -> Decoded:
    topic, named = said
    source, data = _items(body.get("Source")), _items(body.get("Data"))
    at = from_iso_8601(time) if isinstance(time := body.get("UtcTime"), str) else None
    is_on = _state(data)
    own, events, remember = voice(known, box), list[Event](), dict[str, str]()
    # No word of the standard's broker, but copied from its events by some: gone, or how it stood when they connected.
    operation = str(body.get("PropertyOperation", "")).lower()
    if operation == "deleted":
        return Decoded((own.says(EventClass.IGNORE, detail="property removed"),))
    if topic.startswith(_OUTPUTS):
        return Decoded((own.says(EventClass.IGNORE, detail="output", occurred_at=at),))
    if topic.startswith(_INPUTS):
        token = _token(box, source, named, known)
        is_call = input_voice(known, box, token).role_of(token) is Role.CALL
        if is_on is None and is_call and any(map(_word, data.values())):
            raise Refused(f"{topic}: tells neither on nor off", box)
        events, remember = _input(box, token, is_on, at, known)
        events = [replace(each, shape=Shape.LEVEL) for each in events] if operation == "initialized" else events
    elif topic.startswith(_TAMPERS) and is_on is not None:
        events, remember = _tamper(own, topic, is_on, at, known)
    elif topic.startswith(_SIGNAL_LOSS) and is_on:
        return Decoded((own.says(EventClass.OFFLINE, occurred_at=at, detail="no picture"),))
    elif is_on and (trouble := next((word for name, word in _TROUBLES.items() if topic.startswith(name)), None)):
        return Decoded((own.says(EventClass.IGNORE, occurred_at=at, detail=f"trouble:{trouble}"),))
    alive = [each.says(EventClass.HEARTBEAT, occurred_at=at) for each in voices_of(known, box)]
    return Decoded(in_order([*events, *alive]), remember)


def _state(data: Mapping[str, Any]) -> bool | None:
    """Beside the state there may be an index or a count, and 1 is no state of these."""
    named = {name.lower(): value for name, value in data.items()}
    told = [named[name] for name in _STATES if name in named] or (list(named.values()) if len(named) == 1 else [])
    return next((each in _ON for each in map(_word, told) if each in _ON | _OFF), None)


def _token(box: str, source: Mapping[str, Any], named: str, known: Known) -> str:
    """The input by its item's name, by the topic, or by whatever the body names; the registered one of several."""
    items = {name.lower(): _token_text(value) for name, value in source.items()}
    told = [items.pop(name) for name in _TOKENS if name in items]
    lone = [*items.values()] if len(items) == 1 and not told else []
    found = [each for each in (*told, *lone, *named.split("/&"), *items.values()) if each]
    agreed = voice(known, box).options.get("input")
    is_known = (each for each in found if each == agreed or voice(known, f"{box}/{each}").facts)
    return next(is_known, next(iter(found), ""))


def _input(
    box: str, token: str, is_on: bool | None, at: datetime | None, known: Known
) -> tuple[list[Event], dict[str, str]]:
    speaker, remember = input_voice(known, box, token), heard_input(known, box, token)
    role = speaker.role_of(token)
    if is_on is None or role is Role.NOTHING:
        return [], remember
    if role is Role.TAMPER:
        told, kept = speaker.condition("tamper", is_on, known, occurred_at=at)
        return told, remember | kept
    identity = f"{token[:32]}:{is_on}@{to_unix_ms(at)}" if at else None
    # A property tells a change with its time; without one it may be the same state once more.
    shape = Shape.EDGE if at else Shape.LEVEL
    return [speaker.calls(is_on, shape, occurred_at=at, source_event_id=identity)], remember


def _tamper(
    own: Voice, topic: str, is_on: bool, at: datetime | None, known: Known
) -> tuple[list[Event], dict[str, str]]:
    """A lens may be covered and the camera turned away: the tampering is over when each of them is."""
    key = f"tampers:{own.address}"
    before = [each for each in (known.recall(key) or "").split("\n") if each]
    now = [each for each in before if each != topic] + [topic] * is_on
    remember = {key: "\n".join(now)} if set(now) != set(before) else {}
    if not is_on and (now or not before):
        return [], remember
    identity = f"{topic[:40]}:{is_on}@{to_unix_ms(at)}" if at else None
    return [
        own.says(
            EventClass.TAMPER if is_on else EventClass.CLEAR,
            kind=AlarmKind.TAMPER,
            shape=Shape.EDGE if at and is_on else Shape.LEVEL,
            source_event_id=identity,
            occurred_at=at,
            detail="covered, or the lights are out" if is_on and topic.startswith(_COVERED) else None,
        )
    ], remember


def _plain(topic: str) -> str:
    """Without the namespaces: the same topic from every make."""
    return "/".join(level.rpartition(":")[2] for level in topic.split("/"))


def _items(part: object) -> Mapping[str, Any]:
    """Flat, or as the list of name and value that it was in XML."""
    listed = part.get("SimpleItem") if isinstance(part, dict) else part
    if isinstance(listed, dict):
        listed = [listed]
    if not isinstance(listed, list):
        return part if isinstance(part, dict) else {}
    return {str(each.get("Name")): each.get("Value") for each in listed if isinstance(each, dict)}


def _word(value: object) -> str:
    return value.lower() if isinstance(value, str) else _plain_number(value).lower()


def _token_text(value: object) -> str:
    return value if isinstance(value, str) else "" if isinstance(value, bool) else _plain_number(value)


def _plain_number(value: object) -> str:
    """1 for 1.0; nothing for what is neither a number nor yes or no."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, bool | int | float) else ""


# The standard knows no beat. Motion, counters or ProcessorUsage come each few minutes where they are switched on; a
# quieter camera gets an interval of its own in the inventory.
_EVENTS = Supervision(interval_s=300, deadline_s=900)

ADAPTER = Adapter(
    name="onvif",
    default_base="",
    subscriptions=(
        *(
            Subscription(f"{{base}}/{prefix}/{_ROOT}/Device/Trigger/#", Session.ALARM)
            for prefix in ("+", "+/+", "+/+/+")
        ),
        *(
            Subscription(f"{{base}}/{prefix}/{_ROOT}/Device/tns1:Trigger/#", Session.ALARM)
            for prefix in ("+", "+/+", "+/+/+")
        ),
        *(Subscription(f"{{base}}/{prefix}/{_ROOT}/#", Session.STATE) for prefix in ("+", "+/+", "+/+/+")),
        Subscription("{base}/+/heartbeat", Session.STATE),
    ),
    decode=decode,
    topics={DeviceClass.BELL: ""},  # a prefix has any number of levels: where it ends and an input begins is not told
    has_own_lines=True,
    supervision=dict.fromkeys((DeviceClass.BELL, DeviceClass.CAMERA, DeviceClass.GATEWAY), _EVENTS),
)
