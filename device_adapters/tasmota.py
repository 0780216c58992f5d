"""Tasmota 9 and newer: Wi-Fi relays and buttons in the house of the bell, and bridges that hear 433 MHz buttons.

    <base>/tele/<topic>/LWT               Online | Offline, retained                         base: the broker's root
    <base>/tele/<topic>/STATE, SENSOR     each 300 s: {"Time":"2026-11-21T15:25:30","Switch1":"ON"}
    <base>/stat/<topic>/RESULT            {"Button1":{"Action":"SINGLE"}}, {"Switch1":{"Action":"ON"}}, {"POWER":"ON"}
    <base>/tele/<topic>/RESULT            {"RfReceived":{"Data":"0x7028D2","Bits":24,"Protocol":1}}
    <base>/tele/<topic>[/<dev>]/SENSOR    {"ZbReceived":{"0x4AB2":{"Name":"nut-1","ZoneStatus":1,"Click":"single"}}}
    <base>/tele/<topic>/INFO3             a restart
    <base>/<topic>/tele/…, stat/…         the same, where FullTopic puts the topic first
    <base>/tasmota/discovery/<mac>/config {"t","ofln","onln","dslp"}, retained
    <base>/cmnd/<topic>/...               commands, ours and others'; to sirens: core.siren_relays

A press carries no time; ``Time`` has a zone only with SetOption52 and is 1970 before the first NTP answer. Presses need
SetOption73 (buttons) or SetOption114 (switches): without them a button only toggles its relay. ``RESULT`` tells a
change, an EDGE; ``SENSOR`` repeats the state of a switch and counts where it differs from what was told last.
A device that sleeps says Offline on purpose. A 433 MHz button has no supervision and its code can be played back by
anybody; it is registered at ``<topic>/<code>``, an input of a device that has several at ``<topic>/Button2``, a Zigbee
button behind a bridge at ``<topic>/<its name or short address>``, the siren on its second relay at ``<topic>/POWER2``.
Read in: github tasmota/docs 9849ab9 docs/{MQTT,Buttons-and-Switches,Commands,DeepSleep,RF-Protocol}.md; PyPI HATasmota
0.9.2 hatasmota/{const,discovery,entity}.py. No message was captured.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from device_adapters.core.addresses import code
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
from device_adapters.core.events import LAST_WILL, Event, EventClass, Shape
from device_adapters.core.siren_relays import siren_says, tasmota_order, tasmota_relays
from device_adapters.core.tasmota_zigbee import zigbee_report
from device_adapters.core.times import from_iso_8601
from device_adapters.core.voices import (
    Role,
    Voice,
    heard_input,
    in_order,
    input_voice,
    levels_below,
    lost_with,
    voice,
    voices_of,
)

_PREFIXES = frozenset({"tele", "stat", "cmnd"})
_REPORTS = frozenset({"STATE", "SENSOR", "RESULT"})
_INPUT = re.compile(r"(Button|Switch)\d{1,2}")
_PRESSES = frozenset({"SINGLE", "DOUBLE", "TRIPLE", "QUAD", "PENTA", "HOLD", "TOGGLE", "ON"})
_RELEASES = frozenset({"CLEAR", "OFF"})
# One press of a 433 MHz button is sent several times over.
_BURST = timedelta(seconds=5)
_CAME_TOGETHER = timedelta(seconds=60)  # a network may hold a part of it back for a while


def decode(message: Message, base: str, known: Known) -> Decoded:
    levels = _levels(message.topic, base)
    if len(levels) > 3 and levels[:2] == ["tasmota", "discovery"]:
        return _discovery(levels, message.payload)
    if len(levels) < 3 or levels[0] not in _PREFIXES or not all(levels):
        raise Refused("the topic is not below tele, stat or cmnd")
    prefix, box, last = levels[0], _box(levels, message.payload), levels[-1]
    if prefix == "cmnd":
        return Decoded((voice(known, box).says(EventClass.IGNORE, detail="our own command"),))
    if prefix == "tele" and last == "LWT":
        return Decoded(_last_will(box, message.payload, known))
    if prefix == "tele" and last == "INFO3":
        return Decoded(tuple(each.says(EventClass.ONLINE, detail="restart") for each in voices_of(known, box)))
    if last not in _REPORTS:
        return Decoded((voice(known, box).says(EventClass.IGNORE),))
    try:
        body = read_object(message.payload)
    except BodyError as error:
        raise Refused(f"{last}: {error}", box) from None
    told = _report(box, body, known, is_change=last == "RESULT")
    return _with_radio(box, body, told, message.received_at, known) if "RfReceived" in body else told


def _levels(topic: str, base: str) -> list[str]:
    """The prefix first, wherever FullTopic puts it."""
    levels = levels_below(topic, base) or []
    if len(levels) > 2 and levels[0] not in _PREFIXES and levels[1] in _PREFIXES:
        levels[:2] = levels[1], levels[0]
    return levels


def _box(levels: list[str], payload: bytes) -> str:
    """The device that speaks; with SetOption89 a bridge has a topic for each Zigbee device behind it."""
    is_behind = levels[-1] == "SENSOR" and len(levels) == 4 and b"ZbReceived" in payload
    return levels[1] if is_behind else "/".join(levels[1:-1])


def _discovery(levels: list[str], payload: bytes) -> Decoded:
    """Its words for online and offline, and whether it sleeps, for ``recall``."""
    found = Voice(levels[2] or "discovery").says(EventClass.IGNORE, detail="inventory")
    try:
        body = read_object(payload) if levels[3] == "config" else {}
    except BodyError:
        body = {}  # zero bytes: it was forgotten
    words = [word if isinstance(word := body.get(key), str) else "" for key in ("t", "onln", "ofln")]
    if not words[0]:
        return Decoded((found,))
    sleeps = str(body.get("dslp") not in (0, None, False))
    return Decoded((found,), {f"words:{words[0]}": f"{words[1]}\n{words[2]}"[:200], f"sleeps:{words[0]}": sleeps})


def _last_will(box: str, payload: bytes, known: Known) -> tuple[Event, ...]:
    text = payload.decode(errors="replace").strip()
    online, _, offline = (known.recall(f"words:{box}") or "Online\nOffline").partition("\n")
    own = voice(known, box)
    if not text or text not in (online, offline):
        return (own.says(EventClass.IGNORE, detail="neither online nor offline"),)
    if text == online:
        return tuple(each.says(EventClass.ONLINE) for each in voices_of(known, box))
    if own.options.get("deep_sleep") is True or known.recall(f"sleeps:{box}") == "True":
        return (own.says(EventClass.IGNORE, detail="sleeps on purpose"),)
    return tuple(each.says(EventClass.OFFLINE, flags=(LAST_WILL,)) for each in lost_with(known, box))


def _report(box: str, body: Mapping[str, Any], known: Known, *, is_change: bool) -> Decoded:
    at = from_iso_8601(time) if isinstance(time := body.get("Time"), str) else None
    events: list[Event] = []
    remember: dict[str, str] = {}
    for name, value in body.items():
        told = value.get("Action") if isinstance(value, dict) else value
        if _INPUT.fullmatch(name) and isinstance(told, str):
            speaker = input_voice(known, box, name)
            found, kept = _input(speaker, (name, told.upper()), known, at, is_change=is_change)
            events += found
            remember |= kept | heard_input(known, box, name)
    if isinstance(heard := body.get("ZbReceived"), dict):
        found, kept = zigbee_report(box, heard, known, at)
        events += found
        remember |= kept
    own, sounds = voice(known, box), _sirens(box, body, known, at)
    if not events and is_change and any(name.startswith("POWER") for name in body):
        is_siren = own.facts is not None and own.facts.device_class is DeviceClass.SIREN
        state = next(str(value) for name, value in body.items() if name.startswith("POWER")).lower()[:8]
        return Decoded((own.says(EventClass.IGNORE, detail=f"siren relay {state}" if is_siren else None), *sounds))
    alive = voices_of(known, box)
    events += sounds
    return Decoded(in_order([*events, *(each.says(EventClass.HEARTBEAT, occurred_at=at) for each in alive)]), remember)


def _sirens(box: str, body: Mapping[str, Any], known: Known, at: datetime | None) -> list[Event]:
    """A relay registered by itself speaks for its siren, the first one also for the box."""
    found: list[Event] = []
    for name, word in tasmota_relays(body).items():
        speaker = input_voice(known, box, name)
        if speaker.address != box or name == "POWER1":
            found += siren_says(speaker, word, occurred_at=at)
    return found


def _input(
    speaker: Voice, said: tuple[str, str], known: Known, at: datetime | None, *, is_change: bool
) -> tuple[list[Event], dict[str, str]]:
    name, told = said
    role = speaker.role_of(name, told)
    key = f"state:{speaker.address}:{name}"
    if role is Role.TAMPER and told in ("ON", "OFF"):
        return speaker.condition("tamper", told == "ON", known, occurred_at=at)
    if role is Role.TEST:
        return [speaker.says(EventClass.TEST, occurred_at=at)], {}
    if role is not Role.CALL or told not in _PRESSES | _RELEASES:
        return [], {}
    remember = {key: told} if told in ("ON", "OFF") and name.startswith("Switch") else {}
    if is_change:
        return [speaker.calls(told in _PRESSES, occurred_at=at)], remember
    was = known.recall(key) or "OFF"
    if not remember or told == was:
        return [], remember
    return [speaker.calls(told == "ON", Shape.LEVEL, occurred_at=at)], remember


def _with_radio(box: str, body: Mapping[str, Any], told: Decoded, now: datetime, known: Known) -> Decoded:
    heard, time = body["RfReceived"], body.get("Time")
    code = heard.get("Data") if isinstance(heard, dict) else None
    if not isinstance(code, str) or not code:
        return told
    if (speaker := _owner(box, code[:64], known)) is None:
        unknown = voice(known, box).says(EventClass.IGNORE, detail="unknown code")
        return replace(told, events=in_order([unknown, *told.events]))
    key, stamp = f"heard:{speaker.address}", time[:40] if isinstance(time, str) else ""
    if _is_same_burst(known.recall(key), stamp, now):
        same = speaker.says(EventClass.IGNORE, detail="duplicate")
        return replace(told, events=in_order([same, *told.events]))
    at = from_iso_8601(stamp) if stamp else None
    kept = {key: f"{stamp} {now.isoformat()}"} if stamp else {}
    press = speaker.calls(True, occurred_at=at)
    return replace(told, events=in_order([press, *told.events]), remember={**told.remember, **kept})


def _owner(box: str, code: str, known: Known) -> Voice | None:
    """The bell that sends the code: an input of the bridge, or as agreed when the bridge was set up."""
    bare = _bare(code)
    names = (each + digits for digits in (bare.upper(), bare) for each in ("0x", ""))
    for name in dict.fromkeys((code, *names)):
        own = voice(known, f"{box}/{name}")
        if own.is_bell:
            return own
    codes = voice(known, box).options.get("codes")
    meant = next((each for key, each in codes.items() if _bare(key) == bare), None) if isinstance(codes, dict) else None
    meant = meant.get("device") if isinstance(meant, dict) else meant
    return voice(known, meant) if isinstance(meant, str) and meant else None


def _bare(code: str) -> str:
    return code.lower().removeprefix("0x")


def _is_same_burst(before: str | None, stamp: str, now: datetime) -> bool:
    """Whether two times of one bridge's own clock, with or without a zone, lie within one burst, and came together.

    A clock that was not set yet begins anew in 1970 with each power cut: hours later it may say the same time.
    """
    stamp_before, _, came = (before or "").partition(" ")
    if not stamp or not came:
        return False
    try:
        since = datetime.fromisoformat(stamp) - datetime.fromisoformat(stamp_before)
        waited = now - datetime.fromisoformat(came)
    except (TypeError, ValueError):
        return False
    longest = _BURST if stamp.startswith("1970") else _CAME_TOGETHER
    return timedelta() <= since <= _BURST and timedelta() <= waited <= longest


# TelePeriod is 300 s as delivered (docs/Commands.md); one report may be missed. A dead device is told by its last will
# within 45 s. Whoever sets TelePeriod to 60 gives the device that interval in the inventory.
_TELEMETRY = Supervision(interval_s=300, deadline_s=660)

ADAPTER = Adapter(
    name="tasmota",
    default_base="",
    subscriptions=(
        Subscription("{base}/stat/+/RESULT", Session.ALARM),
        Subscription("{base}/tele/+/RESULT", Session.ALARM),
        Subscription("{base}/tele/+/SENSOR", Session.ALARM),
        Subscription("{base}/tele/+/+/SENSOR", Session.ALARM),
        *(Subscription(f"{{base}}/+/{each}", Session.ALARM) for each in ("stat/RESULT", "tele/RESULT", "tele/SENSOR")),
        Subscription("{base}/tele/+/LWT", Session.STATE),
        Subscription("{base}/tele/+/STATE", Session.STATE),
        Subscription("{base}/tele/+/INFO3", Session.STATE),
        *(Subscription(f"{{base}}/+/tele/{each}", Session.STATE) for each in ("LWT", "STATE", "INFO3")),
        Subscription("{base}/tasmota/discovery/+/config", Session.STATE),
    ),
    decode=decode,
    canonical=code,
    topic="{base}/tele/{box}",
    encode=tasmota_order,
    supervision=dict.fromkeys((DeviceClass.BELL, DeviceClass.SIREN, DeviceClass.GATEWAY), _TELEMETRY),
)
