"""What a value, a press or a figure that was announced by Home Assistant discovery means for its device."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from device_adapters.core.bodies import BodyError, number, read_json, truth
from device_adapters.core.contract import Known, Message, Refused
from device_adapters.core.events import LAST_WILL, AlarmKind, Event, EventClass, Shape
from device_adapters.core.ha_config import Entity, Presence, text_of
from device_adapters.core.ha_templates import UNREADABLE, value_at, value_by
from device_adapters.core.levels import Input, turned
from device_adapters.core.orders import SirenSaid, SirenWord
from device_adapters.core.siren_relays import siren_says
from device_adapters.core.times import from_iso_8601, from_unix_ms, to_unix_ms
from device_adapters.core.voices import Role, Voice, heard_input, voice, voices_of

_KINDS = {"safety": None, "smoke": AlarmKind.FIRE, "gas": AlarmKind.FIRE, "carbon_monoxide": AlarmKind.FIRE}
# They call only where the inventory says so: what they tell is daily life.
_MOVEMENT = frozenset(
    {"motion", "occupancy", "presence", "moving", "door", "window", "garage_door", "opening", "vibration", "sound"}
)
_SILENT = frozenset({"problem", "update", "running", "power", "plug", "light", "moisture", "cold", "heat", "lock",
                     "battery_charging"})  # fmt: skip
_CALLS_FOR_HELP = frozenset({"emergency", "sos", "panic", "duress", "alarm"})
_NO_PRESS = frozenset({"release", "released", "up", "none", "idle", "off", "clear", "battery", "low"})
# Of an alarm of nobody's: that somebody sets it, or sets it aside.
_HOW_IT_IS_SET = frozenset(
    {"armed", "disarmed", "arm", "disarm", "set", "unset", "reset", "cleared", "restored", "ended", "muted", "silenced",
     "acknowledged", "ack", "ready", "enabled", "disabled"}
)  # fmt: skip
_CONTACTS = frozenset({"binary_sensor", "event", "alarm_control_panel", "device_automation"})
_UNSAID = frozenset({"none", "unknown", "unavailable", "null"})
_TESTS = frozenset({"test", "tested", "selftest"})
_SAME_PRESS_MS = 60_000
_LATEST_S = 4_102_444_800


def state_of(entity: Entity, message: Message, known: Known) -> tuple[list[Event], dict[str, str]]:
    """Raises ``Refused`` where nobody can tell whether it calls for help."""
    speaker = voice_of(entity.boxes, entity.name, known, entity.unique_id)
    value = value_of(message.payload, entity)
    if value is UNREADABLE and not _names_an_event(message.payload):
        if entity.platform in _CONTACTS and (speaker.is_bell or _is_call(speaker, entity)):
            raise Refused(f"the template of {entity.name} calculates: {entity.template[:100]}", speaker.address)
        return alive_of(entity, message, known)
    if value is None or value == "":
        return [speaker.says(EventClass.IGNORE, detail="says nothing")], {}
    if speaker.options.get("platform", entity.platform) == "event" or (
        isinstance(value, dict) and "event_type" in value
    ):
        events, remember = _gesture(speaker, entity, message, known)
    elif entity.platform == "binary_sensor":
        events, remember = _contact(speaker, entity, value, (message, known))
    elif entity.platform == "alarm_control_panel":
        calls = {"triggered": True, "disarmed": False}.get(text_of(value))
        events, remember = [], {}
        if calls is not None:
            events, remember = turned(_input(speaker, entity, AlarmKind.INTRUSION), calls, message, known)
    else:
        events, remember = _other(speaker, entity, value), {}
    alive, kept = alive_of(entity, message, known)
    return events if events and message.is_replay else [*events, *alive], remember | kept


def alive_of(entity: Entity, message: Message, known: Known) -> tuple[list[Event], dict[str, str]]:
    box = voice_of(entity.boxes, "", known).address
    if message.is_replay:  # it proves that it lived, not that it lives
        speaker = voice_of(entity.boxes, entity.name, known, entity.unique_id)
        return [speaker.says(EventClass.IGNORE, detail="a retained copy")], {}
    alive = [each.says(EventClass.HEARTBEAT) for each in voices_of(known, box)]
    return alive, heard_input(known, box, entity.name)


def _other(speaker: Voice, entity: Entity, value: object) -> list[Event]:
    if entity.platform == "device_automation":
        return _pressed(speaker, entity.trigger, {}) if entity.on in ("", text_of(value)) else []
    if entity.platform in ("siren", "switch", "light"):
        return _sounding(speaker, entity, value)
    return _measured(speaker, entity, value)


def _sounding(speaker: Voice, entity: Entity, value: object) -> list[Event]:
    """That a siren is on is its own word for sounding; of a switch no more is known than that it is on."""
    state = value.get("state") if isinstance(value, dict) else value
    is_on = is_one_of(state, entity.on, entity.off)
    loud = SirenSaid.SOUNDING if entity.platform == "siren" else SirenSaid.ACKNOWLEDGED
    return [] if is_on is None else siren_says(speaker, SirenWord(loud if is_on else SirenSaid.OFF))


def _contact(
    speaker: Voice, entity: Entity, value: object, heard: tuple[Message, Known]
) -> tuple[list[Event], dict[str, str]]:
    is_on, means = is_one_of(value, entity.on, entity.off), entity.device_class
    is_on = truth(value) if is_on is None else is_on
    is_sure = _is_sure(speaker, entity)
    if is_on is None:
        if text_of(value).lower() not in _UNSAID and (is_sure or (speaker.is_bell and means == "safety")):
            raise Refused(f"{entity.name} says neither {entity.on} nor {entity.off}", speaker.address)
        return [], {}
    if not is_sure and (means == "tamper" or speaker.role_of(entity.name) is Role.TAMPER):
        return speaker.condition("tamper", is_on, heard[1])
    if not is_sure and means == "battery":
        return _low(speaker, is_on, heard[1])
    return _turned(speaker, entity, is_on, heard)


def _turned(
    speaker: Voice, entity: Entity, is_on: bool, heard: tuple[Message, Known]
) -> tuple[list[Event], dict[str, str]]:
    is_sure = _is_sure(speaker, entity)
    if not is_sure and entity.device_class == "connectivity":
        return [there(speaker, is_on)], {}
    if not is_sure and entity.device_class == "problem":
        return [speaker.says(EventClass.IGNORE, detail="trouble" if is_on else "trouble is over")], {}
    if _words(entity.name) & _TESTS and speaker.is_bell and "input" not in speaker.options:
        return ([speaker.says(EventClass.TEST)] if is_on else []), {}
    if not (is_sure or _is_call(speaker, entity)) or (entity.is_momentary and not is_on):
        return [], {}
    source = _input(speaker, entity, _KINDS.get(entity.device_class))
    if entity.is_momentary:
        return [speaker.says(EventClass.ALARM, kind=source.kind)], {}
    return turned(source, is_on, *heard)


def _is_sure(speaker: Voice, entity: Entity) -> bool:
    """Whether somebody said of this very input that it calls."""
    if not speaker.is_bell:
        return False
    return speaker.options.get("input") == entity.name or speaker.address not in entity.boxes


def _is_call(speaker: Voice, entity: Entity) -> bool:
    if speaker.facts is None:
        return entity.device_class in _KINDS
    if speaker.role_of(entity.name) is not Role.CALL:
        return False
    if entity.device_class in _MOVEMENT:
        return speaker.alarm_kind is AlarmKind.INTRUSION
    return entity.device_class in _KINDS or (entity.device_class not in _SILENT and speaker.may_call_at(entity.name))


def _input(speaker: Voice, entity: Entity, kind: AlarmKind | None) -> Input:
    return Input(speaker, entity.name, (speaker.facts and speaker.facts.alarm_kind) or kind or AlarmKind.PANIC)


def _low(speaker: Voice, is_low: bool, known: Known) -> tuple[list[Event], dict[str, str]]:
    key = f"battery:{speaker.address}"
    if is_low:
        return list(speaker.battery(None, is_low=True)), {key: "True"}
    if known.recall(key) != "True":
        return [], {}
    return [speaker.says(EventClass.CLEAR, kind=AlarmKind.BATTERY_LOW, shape=Shape.LEVEL)], {key: "False"}


def _measured(speaker: Voice, entity: Entity, value: object) -> list[Event]:
    if (speaker.options.get("device_class") or entity.device_class) == "battery":
        level_pct = number(_figure(value), 0, 100)
        beat = speaker.says(EventClass.HEARTBEAT, battery_pct=level_pct)
        return [*speaker.battery(level_pct), beat] if level_pct is not None else []
    # The word of a button, where nothing better was announced.
    return _pressed(speaker, text_of(value), {}) if entity.name in ("action", "click") else []


def _gesture(speaker: Voice, entity: Entity, message: Message, known: Known) -> tuple[list[Event], dict[str, str]]:
    try:
        body = read_json(message.payload)
    except BodyError:
        body = {"event_type": message.payload.decode(errors="replace")}
    told = body.get("event_type") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(told, str) or not told:
        return [speaker.says(EventClass.IGNORE, detail="no event")], {}
    at = _moment(body)
    identity, is_copy, remember = _identity(speaker, entity, body, at, message, known)
    if is_copy and message.is_replay:
        return [speaker.says(EventClass.IGNORE, detail="replay")], {}
    return _pressed(speaker, told, {"occurred_at": at, "source_event_id": identity}, entity.name), remember


def _pressed(speaker: Voice, told: str, more: Mapping[str, Any], name: str = "") -> list[Event]:
    said = _words(told)
    role = speaker.role_of(name, told)
    if role is Role.TEST or (said & _TESTS and (speaker.is_bell or speaker.facts is None)):
        return [speaker.says(EventClass.TEST, **more)]
    if speaker.facts is None:
        is_called = bool(said & _CALLS_FOR_HELP) and not said & _HOW_IT_IS_SET
    else:
        is_agreed = speaker.options.get("input") == name or speaker.address.endswith(f"/{name}")
        is_called = role is Role.CALL and (is_agreed or speaker.may_call_at(name))
    return [speaker.calls(True, **more)] if is_called and said and not said & _NO_PRESS else []


def _identity(
    speaker: Voice, entity: Entity, body: Mapping[str, Any], at: datetime | None, *heard: Any
) -> tuple[str | None, bool, dict[str, str]]:
    """A number that counts presses starts anew with its device: it names a press only beside its time."""
    message, known = heard
    count = body.get("seq", body.get("id", body.get("counter")))
    if not isinstance(count, int | str) or isinstance(count, bool):
        return (f"{body['event_type']}@{to_unix_ms(at)}"[:64] if at else None), False, {}
    told, key = str(count)[:32], f"seq:{speaker.address}:{entity.name}"
    if at is not None:
        is_copy = known.recall(key) == f"{told}@{to_unix_ms(at)}" or text_of(speaker.options.get("last_seq")) == told
        return f"{told}@{to_unix_ms(at)}", is_copy, {key: f"{told}@{to_unix_ms(at)}"}
    now_ms = to_unix_ms(message.received_at)
    last, _, last_ms = (known.recall(key) or "").rpartition("@")
    is_same = last == told and (message.is_replay or now_ms - int(last_ms) <= _SAME_PRESS_MS)
    is_copy = is_same or text_of(speaker.options.get("last_seq")) == told
    stamp = last_ms if is_same else str(now_ms)
    return f"{told}@{stamp}", is_copy, {} if is_same else {key: f"{told}@{stamp}"}


def voice_of(boxes: Iterable[str], name: str, known: Known, unique_id: str = "") -> Voice:
    """The input, where it is registered by itself, or else the device, by whichever of its names."""
    names = list(boxes)
    for address in _addresses(names, name, unique_id):
        found = voice(known, address)
        if found.facts:
            return found
    return voice(known, names[0])


def _addresses(boxes: list[str], name: str, unique_id: str) -> Iterator[str]:
    if unique_id:
        yield unique_id
    if name:
        yield from (f"{box}/{name}" for box in boxes)
    yield from boxes


def _names_an_event(payload: bytes) -> bool:
    """Then no template is needed to read it."""
    try:
        body = read_json(payload)
    except BodyError:
        return False
    return isinstance(body, dict) and isinstance(body.get("event_type"), str)


def value_of(payload: bytes, told: Entity | Presence) -> object:
    if told.template:
        return value_by(told.template, payload)
    text = payload.decode(errors="replace").strip()
    if not told.path and not text.startswith("{"):
        return text
    try:
        return value_at(read_json(payload), told.path)
    except BodyError:
        return None if told.path else text


def is_one_of(value: object, on: str, off: str) -> bool | None:
    text = text_of(value).lower()
    return True if text == on.lower() else False if text == off.lower() else None


def _figure(value: object) -> object:
    try:
        return float(text_of(value))
    except ValueError:
        return None


def _moment(body: Mapping[str, Any]) -> datetime | None:
    for key in ("t", "ts", "time", "timestamp"):
        value = body.get(key)
        if isinstance(value, str) and (at := from_iso_8601(value)):
            return at
        if (seconds := number(value, 0, _LATEST_S)) is not None:
            return from_unix_ms(seconds * 1000)
        if (milliseconds := number(value, 0, _LATEST_S * 1000)) is not None:
            return from_unix_ms(milliseconds)
    return None


def _words(text: str) -> set[str]:
    return set(filter(None, re.split(r"[^a-z]+", text.lower())))


def there(speaker: Voice, is_up: bool) -> Event:
    return speaker.says(EventClass.ONLINE) if is_up else speaker.says(EventClass.OFFLINE, flags=(LAST_WILL,))
