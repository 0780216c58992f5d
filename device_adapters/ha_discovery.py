"""Home Assistant discovery: ESPHome, OpenMQTTGateway and home-made devices that say themselves where they speak.

    <base>/<component>/[<node>/]<object>/config   what is said on which topic, retained     base: homeassistant
    <base>/device/<id>/config                     the same for a whole device: core.ha_config
    <base>/status                                 Home Assistant's own birth and will
    <any topic>                                   what was told so: ON | OFF, {"event_type":"press"}, numbers, text
    <node>/status                                 ESPHome: online | offline, birth and will, retained
    <node>/<component>/<object>/state             ESPHome: each value, retained as delivered, without a time
    <node>/debug                                  ESPHome: its log
    <command_topic>, <node>/switch/<object>/command   to a siren, as its config says: core.ha_orders

An empty config takes its entities away. A binary sensor is a LEVEL, and an EDGE where it has an ``off_delay``, for then
it never says that it is over; an ``event`` and a device trigger are EDGEs. Retained events are not thrown away, as Home
Assistant does: whoever pressed while nobody listened called for help. The device is registered by an identifier, its
name, or the name ESPHome speaks below; one of its inputs at ``<device>/<object>``. A topic on which several devices
depend is their gateway's.
Read in: www.home-assistant.io/integrations/{mqtt,binary_sensor.mqtt,event.mqtt,device_trigger.mqtt};
PyPI homeassistant 2024.3.3 components/mqtt; PyPI esphome 2026.6.5 components/mqtt. No message was captured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
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
from device_adapters.core.events import Event, EventClass
from device_adapters.core.ha_config import Entity, Label, Presence, described, text_of
from device_adapters.core.ha_orders import announced_order, remembered
from device_adapters.core.ha_said import alive_of, is_one_of, state_of, there, value_of, voice_of
from device_adapters.core.levels import after, settled
from device_adapters.core.voices import Voice, in_order, levels_below, lost_with, voice, voices_of

TOPICS = "topic:"  # what the sessions must listen to besides: keys of this adapter's memory
LABEL = "label:"  # what a device says of itself, for whoever registers it
_PRESENCES = "presence:"
_ENTITIES = msgspec.json.Decoder(dict[str, list[Entity]])
_PRESENT = msgspec.json.Decoder(dict[str, list[Presence]])
_ESPHOME = frozenset({"binary_sensor", "sensor", "text_sensor", "switch", "event", "siren", "light", "button", "number",
                      "alarm_control_panel"})  # fmt: skip


def decode(message: Message, base: str, known: Known) -> Decoded:
    levels = levels_below(message.topic, base) or []
    if levels == ["status"]:
        return Decoded((Voice(base).says(EventClass.IGNORE, detail="HA birth"),))
    if 3 <= len(levels) <= 4 and levels[-1] == "config" and all(levels):
        return _config(message, levels[:-1], known)
    entities, presences = _entities(known, message.topic), _presences(known, message.topic)
    if not entities and not presences:
        entities, presences = _esphome(message.topic, known)
    if not entities and not presences:
        return _unknown(message, base, known)
    events, remember = _presence(message, presences, known) if presences else ([], {})
    refused = None
    for entity in entities:
        try:
            found, kept = state_of(entity, message, after(known, remember))
        except Refused as reason:
            refused, (found, kept) = refused or reason.reason, alive_of(entity, message, known)
        events += found
        remember |= kept
    events = settled(events, after(known, remember))
    return Decoded(in_order(events) or (Voice(base).says(EventClass.IGNORE),), remember, refused=refused)


# ── what is said where ───────────────────────────────────────────────────────────────────────────────────


def _config(message: Message, levels: list[str], known: Known) -> Decoded:
    name = "/".join(levels)
    own = Voice(levels[-2] if levels[-2] != levels[0] else levels[-1])
    try:
        told = described(levels, read_object(message.payload)) if message.payload else None
    except BodyError:
        # What was known stays: a device is not gone because one message of its was cut off.
        return Decoded((own.says(EventClass.IGNORE, detail="unreadable config"),))
    entities = told.entities if told else {}
    presences = told.presences if told else {}
    before = msgspec.json.decode(known.recall(f"config:{name}") or "[]", type=list[str])
    topics = list(dict.fromkeys([*before, *entities, *presences]))
    remember = {f"config:{name}": _json([*dict.fromkeys([*entities, *presences])])}
    for topic in topics:
        remember |= _replaced(TOPICS, topic, name, entities.get(topic, ()), known)
        ours = [presences[topic]] if topic in presences else []
        remember |= _replaced(_PRESENCES, topic, name, ours, known)
    remember |= remembered(name, told.commands if told else {}, known)
    if told:
        key = f"{LABEL}{told.boxes[0]}"
        remember[key] = _json(_labelled(told.label, known.recall(key), levels))
    detail = "inventory" if told else "entity removed"
    news = {key: value for key, value in remember.items() if value != (known.recall(key) or "")}
    return Decoded((Voice(told.boxes[0] if told else own.address).says(EventClass.IGNORE, detail=detail),), news)


def _labelled(label: Label, before: str | None, levels: list[str]) -> Label:
    """Each entity has a config of its own, and only one of them may tell what the device is for, or not be read."""
    if not before or levels[0] == "device":
        return label
    was = msgspec.json.decode(before, type=Label)
    is_mended = was.unread.startswith(f"{levels[-1]}: ")
    return replace(label, kind=label.kind or was.kind, unread=label.unread or ("" if is_mended else was.unread))


def _replaced(prefix: str, topic: str, name: str, mine: Sequence[Entity | Presence], known: Known) -> dict[str, str]:
    """Of one topic: the words of other configs stay, those of this one are new."""
    text = known.recall(f"{prefix}{topic}")
    said: dict[str, Any] = msgspec.json.decode(text) if text else {}
    if not mine and name not in said:
        return {}
    said = {key: value for key, value in said.items() if key != name} | ({name: mine} if mine else {})
    return {f"{prefix}{topic}": _json(said) if said else ""}


def _entities(known: Known, topic: str) -> list[Entity]:
    text = known.recall(f"{TOPICS}{topic}")
    if not text:
        return []
    return [each for told in _ENTITIES.decode(text).values() for each in told]


def _presences(known: Known, topic: str) -> list[Presence]:
    text = known.recall(f"{_PRESENCES}{topic}")
    if not text:
        return []
    told = [each for said in _PRESENT.decode(text).values() for each in said]
    return list({each.boxes[0]: each for each in told}.values())


def _esphome(topic: str, known: Known) -> tuple[list[Entity], list[Presence]]:
    """Its topics have one shape, also where its discovery is off or was not heard yet."""
    levels = topic.split("/")
    if not all(levels):
        return [], []
    if len(levels) == 2 and levels[1] in ("status", "avty", "availability"):
        return [], [_presence_of(levels[0], known)]
    if len(levels) != 4 or levels[3] != "state" or levels[1] not in _ESPHOME:
        return [], []
    box, platform, name = levels[:3]
    options = voice_of((box,), name, known).options
    device_class = options.get("device_class")
    if not isinstance(device_class, str):
        device_class = next((word for word in ("tamper", "battery", "smoke") if word in name.lower()), "")
    return [Entity(platform=platform, name=name, boxes=(box,), device_class=device_class)], []


def _presence_of(box: str, known: Known) -> Presence:
    options = voice(known, box).options
    up, down = options.get("payload_available"), options.get("payload_not_available")
    return Presence(boxes=(box,), up=text_of(up) or "online", down=text_of(down) or "offline")


def _unknown(message: Message, base: str, known: Known) -> Decoded:
    levels = message.topic.split("/")
    if all(levels) and len(levels) == 2 and levels[1] == "debug":
        return Decoded((voice(known, levels[0]).says(EventClass.IGNORE, detail="its log"),))
    if all(levels) and len(levels) == 4 and levels[3] == "command" and levels[1] in _ESPHOME:
        return Decoded((voice(known, levels[0]).says(EventClass.IGNORE, detail="our own command"),))
    raise Refused(f"the topic is not below {base}, and no device said that it speaks there")


# ── whether it can be reached ────────────────────────────────────────────────────────────────────────────


def _presence(message: Message, presences: list[Presence], known: Known) -> tuple[list[Event], dict[str, str]]:
    first = presences[0]
    is_up = is_one_of(value_of(message.payload, first), first.up, first.down)
    if is_up is None:
        return [voice_of(first.boxes, "", known).says(EventClass.IGNORE, detail="neither there nor gone")], {}
    topic, remember = message.topic, {f"up:{message.topic}": str(is_up)}
    if len(presences) == 1:
        return _family(first, is_up, known), remember
    gateway = voice_of(tuple(filter(None, (first.via, topic.rpartition("/")[0], topic))), "", known)
    children = [event for each in presences for event in _family(each, is_up, known)]
    return [there(gateway, is_up), *(each for each in children if not voice(known, each.address).is_behind)], remember


def _family(presence: Presence, is_up: bool, known: Known) -> list[Event]:
    others = [known.recall(f"up:{each}") for each in presence.others]
    if presence.mode == "all":
        is_up = is_up and "False" not in others
    elif presence.mode == "any":
        is_up = is_up or "True" in others
    box = voice_of(presence.boxes, "", known).address
    return [there(each, is_up) for each in (voices_of(known, box) if is_up else lost_with(known, box))]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


# An idle ESPHome bell says nothing but its will; a sensor of its Wi-Fi each minute is its beat (docs/devices.md).
_EVENTS = Supervision(interval_s=90_000, deadline_s=97_200)

ADAPTER = Adapter(
    name="ha_discovery",
    default_base="homeassistant",
    subscriptions=(
        Subscription("+/binary_sensor/+/state", Session.ALARM),
        Subscription("+/event/+/state", Session.ALARM),
        Subscription("+/alarm_control_panel/+/state", Session.ALARM),
        Subscription("{base}/+/+/config", Session.STATE),
        Subscription("{base}/+/+/+/config", Session.STATE),
        *(Subscription(f"+/{each}/+/state", Session.STATE) for each in ("sensor", "text_sensor", "switch", "siren")),
        Subscription("+/status", Session.STATE),
    ),
    decode=decode,
    topic="",  # where it speaks only its config tells
    encode=announced_order,
    learns=(TOPICS, _PRESENCES),
    supervision=dict.fromkeys((DeviceClass.BELL, DeviceClass.SIREN, DeviceClass.GATEWAY), _EVENTS),
)
