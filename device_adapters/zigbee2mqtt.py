"""Zigbee2MQTT 1.x and 2.x: Zigbee buttons, sirens and sensors behind a gateway that speaks JSON.

    <base>/<friendly name>                {"action":"emergency","battery":100,"last_seen":…}   a device's state
    <base>/<friendly name>/availability   {"state":"online|offline"}, 1.x: bare text, retained
    <base>/<friendly name>/action         the same press again as text, for Home Assistant
    <base>/<friendly name>/set, /get      commands, ours and others'; to sirens: core.siren_formats
    <base>/bridge/state                   the gateway's birth and will      base: zigbee2mqtt
    <base>/bridge/health                  its heartbeat, each 10 min
    <base>/bridge/devices, /event         names and hardware addresses; who left the network

Friendly names hold ``/``, spaces and Vietnamese letters. The gateway merges *cached* attributes into every
message and sends them all again when it starts, so a boolean (``sos``, ``tamper``) is a LEVEL; ``action`` is
never cached and is an EDGE. ``action`` is "" or null between presses. What "single" means only the inventory knows.
The gateway must publish JSON (its default ``output: json``).
Read in: npm zigbee2mqtt 2.14.1 dist/{mqtt,controller}.js, dist/extension/{availability,health,homeassistant}.js;
npm zigbee-herdsman-converters 26.112.0; www.zigbee2mqtt.io guide/usage/mqtt_topics_and_messages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from device_adapters.core.addresses import ieee
from device_adapters.core.bodies import MAX_ADDRESS, BodyError, figure, number, read_json, read_object, truth
from device_adapters.core.contract import (
    Adapter,
    Decoded,
    DeviceClass,
    DeviceFacts,
    Known,
    Message,
    Refused,
    Session,
    Subscription,
    Supervision,
)
from device_adapters.core.events import LAST_WILL, AlarmKind, Event, EventClass, Shape
from device_adapters.core.siren_formats import zigbee_order, zigbee_word
from device_adapters.core.times import from_iso_8601, from_unix_ms, to_unix_ms

BRIDGE = "bridge"  # the gateway's own address
_CALLS_FOR_HELP = frozenset({"emergency", "sos", "panic"})  # whoever sends it, registered or not
# A press of a button that is registered as a panic bell, as words of an action ("single", "1_double", "long_press").
_COUNTS = frozenset({"single", "double", "triple", "quadruple", "many"})
_PRESSES = _COUNTS | {
    "hold", "long", "short", "quintuple", "press", "pressed", "pushed", "click", "tap", "push", "on", "toggle"
}  # fmt: skip
_RELEASES = frozenset({"release", "released", "stop"})  # the end of a press that rang already
_COMMANDS = frozenset({"set", "get"})
_FIRE = ("smoke", "gas", "carbon_monoxide")
# Single values as text topics (``output: attribute_and_json``): the JSON of the same message says it all.
_ATTRIBUTES = frozenset({"action", "battery", "battery_low", "last_seen", "linkquality", "sos", "tamper", "voltage"})
_DEFAULT_LOW_BATTERY_PCT = 15.0
_HIGHEST_MS = 4_102_444_800_000


@dataclass(frozen=True, slots=True)
class _Speaker:
    """Who speaks: the address the inventory knows it by (else its friendly name), and what it says of it."""

    address: str
    facts: DeviceFacts | None

    @property
    def is_bell(self) -> bool:
        return self.facts is not None and self.facts.device_class is DeviceClass.BELL

    @property
    def alarm_kind(self) -> AlarmKind:
        return (self.facts and self.facts.alarm_kind) or AlarmKind.PANIC

    def says(self, event_class: EventClass, **more: Any) -> Event:
        return Event(event_class=event_class, address=self.address, **more)


def decode(message: Message, base: str, known: Known) -> Decoded:
    if not message.topic.startswith(base + "/"):
        raise Refused(f"the topic is not below {base}")
    levels = message.topic[len(base) + 1 :].split("/")
    if not all(levels):
        raise Refused("the topic has an empty level")
    try:
        if levels[0] == BRIDGE and len(levels) > 1:
            return _bridge("/".join(levels[1:]), message.payload, known)
        return _device(levels, message.payload, known)
    except BodyError as error:
        address = BRIDGE if levels[0] == BRIDGE else _speaker("/".join(levels), known).address
        raise Refused(str(error), address) from None


# ── the gateway ──────────────────────────────────────────────────────────────────────────────────────────


def _bridge(channel: str, payload: bytes, known: Known) -> Decoded:
    gateway = _Speaker(BRIDGE, None)
    if channel == "state":
        state = _availability(gateway, payload)
        return Decoded((replace(state, flags=(LAST_WILL,)) if state.event_class is EventClass.OFFLINE else state,))
    if channel == "health":
        at = _moment(read_object(payload).get("response_time"))
        return Decoded((gateway.says(EventClass.HEARTBEAT, occurred_at=at),))
    if channel == "devices":
        return Decoded((gateway.says(EventClass.IGNORE, detail="inventory"),), dict(_names(read_json(payload))))
    if channel == "event":
        return Decoded((_network_event(read_object(payload), known),))
    return Decoded((gateway.says(EventClass.IGNORE, detail=f"bridge/{channel}"[:64]),))


def _names(devices: object) -> Iterator[tuple[str, str]]:
    """Friendly name ↔ IEEE address of every device, for ``recall``."""
    if not isinstance(devices, list):
        raise BodyError("bridge/devices is not a list")
    for device in devices:
        name, ieee = (device.get("friendly_name"), device.get("ieee_address")) if isinstance(device, dict) else ("", "")
        if isinstance(name, str) and isinstance(ieee, str) and name and ieee and name != ieee:
            yield f"name:{_folded(name)}", ieee[:MAX_ADDRESS]
            yield f"ieee:{ieee[:MAX_ADDRESS]}", _folded(name)


def _network_event(body: Mapping[str, Any], known: Known) -> Event:
    data = body.get("data")
    data = data if isinstance(data, dict) else {}
    # A device that left is often named by its hardware address only.
    names = [name for key in ("friendly_name", "ieee_address") if isinstance(name := data.get(key), str) and name]
    if body.get("type") != "device_leave" or not names:
        return _Speaker(BRIDGE, None).says(EventClass.IGNORE, detail="bridge/event")
    speakers = [_speaker(name, known) for name in names]
    left = next((speaker for speaker in speakers if speaker.facts), speakers[0])
    return left.says(EventClass.OFFLINE, detail="left the network")


# ── a device ─────────────────────────────────────────────────────────────────────────────────────────────


def _device(levels: list[str], payload: bytes, known: Known) -> Decoded:
    last = levels[-1]
    if len(levels) > 1 and last == "availability":
        return Decoded((_availability(_speaker("/".join(levels[:-1]), known), payload),))
    if len(levels) > 1 and last in _COMMANDS:
        return Decoded((_speaker("/".join(levels[:-1]), known).says(EventClass.IGNORE, detail="our own command"),))
    if len(levels) > 2 and levels[-2] in _COMMANDS:
        speaker = _speaker("/".join(levels[:-2]), known)
        return Decoded((speaker.says(EventClass.IGNORE, detail="our own command"),))
    speaker = _speaker("/".join(levels), known)
    if len(levels) > 1 and last in _ATTRIBUTES and not payload.lstrip().startswith(b"{"):
        # A name may end like an attribute ("Tầng 1/sos"): what a device says is an object, an attribute a bare value.
        of = _speaker("/".join(levels[:-1]), known)
        return Decoded((of.says(EventClass.IGNORE, detail="duplicate channel"),))
    if not payload:
        return Decoded((speaker.says(EventClass.IGNORE, detail="retained copy removed"),))
    return _state(speaker, read_object(payload), known)


def _availability(speaker: _Speaker, payload: bytes) -> Event:
    text = payload.strip().lower()
    if not text:  # a rename or a removal takes the retained copy away
        return speaker.says(EventClass.IGNORE, detail="retained copy removed")
    state = text.decode() if text in (b"online", b"offline") else read_object(payload).get("state")
    if state not in ("online", "offline"):
        raise BodyError("the state is neither online nor offline")
    return speaker.says(EventClass(state))


def _state(speaker: _Speaker, body: Mapping[str, Any], known: Known) -> Decoded:
    at = _moment(body.get("last_seen"))
    battery_pct = figure(body.get("battery"), 0, 100)
    common = {"occurred_at": at, "battery_pct": battery_pct}
    conditions = {
        "tamper": truth(body.get("tamper")),
        "battery": _is_battery_low(speaker, truth(body.get("battery_low")), battery_pct),
    }
    events = [*_help(speaker, body, common), *_conditions(speaker, conditions, known, common)]
    order = list(EventClass)
    events.sort(key=lambda event: order.index(event.event_class))
    return Decoded(
        (*events, *_sound(speaker, body, common)) or (speaker.says(EventClass.HEARTBEAT, **common),),
        {
            f"{name}:{speaker.address}": str(is_so)
            for name, is_so in conditions.items()
            if isinstance(is_so, bool) and str(is_so) != (known.recall(f"{name}:{speaker.address}") or "False")
        },
    )


def _sound(speaker: _Speaker, body: Mapping[str, Any], common: Mapping[str, Any]) -> list[Event]:
    if speaker.facts is None or speaker.facts.device_class is not DeviceClass.SIREN:
        return []
    word = zigbee_word(body)
    return [speaker.says(EventClass.HEARTBEAT, siren=word, **common)] if word else []


def _help(speaker: _Speaker, body: Mapping[str, Any], common: Mapping[str, Any]) -> list[Event]:
    """A press or its end, at most one: a momentary action goes before the standing ``sos``."""
    action, sos = body.get("action"), truth(body.get("sos"))
    event_class = _meaning(action, speaker) if isinstance(action, str) else None
    if event_class is not None:
        at: datetime | None = common["occurred_at"]
        identity = f"{action}"[:64] + f"@{to_unix_ms(at)}" if at else None
        return [speaker.says(event_class, kind=speaker.alarm_kind, source_event_id=identity, **common)]
    if sos is not None:
        event_class = EventClass.ALARM if sos else EventClass.CLEAR
        return [speaker.says(event_class, kind=speaker.alarm_kind, shape=Shape.LEVEL, **common)]
    return _danger(speaker, body, common)


def _danger(speaker: _Speaker, body: Mapping[str, Any], common: Mapping[str, Any]) -> list[Event]:
    """A detector of fire that is registered to be heard; of strangers it is the household's own matter."""
    told = [value for name in _FIRE if (value := truth(body.get(name))) is not None]
    if not told or not speaker.is_bell:
        return []
    kind = (speaker.facts and speaker.facts.alarm_kind) or AlarmKind.FIRE
    return [speaker.says(EventClass.ALARM if any(told) else EventClass.CLEAR, kind=kind, shape=Shape.LEVEL, **common)]


def _meaning(action: str, speaker: _Speaker) -> EventClass | None:
    words = set(re.split(r"[^a-z]+", action.lower()))
    if words & _CALLS_FOR_HELP and not words & _RELEASES:
        return EventClass.ALARM
    if not speaker.is_bell:
        return None
    if words & _PRESSES and not words & _RELEASES:
        return EventClass.ALARM
    return EventClass.CLEAR if action == "off" else None


def _is_battery_low(speaker: _Speaker, stated: object, battery_pct: float | None) -> bool | None:
    limit_pct = speaker.facts.low_battery_below_pct if speaker.facts else _DEFAULT_LOW_BATTERY_PCT
    if stated is True or (battery_pct is not None and battery_pct < limit_pct):
        return True
    # With a percentage the monitor itself sees the battery recover, with a margin; a bare boolean must say it.
    return False if stated is False and battery_pct is None else None


def _conditions(
    speaker: _Speaker, conditions: Mapping[str, object], known: Known, common: Mapping[str, Any]
) -> Iterator[Event]:
    """Each present condition; its end only where it was told before, for "false" is in nearly every message."""
    for name, event_class, kind in (
        ("tamper", EventClass.TAMPER, AlarmKind.TAMPER),
        ("battery", EventClass.LOW_BATTERY, AlarmKind.BATTERY_LOW),
    ):
        if conditions[name] is True:
            yield speaker.says(event_class, kind=kind, shape=Shape.LEVEL, **common)
        elif conditions[name] is False and known.recall(f"{name}:{speaker.address}") == "True":
            yield speaker.says(EventClass.CLEAR, kind=kind, shape=Shape.LEVEL, **common)


def _speaker(name: str, known: Known) -> _Speaker:
    """A device may be registered by its friendly name (typed in any Unicode form) or by its hardware address."""
    folded = _folded(name)
    for address in (name[:MAX_ADDRESS], folded, known.recall(f"name:{folded}"), known.recall(f"ieee:{folded}")):
        if address and (facts := known.device(address)):
            return _Speaker(address, facts)
    return _Speaker(folded, None)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name)[:MAX_ADDRESS]


def _moment(value: object) -> datetime | None:
    """``last_seen`` as ISO_8601, ISO_8601_local or epoch (milliseconds), whichever the gateway is set to."""
    if isinstance(value, str):
        return from_iso_8601(value)
    milliseconds = number(value, 0, _HIGHEST_MS)
    return None if milliseconds is None else from_unix_ms(milliseconds)


# A sleeping battery device is silent for a day: www.zigbee2mqtt.io guide/configuration/device-availability, passive
# timeout 1500 min; two hours more for the gateway's own restart. Mains devices are pinged by the gateway, which tells
# by ``availability``; bridge/health comes each 10 min (dist/extension/health.js), one may be missed.
_SLEEPER = Supervision(interval_s=90_000, deadline_s=97_200)

ADAPTER = Adapter(
    name="zigbee2mqtt",
    default_base="zigbee2mqtt",
    # One filter: names may have any number of levels, and a press comes on the same topic as the rest.
    subscriptions=(Subscription("{base}/#", Session.ALARM),),
    decode=decode,
    canonical=ieee,
    encode=zigbee_order,
    supervision={
        DeviceClass.BELL: _SLEEPER,
        DeviceClass.SIREN: _SLEEPER,
        DeviceClass.GATEWAY: Supervision(interval_s=600, deadline_s=1_320),
    },
)
