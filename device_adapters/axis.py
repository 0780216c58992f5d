"""Axis cameras with their own MQTT client, whose topics are not ONVIF's; and the DataQ application on them.

    <base>/axis/<serial>/event/tns:onvif/Device/tns:axis/IO/Port/$source/port/0       base: the broker's root
        {"timestamp":1795249530123,"topic":"onvif:Device/axis:IO/Port","message":{"source":{"port":"0"},"data":{"state":"1"}}}
    <base>/axis/<serial>/event/connection      {"connected":true|false}, retained; false is the will
    <base>/dataq/connect/<serial>, /dataq/status/<serial>      {"connected"}, retained; figures each 15 min

All values are texts. ``timestamp`` is in milliseconds. includeTopicNamespaces=false drops the ``tns:`` levels, so the
body's ``topic`` is read, without its namespaces. Whether events are retained (none, property, all) and that there are
connect and will messages at all is set on the camera: set them at enrolment, on ``event/connection``. A panic loop on
an input is a bell at ``<serial>/port:0``, or the camera is registered as one; ``onvif:Device/Trigger/DigitalInput``
tells the same port once more. A relay is an output.
Read in: PyPI axis 60 models/event.py; github home-assistant/core tests/components/axis/test_hub.py (layout); quartz
VCS-Documentation MQTT-Configuration.md; pandosme/DataQ MQTT_topics.md. Tampering's item names are not verified. No
message was captured.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from device_adapters.core.addresses import serial
from device_adapters.core.bodies import BodyError, number, read_object
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
from device_adapters.core.events import LAST_WILL, Event, EventClass, Shape
from device_adapters.core.times import from_unix_ms, to_unix_ms
from device_adapters.core.voices import (
    Role,
    heard_input,
    in_order,
    input_voice,
    levels_below,
    lost_with,
    voice,
    voices_of,
)

_HIGHEST_MS = 4_102_444_800_000
_SUPERVISED = "Device/IO/SupervisedPort"
_DIGITAL = "Device/Trigger/DigitalInput"  # a port once more, as ONVIF names it
_INPUTS = frozenset({"Device/IO/Port", "Device/IO/VirtualInput", "Device/IO/VirtualPort", _SUPERVISED, _DIGITAL})
_TWICE = frozenset({"Device/IO/Port", _DIGITAL})
_SAME_CHANGE_MS = 2_000
_OUTPUTS = frozenset({"Device/Trigger/Relay", "Device/IO/OutputPort"})
_TAMPERS = (
    "VideoSource/Tampering",
    "VideoSource/GlobalSceneChange",
    "Device/Casing/Open",
    "Device/Tampering",
    _SUPERVISED,
)
_TROUBLES = {
    "Device/HardwareFailure/StorageFailure": "storage",
    "Storage/Disruption": "storage",
    "Device/HardwareFailure": "hardware",
}
_ON = frozenset({"1", "true", "active"})
_OFF = frozenset({"0", "false", "inactive", "ok"})


def decode(message: Message, base: str, known: Known) -> Decoded:
    levels = levels_below(message.topic, base) or []
    is_own = len(levels) > 2 and levels[0] == "axis" and levels[2] == "event"
    is_dataq = len(levels) == 3 and levels[0] == "dataq"
    box = levels[1] if is_own else levels[2] if is_dataq else ""
    if not box:
        raise Refused("the topic is not below axis/<serial>/event or dataq")
    own = voice(known, box)
    if not message.payload:
        return Decoded((own.says(EventClass.IGNORE, detail="property removed"),))
    try:
        body = read_object(message.payload)
    except BodyError as error:
        raise Refused(f"{'/'.join(levels[3:])[:80]}: {error}", box) from None
    if levels[3:] == ["connection"] or levels[:2] == ["dataq", "connect"]:
        return Decoded(_connection(box, body, known))
    if is_dataq:
        is_beat = levels[1] == "status"
        return Decoded((own.says(EventClass.HEARTBEAT if is_beat else EventClass.IGNORE),))
    return _event(box, levels[3:], body, known)


def _connection(box: str, body: Mapping[str, Any], known: Known) -> tuple[Event, ...]:
    is_up = body.get("connected")
    if not isinstance(is_up, bool):
        return (voice(known, box).says(EventClass.IGNORE, detail="neither connected nor not"),)
    flags = () if is_up else (LAST_WILL,)
    event_class = EventClass.ONLINE if is_up else EventClass.OFFLINE
    family = voices_of(known, box) if is_up else lost_with(known, box)
    return tuple(each.says(event_class, flags=flags) for each in family)


def _event(box: str, path: list[str], body: Mapping[str, Any], known: Known) -> Decoded:
    told = body.get("message")
    parts = [told.get(name) if isinstance(told, dict) else None for name in ("source", "data")]
    source, data = (
        {str(key): value for key, value in part.items()} if isinstance(part, dict) else {} for part in parts
    )
    stamp = number(body.get("timestamp"), 0, _HIGHEST_MS)
    at = None if stamp is None else from_unix_ms(stamp)
    topic = _topic(body.get("topic"), path)
    source = source or _named(path)
    own, events, remember = voice(known, box), list[Event](), dict[str, str]()
    if topic in _OUTPUTS:
        return Decoded((own.says(EventClass.IGNORE, occurred_at=at, detail="output"),))
    if topic.startswith(_TAMPERS) and (is_on := _tampered(topic, data)) is not None:
        events, remember = own.condition(f"tamper:{topic}", is_on, known, occurred_at=at)
    if topic in _INPUTS:
        found, kept = _input(box, (topic, _port(source, path), data), at, known)
        events, remember = events + found, remember | kept
    elif _state(data, ("disruption", "Failed", "state")) and (
        trouble := next((word for name, word in _TROUBLES.items() if topic.startswith(name)), None)
    ):
        return Decoded((own.says(EventClass.IGNORE, occurred_at=at, detail=f"trouble:{trouble}"),))
    alive = [each.says(EventClass.HEARTBEAT, occurred_at=at) for each in voices_of(known, box)]
    return Decoded(in_order([*events, *alive]), remember)


def _topic(told: object, path: list[str]) -> str:
    """Without its namespaces; from the topic it came on, where the body does not tell."""
    if isinstance(told, str) and told:
        return "/".join(level.rpartition(":")[2] for level in told.split("/"))
    plain = path[: path.index("$source")] if "$source" in path else path
    return "/".join(level for level in plain if not level.startswith("tns:"))


def _named(path: list[str]) -> dict[str, str]:
    named = path[path.index("$source") + 1 :] if "$source" in path else []
    return {named[0]: named[1]} if len(named) > 1 else {}


def _port(source: Mapping[str, Any], path: list[str]) -> str:
    """``port:0``, whichever of its names the port has there, and whatever else is named beside it."""
    items = {key.lower(): value for key, value in (_named(path) | dict(source)).items()}
    number = next((items[name] for name in ("port", "inputtoken") if name in items), None)
    named = next((f"{key}:{value}" for key, value in source.items()), "port")
    return (named if number is None else f"port:{number}")[:40]


def _told_before(key: str, change: tuple[str, bool, datetime | None], known: Known) -> tuple[dict[str, str], bool]:
    """Whether the same change of a port was told a moment ago under its other name; and what to remember of it."""
    topic, is_on, at = change
    if at is None or topic not in _TWICE:
        return {}, False
    before, _, before_ms = (known.recall(key) or "@").partition("@")
    is_other = before in {f"{each}:{is_on}" for each in _TWICE if each != topic}
    is_again = is_other and abs(to_unix_ms(at) - int(before_ms)) <= _SAME_CHANGE_MS
    return {key: f"{topic}:{is_on}@{to_unix_ms(at)}"}, is_again


def _input(
    box: str, said: tuple[str, str, Mapping[str, Any]], at: datetime | None, known: Known
) -> tuple[list[Event], dict[str, str]]:
    topic, name, data = said
    is_on = _state(data, ("state", "LogicalState", "active"))
    speaker, remember = input_voice(known, box, name), heard_input(known, box, name)
    role = speaker.role_of(name)
    if is_on is None or role is Role.NOTHING:
        return [], remember
    if role is Role.TAMPER:
        found, kept = speaker.condition("tamper", is_on, known, occurred_at=at)
        return found, remember | kept
    told, is_again = _told_before(f"told:{box}/{name}", (topic, is_on, at), known)
    if is_again:
        return [], remember
    remember |= told
    identity = f"{name}:{is_on}@{to_unix_ms(at)}" if at else None
    shape = Shape.EDGE if at else Shape.LEVEL
    return [speaker.calls(is_on, shape, occurred_at=at, source_event_id=identity)], remember


def _state(data: Mapping[str, Any], names: tuple[str, ...]) -> bool | None:
    for name in names:
        word = str(data[name]).lower() if name in data else ""
        if word in _ON | _OFF:
            return word in _ON
    return None


def _tampered(topic: str, data: Mapping[str, Any]) -> bool | None:
    """A supervised port is pressed, not pressed, or its wire is cut."""
    if topic != _SUPERVISED or "tampered" in data:
        return _state(data, ("tampered", "tampering", "Open", "open", "triggered", "state", "State"))
    return str(data.get("state", "")).lower() == "tampered"


# No beat of its own: with DataQ each 15 min, else whatever it sees. One may be missed.
_EVENTS = Supervision(interval_s=900, deadline_s=2_000)

ADAPTER = Adapter(
    name="axis",
    default_base="",
    subscriptions=(
        Subscription("{base}/axis/+/event/tns:onvif/Device/#", Session.ALARM),
        Subscription("{base}/axis/+/event/Device/#", Session.ALARM),
        Subscription("{base}/axis/+/event/#", Session.STATE),
        Subscription("{base}/dataq/connect/+", Session.STATE),
        Subscription("{base}/dataq/status/+", Session.STATE),
    ),
    decode=decode,
    canonical=serial,
    topic="{base}/axis/{box}",
    has_own_lines=True,
    supervision=dict.fromkeys((DeviceClass.BELL, DeviceClass.CAMERA), _EVENTS),
)
