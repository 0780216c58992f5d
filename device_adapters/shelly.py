"""Shelly of the second generation and newer: Wi-Fi relays whose inputs carry a button or a latching panic switch.

    <base>/<id>/online          true | false (will), retained                          base: the broker's root
    <base>/<id>/events/rpc      {"method":"NotifyEvent","params":{"ts":…,"events":[{"component":"input:0","event":"btn_down"}]}}
                                {"method":"NotifyStatus","params":{"ts":…,"input:2":{"id":2,"state":true}}}
                                {"method":"NotifyFullStatus", …}                       on connect and when it wakes
    <base>/<id>/status/<component>   the same as one component, only with status_ntf
    <base>/<id>/rpc             commands to it; its answers go to <base>/<our id>/rpc; to sirens: core.siren_relays

``ts`` is Unix time in seconds with a fraction. ``btn_down`` is the earliest sign of a press; what it was
(``single_push`` …) follows half a second later and is the same press. An input of type switch has ``state`` true or
false, a LEVEL; one of type button null. A vanished key is null. ``<id>`` is the topic prefix set on the device, which must
hold no slash; several bells on one device are registered at ``<id>/input:1``, the siren on its second relay at
``<id>/switch:1``.
Read in: shelly-api-docs.shelly.cloud gen2 General/Notifications, Components/SystemComponents/Mqtt; github
home-assistant/core components/shelly/const.py RPC_INPUTS_EVENTS_TYPES. No message was captured.
"""  # noqa: E501 — a message is drawn in one line

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from device_adapters.core.bodies import BodyError, figure, number, read_object
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
from device_adapters.core.siren_relays import US, is_siren, shelly_answer, shelly_order, shelly_word, siren_says
from device_adapters.core.times import from_unix_ms, to_unix_ms
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

_LATEST_S = 4_102_444_800
_INPUT = re.compile(r"(input|bthomedevice):\d{1,3}")  # its own, and Bluetooth buttons that it relays
_SWITCH = "switch:"
_FOLDED_MS = 5_000  # from the press to the word for it: a long one takes a second or two


def decode(message: Message, base: str, known: Known) -> Decoded:
    levels = levels_below(message.topic, base) or []
    if len(levels) < 2 or not all(levels):
        raise Refused("the topic is not below a Shelly's id")
    box, channel = levels[0], levels[1:]
    try:
        if channel == ["online"]:
            return Decoded(_online(box, message.payload, known))
        if channel == ["events", "rpc"]:
            return _notification(box, read_object(message.payload), known)
        if channel[0] == "status" and len(channel) == 2:
            return _component(box, channel[1], message.payload, known)
        if channel == ["rpc"]:
            return Decoded(_answer(box, read_object(message.payload), known))
    except BodyError as error:
        raise Refused(f"{channel[0]}: {error}", box) from None
    raise Refused("the topic is not below a Shelly's id, or none of its channels")


def _online(box: str, payload: bytes, known: Known) -> tuple[Event, ...]:
    text = payload.strip().lower()
    if text == b"true":
        return tuple(each.says(EventClass.ONLINE) for each in voices_of(known, box))
    if text == b"false":
        return tuple(each.says(EventClass.OFFLINE, flags=(LAST_WILL,)) for each in lost_with(known, box))
    return (voice(known, box).says(EventClass.IGNORE, detail="neither true nor false"),)


def _answer(box: str, body: Mapping[str, Any], known: Known) -> tuple[Event, ...]:
    """On ``rpc`` our own questions to the device, and below our own id what it answers."""
    source = body.get("src")
    if "method" in body or not isinstance(source, str) or not source:
        return (voice(known, box).says(EventClass.IGNORE, detail="our own command"),)
    answer = shelly_answer(body) if box == US else None
    told = siren_says(_relay(known, source, answer[0]), answer[1]) if answer else []
    return (*told, voice(known, source).says(EventClass.HEARTBEAT))


def _relay(known: Known, box: str, name: str) -> Voice:
    """Registered by itself, or the first one as the box; another of the box is nobody's."""
    speaker = input_voice(known, box, name)
    return speaker if speaker.address != box or name == f"{_SWITCH}0" else Voice(f"{box}/{name}")


def _notification(box: str, body: Mapping[str, Any], known: Known) -> Decoded:
    method, params = body.get("method"), body.get("params")
    if not isinstance(params, dict) or method not in ("NotifyEvent", "NotifyStatus", "NotifyFullStatus"):
        return Decoded((voice(known, box).says(EventClass.IGNORE, detail="no notification"),))
    at = _moment(params.get("ts"))
    if method != "NotifyEvent":
        return _status(box, params, at, known)
    events: list[Event] = []
    remember: dict[str, str] = {}
    told = params.get("events")
    for entry in told if isinstance(told, list) else ():
        if isinstance(entry, dict):
            found, kept = _gesture(box, entry, _moment(entry.get("ts")) or at, known)
            events += found
            remember |= kept
    return _with_life(box, events, remember, known, at)


def _gesture(
    box: str, entry: Mapping[str, Any], at: datetime | None, known: Known
) -> tuple[list[Event], dict[str, str]]:
    name, gesture = entry.get("component"), entry.get("event")
    if not isinstance(name, str) or not isinstance(gesture, str) or not _INPUT.fullmatch(name):
        return [], {}
    speaker, remember = input_voice(known, box, name), heard_input(known, box, name)
    role, key = speaker.role_of(name, gesture), f"down:{box}/{name}"
    common: dict[str, Any] = {
        "occurred_at": at,
        "source_event_id": f"{name}:{gesture}@{to_unix_ms(at)}"[:64] if at else None,
    }
    is_push = gesture.endswith("_push")
    if role is Role.TEST:
        return [speaker.says(EventClass.TEST, **common)], remember
    if role is Role.TAMPER and gesture in ("btn_down", "btn_up"):
        found, kept = speaker.condition("tamper", gesture == "btn_down", known, occurred_at=at)
        return found, remember | kept
    if role is not Role.CALL or not (is_push or gesture in ("btn_down", "btn_up")):
        return [], remember
    if is_push and _is_same_press(known.recall(key), at):
        return [speaker.says(EventClass.IGNORE, detail="duplicate")], remember
    if gesture == "btn_down" and at:
        remember[key] = str(to_unix_ms(at))
    return [speaker.calls(gesture != "btn_up", **common)], remember


def _is_same_press(down: str | None, at: datetime | None) -> bool:
    return down is not None and at is not None and 0 <= to_unix_ms(at) - int(down) <= _FOLDED_MS


def _component(box: str, name: str, payload: bytes, known: Known) -> Decoded:
    """Others than a Shelly may say something on a topic of this shape: only what an input says must be readable."""
    if name.startswith(_SWITCH) and is_siren(_relay(known, box, name)):
        return _status(box, {name: read_object(payload)}, None, known)
    if not _INPUT.fullmatch(name) and not name.startswith("devicepower:"):
        return Decoded((voice(known, box).says(EventClass.IGNORE),))
    body = read_object(payload)
    if _INPUT.fullmatch(name) and not isinstance(body.get("state"), bool):
        return Decoded((voice(known, box).says(EventClass.IGNORE, detail="tells no state"),))
    return _status(box, {name: body}, None, known)


def _status(box: str, components: Mapping[str, Any], at: datetime | None, known: Known) -> Decoded:
    events: list[Event] = []
    remember: dict[str, str] = {}
    for name, state in components.items():
        if not isinstance(state, dict):
            continue
        if _INPUT.fullmatch(name):
            speaker = input_voice(known, box, name)
            found, kept = _level(speaker, name, state.get("state"), at, known)
            events += found
            remember |= kept | heard_input(known, box, name)
        elif name.startswith("devicepower:"):
            events += _power(voice(known, box), state, at)
        elif name.startswith(_SWITCH) and (word := shelly_word(state)):
            events += siren_says(_relay(known, box, name), word, occurred_at=at)
    return _with_life(box, events, remember, known, at)


def _level(
    speaker: Voice, name: str, state: object, at: datetime | None, known: Known
) -> tuple[list[Event], dict[str, str]]:
    role, key = speaker.role_of(name), f"state:{speaker.address}:{name}"
    if not isinstance(state, bool):
        return [], {}
    if role is Role.TAMPER:
        return speaker.condition("tamper", state, known, occurred_at=at)
    # A full status says again what was told: only a change of it is news.
    if role is not Role.CALL or known.recall(key) == str(state):
        return [], {}
    return [speaker.calls(state, Shape.LEVEL, occurred_at=at)], {key: str(state)}


def _power(own: Voice, state: Mapping[str, Any], at: datetime | None) -> Iterator[Event]:
    battery = state.get("battery")
    level_pct = figure(battery.get("percent"), 0, 100) if isinstance(battery, dict) else None
    yield own.says(EventClass.HEARTBEAT, battery_pct=level_pct, occurred_at=at)
    yield from own.battery(level_pct, occurred_at=at)


def _with_life(
    box: str, events: list[Event], remember: Mapping[str, str], known: Known, at: datetime | None
) -> Decoded:
    alive = [each.says(EventClass.HEARTBEAT, occurred_at=at) for each in voices_of(known, box)]
    return Decoded(in_order([*events, *alive]), remember)


def _moment(value: object) -> datetime | None:
    seconds = number(value, 0, _LATEST_S)
    return None if seconds is None else from_unix_ms(round(seconds * 1000))


# It speaks when something changes, and its broker tells its death within a minute and a half by the last will.
_EVENTS = Supervision(interval_s=90_000, deadline_s=97_200)

ADAPTER = Adapter(
    name="shelly",
    default_base="",
    subscriptions=(
        Subscription("{base}/+/events/rpc", Session.ALARM),
        Subscription("{base}/+/status/+", Session.ALARM),
        Subscription("{base}/+/online", Session.STATE),
        Subscription(f"{{base}}/{US}/rpc", Session.STATE),
    ),
    decode=decode,
    topic="{base}/{box}",
    encode=shelly_order,
    has_own_lines=True,
    supervision=dict.fromkeys((DeviceClass.BELL, DeviceClass.SIREN, DeviceClass.GATEWAY), _EVENTS),
)
