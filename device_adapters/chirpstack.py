"""ChirpStack v4: LoRaWAN buttons (Milesight WS101, Dragino PB01, Browan TBPB100) behind gateways of one's own.

    <base>/application/<uuid>/device/<devEui>/event/up      a frame: fPort, fCnt, data, object   base: the broker's root
    <base>/application/<uuid>/device/<devEui>/event/join, /status, /log, /ack, /txack
    <base>/application/<uuid>/device/<devEui>/command/down  what is sent to it, to sirens: core.siren_downlinks
    <base>/[<region>/]gateway/<id>/state/conn               {"gatewayId","state":"ONLINE|OFFLINE"}, retained
    <base>/[<region>/]gateway/<id>/event/stats              each 30 s

A frame that got no answer comes again under a new ``deduplicationId``; only ``devAddr`` and ``fCnt`` stay, and they
begin anew after a join. JSON leaves out what is 0 or false. Without a codec there is no ``object`` and ``data`` is read
here: Milesight on port 85, Browan on 147, Dragino on 2 where the profile or the inventory names it. A device that
nobody registered rings where it is a panic button by its make, its profile or its tags. ``state/conn`` is protobuf
unless the gateway's marshaler is set to json.
Read in: github chirpstack/chirpstack-docs 9d9b5bb src/chirpstack/integrations/{events,mqtt}.md; PyPI chirpstack-api
4.20.0 integration_pb2.pyi; github Milesight-IoT/SensorDecoders e79c9d8 ws-series/ws101/ws101-decoder.js,
dragino/dragino-end-node-decoder PB01, TheThingsNetwork/lorawan-devices vendor/browan/tbpb100.js. Nothing was captured.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from device_adapters.core.addresses import eui
from device_adapters.core.bodies import BodyError, figure, number, read_object, truth, word
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
    Tally,
)
from device_adapters.core.events import LAST_WILL, Event, EventClass, Shape
from device_adapters.core.siren_downlinks import acknowledged, downlink_order, heard_at, uplink_word
from device_adapters.core.siren_relays import is_siren, siren_says
from device_adapters.core.times import from_iso_8601, to_unix_ms
from device_adapters.core.voices import Voice, in_order, levels_below, voice

_MILESIGHT, _BROWAN, _DRAGINO, _DRAGINO_LOG, _DRAGINO_INFO = 85, 147, 2, 3, 5
# Milesight's channels and types with the length of what follows (ws101-decoder.js).
_TLV = {
    b"\x01\x75": 1, b"\xff\x2e": 1, b"\xff\x01": 1, b"\xff\x09": 2, b"\xff\x0a": 2, b"\xff\x0b": 1,
    b"\xff\x08": 6, b"\xff\x0f": 1, b"\xff\x16": 8, b"\xff\xfe": 1, b"\xff\xff": 2,
}  # fmt: skip
_PRESSED = (b"\x01", b"\x02", b"\x03")
# How long a channel is that nobody knows, nobody knows either: behind it a press is looked for.
_BEHIND = re.compile(rb"\xff\x2e[\x01-\x03]", re.DOTALL)
_NO_PRESSES = frozenset({"", "none", "no press", "idle", "null"})
_MEANT = re.compile(r"panic|sos|emergency|khẩn cấp", re.IGNORECASE)
_RETRANSMITTED_MS = 600_000  # a frame is sent eight times at most, over minutes


@dataclass(frozen=True, slots=True)
class _Said:
    """What one frame says. ``is_pressed`` None: nothing of a press. ``is_by_make``: nothing else it could be for."""

    is_pressed: bool | None = None
    is_by_make: bool = False
    battery_pct: float | None = None
    is_tampered: bool | None = None
    detail: str | None = None


def decode(message: Message, base: str, known: Known) -> Decoded:
    levels = levels_below(message.topic, base) or []
    if "gateway" in levels[:2] and len(levels) == levels.index("gateway") + 4:
        return Decoded((_gateway(levels[-3:], message.payload, known),))
    if len(levels) != 6 or (levels[0], levels[2]) != ("application", "device") or not all(levels):
        raise Refused("the topic is not below application/…/device or gateway")
    own, channel = _owner(levels[3], known), "/".join(levels[4:])
    if not channel.startswith("event/"):
        return Decoded((own.says(EventClass.IGNORE, detail="our own command"),))
    try:
        body = read_object(message.payload)
    except BodyError as error:
        raise Refused(f"{channel}: {error} (the integration must send JSON)", own.address) from None
    told = _up(own, body, known) if channel == "event/up" else Decoded(_other(own, channel, body))
    return _sounding(own, levels[1], body, told, known) if is_siren(own) else told


def _owner(dev_eui: str, known: Known) -> Voice:
    """Also as it was registered when it was still stored as people typed it."""
    small, large = dev_eui.lower(), dev_eui.upper()
    return next((own for each in (dev_eui, small, large) if (own := voice(known, each)).facts), voice(known, small))


def _sounding(own: Voice, application: str, body: Mapping[str, Any], told: Decoded, known: Known) -> Decoded:
    """Of a siren also what it says of its orders, and where it takes them."""
    told_state = body.get("object")
    word = uplink_word(told_state) if isinstance(told_state, dict) else acknowledged(body)
    remember = {**told.remember, **heard_at(own.address, application, body.get("fPort"), known)}
    events = (*told.events, *siren_says(own, word, occurred_at=_moment(body))) if word else told.events
    return replace(told, events=in_order([*events]), remember=remember)


def _gateway(levels: list[str], payload: bytes, known: Known) -> Event:
    gateway_id, channel, what = levels
    own = voice(known, gateway_id or "gateway")
    if (channel, what) == ("event", "stats"):
        return own.says(EventClass.HEARTBEAT)
    if (channel, what) != ("state", "conn") or not payload:
        return own.says(EventClass.IGNORE)
    try:
        state = read_object(payload).get("state")
    except BodyError:
        return own.says(EventClass.IGNORE, detail="not JSON: set the marshaler of the gateway to json")
    # 0 is left out of this JSON, and OFFLINE is 0.
    states = {"ONLINE": EventClass.ONLINE, "OFFLINE": EventClass.OFFLINE, None: EventClass.OFFLINE}
    told = states.get(state, EventClass.IGNORE) if isinstance(state, str | None) else EventClass.IGNORE
    # The will of the gateway itself: what it relays may still be heard through another.
    return own.says(told, flags=(LAST_WILL,) if told is EventClass.OFFLINE else ())


def _other(own: Voice, channel: str, body: Mapping[str, Any]) -> tuple[Event, ...]:
    at = _moment(body)
    if channel == "event/join":
        return (own.says(EventClass.ONLINE, occurred_at=at),)
    if channel == "event/status":
        # Absent is not zero: unknown, or on mains.
        is_told = body.get("batteryLevelUnavailable") is not True and body.get("externalPowerSource") is not True
        level_pct = number(body.get("batteryLevel"), 0, 100) if is_told else None
        beat = own.says(EventClass.HEARTBEAT, battery_pct=level_pct, occurred_at=at)
        return in_order([*own.battery(level_pct, occurred_at=at), beat])
    if channel == "event/log" and body.get("level") == "ERROR":
        return (own.says(EventClass.IGNORE, detail=f"trouble:{word(body.get('code')) or 'log'}"),)
    return (own.says(EventClass.IGNORE, detail=channel[:40] if word(channel) else None),)


def _up(own: Voice, body: Mapping[str, Any], known: Known) -> Decoded:
    info, said, at = body.get("deviceInfo"), _said(own, body), _moment(body)
    events: list[Event] = []
    remember: dict[str, str] = {}
    if said.is_pressed is not None and _is_meant(own, said, info if isinstance(info, dict) else {}):
        identity, remember = _identity(own, body, at, known)
        shape = Shape.EDGE if said.is_pressed else Shape.LEVEL
        events.append(own.calls(said.is_pressed, shape, occurred_at=at, source_event_id=identity))
    if said.is_tampered is not None:
        found, kept = own.condition("tamper", said.is_tampered, known, occurred_at=at)
        events += found
        remember = remember | kept
    events += own.battery(said.battery_pct, occurred_at=at)
    events.append(own.says(EventClass.HEARTBEAT, battery_pct=said.battery_pct, occurred_at=at, detail=said.detail))
    return Decoded(in_order(events), remember, tally=_tally(own, body))


def _tally(own: Voice, body: Mapping[str, Any]) -> Tally | None:
    """Each frame that was sent is counted, heard or not; a join begins anew under another ``devAddr``."""
    session, count = body.get("devAddr"), body.get("fCnt", 0)
    is_told = isinstance(session, str) and type(count) is int and 0 <= count < 1 << 32
    return Tally(own.address, f"{own.address}#{session}"[:80], count) if is_told else None


def _is_meant(own: Voice, said: _Said, info: Mapping[str, Any]) -> bool:
    """Whether a press of it is a call for help: as it is registered, or else as it is made, named or tagged."""
    if own.facts is not None:
        return own.is_bell
    tags = info.get("tags")
    names = [info.get("deviceProfileName"), info.get("deviceName"), *(tags.values() if isinstance(tags, dict) else ())]
    return said.is_by_make or any(isinstance(name, str) and _MEANT.search(name) for name in names)


def _identity(
    own: Voice, body: Mapping[str, Any], at: datetime | None, known: Known
) -> tuple[str | None, dict[str, str]]:
    """One frame, however often it is sent; a counter that began anew makes another of the same number."""
    address, count = body.get("devAddr"), body.get("fCnt", 0)
    if not isinstance(address, str) or type(count) is not int or at is None:
        return None, {}
    frame, now_ms = f"{address[:16]}:{count}", to_unix_ms(at)
    last_frame, _, last_ms = (known.recall(f"frame:{own.address}") or "@").partition("@")
    if frame == last_frame and abs(now_ms - int(last_ms)) <= _RETRANSMITTED_MS:
        return f"{frame}@{last_ms}"[:64], {}
    return f"{frame}@{now_ms}"[:64], {f"frame:{own.address}": f"{frame}@{now_ms}"}


def _said(own: Voice, body: Mapping[str, Any]) -> _Said:
    told, port = body.get("object"), body.get("fPort")
    by_codec = _of_object(port, told) if isinstance(told, dict) else _Said()
    if by_codec.is_pressed is not None:
        return by_codec
    # A codec that fails, or is another make's, leaves an object that says nothing of a press.
    by_bytes = _of_bytes(own, body)
    if by_bytes.is_pressed is None and by_codec != _Said():
        return by_codec
    battery_pct = by_bytes.battery_pct if by_codec.battery_pct is None else by_codec.battery_pct
    return _Said(
        by_bytes.is_pressed, by_bytes.is_by_make, battery_pct, by_codec.is_tampered, by_codec.detail or by_bytes.detail
    )


def _of_bytes(own: Voice, body: Mapping[str, Any]) -> _Said:
    try:
        data = base64.b64decode(body.get("data") or "", validate=True)
    except (binascii.Error, ValueError, TypeError):
        return _Said(detail="data is not base64")
    info = body.get("deviceInfo")
    profile = info.get("deviceProfileName") if isinstance(info, dict) else None
    return _of_data(body.get("fPort"), data, f"{own.facts.model if own.facts else ''} {profile}".lower())


def _of_object(port: object, told: Mapping[str, Any]) -> _Said:
    battery_pct = figure(told.get("battery"), 0, 100) if port != _BROWAN else None  # Browan tells volts
    pressed, button = None, told.get("button_event")
    press = button.get("status") if isinstance(button, dict) else button or told.get("press")
    if _is_press(press):
        pressed = True
    is_by_make, detail = False, "power-on frame" if told.get("device_status") == "on" else None
    if port == _BROWAN and (status := _status(told.get("status"))) is not None:
        pressed, is_by_make = status % 2 == 1, True
    elif "Alarm" in told and port != _DRAGINO_LOG:  # FALSE is a report, not the end of a call
        pressed, is_by_make = truth(told["Alarm"]) or None, True
    elif "SENSOR_MODEL" in told:
        detail = "device info"
    return _Said(pressed, is_by_make, battery_pct, truth(told.get("tamper")), detail)


def _is_press(told: object) -> bool:
    """The word for a press, its number, or a plain yes."""
    if isinstance(told, str) and figure(told, 0, 255) is None:
        return truth(told) is not False and told.strip().lower() not in _NO_PRESSES
    return told is True or figure(told, 1, 255) is not None


def _status(told: object) -> int | None:
    status = figure(int(told) if isinstance(told, bool) else told, 0, 255)
    return None if status is None else int(status)


def _of_data(port: object, data: bytes, model: str) -> _Said:
    if port == _MILESIGHT:
        return _milesight(data)
    if port == _BROWAN and len(data) == 3:
        return _Said(data[0] & 1 == 1, is_by_make=True)
    if "pb01" in model or "dragino" in model:
        if port == _DRAGINO and len(data) >= 4:
            return _Said(data[3] & 1 == 1 or None, is_by_make=True)
        return _Said(detail="datalog" if port == _DRAGINO_LOG else "device info" if port == _DRAGINO_INFO else None)
    return _Said(detail="no codec for this device")


def _milesight(data: bytes) -> _Said:
    told: dict[bytes, bytes] = {}
    while (kind := data[:2]) in _TLV:
        told[kind], data = data[2 : 2 + _TLV[kind]], data[2 + _TLV[kind] :]
    battery, press = told.get(b"\x01\x75"), told.get(b"\xff\x2e")
    is_pressed = press[:1] in _PRESSED if press else _BEHIND.search(data) is not None
    return _Said(
        is_pressed=is_pressed or None,
        battery_pct=number(battery[0], 0, 100) if battery else None,
        detail="power-on frame" if b"\xff\x0b" in told else None,
    )


def _moment(body: Mapping[str, Any]) -> datetime | None:
    return from_iso_8601(time) if isinstance(time := body.get("time"), str) else None


# The makers' buttons tell of themselves once or more a day (WS101 18 h, TBPB100 24 h as delivered).
_SLEEPER = Supervision(interval_s=90_000, deadline_s=97_200)

ADAPTER = Adapter(
    name="chirpstack",
    default_base="",
    subscriptions=(
        Subscription("{base}/application/+/device/+/event/up", Session.ALARM),
        Subscription("{base}/application/+/device/+/event/join", Session.STATE),
        Subscription("{base}/application/+/device/+/event/status", Session.STATE),
        Subscription("{base}/application/+/device/+/event/ack", Session.STATE),
        Subscription("{base}/application/+/device/+/event/log", Session.STATE),
        Subscription("{base}/gateway/+/state/conn", Session.STATE),
        Subscription("{base}/gateway/+/event/stats", Session.STATE),
        Subscription("{base}/+/gateway/+/state/conn", Session.STATE),
        Subscription("{base}/+/gateway/+/event/stats", Session.STATE),
    ),
    decode=decode,
    canonical=eui,
    encode=downlink_order,
    topic="{base}/application/+/device/{address}",
    topics={DeviceClass.GATEWAY: "{base}/+/gateway/{address}"},  # its region's prefix, as ChirpStack sets it up
    supervision={DeviceClass.BELL: _SLEEPER, DeviceClass.SIREN: _SLEEPER},
)
