"""What a Tasmota bridge says of the Zigbee devices behind it.

    {"0x4AB2":{"Device":"0x4AB2","Name":"nut-1","ZoneStatusChange":1,"ZoneStatus":1,"Click":"single",
               "Power":"toggle","BatteryPercentage":9,"Endpoint":1,"LinkQuality":60}}

``ZoneStatus`` is that of an IAS zone: bits 0 and 1 the alarm, 2 tamper, 3 low battery. A button says ``Click``,
``action`` or ``Power``, by its make. Registered at ``<bridge>/<name>`` or ``<bridge>/<short address>``.
Read in: github tasmota/docs 9849ab9 docs/Zigbee.md. No message was captured.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from device_adapters.core.bodies import number
from device_adapters.core.contract import Known
from device_adapters.core.events import Event, EventClass, Shape
from device_adapters.core.voices import Role, Voice, heard_input, voice

_ALARMS, _TAMPER, _LOW_BATTERY = 0b11, 0b100, 0b1000
_GESTURES = ("Click", "click", "action", "Action", "Power", "AqaraClick")
_NUMBER = re.compile(r"0x[0-9A-Fa-f]{1,4}|0|[1-9][0-9]{0,4}")
_NO_PRESSES = frozenset({"release", "off", "0", "false", ""})


def zigbee_report(
    bridge: str, heard: Mapping[str, Any], known: Known, at: datetime | None
) -> tuple[list[Event], dict[str, str]]:
    events: list[Event] = []
    remember: dict[str, str] = {}
    for address, body in heard.items():
        if not isinstance(body, dict):
            continue
        names = [name for key in ("Name", "Device") if isinstance(name := body.get(key), str) and name]
        own = _owner(bridge, [*names, address], known)
        found, kept = _said(own, body, known, at)
        events += [*found, own.says(EventClass.HEARTBEAT, occurred_at=at)]
        remember |= kept | heard_input(known, bridge, own.address.removeprefix(f"{bridge}/"))
    return events, remember


def _owner(bridge: str, names: list[str], known: Known) -> Voice:
    found = [voice(known, f"{bridge}/{name}") for name in dict.fromkeys(names)]
    return next((each for each in found if each.facts), found[0])


def _bits(body: Mapping[str, Any]) -> int | None:
    """Of the zone, also as the hexadecimal text that a rule of the bridge may make of them."""
    for told in (body.get("ZoneStatus"), body.get("ZoneStatusChange")):
        if type(told) is int:
            return told
        if isinstance(told, str) and _NUMBER.fullmatch(told):
            return int(told, 0)
    return None


def _gesture(told: object) -> str:
    if isinstance(told, float) and told.is_integer():
        told = int(told)
    return str(told).lower() if isinstance(told, str | int) else ""


def _said(own: Voice, body: Mapping[str, Any], known: Known, at: datetime | None) -> tuple[list[Event], dict[str, str]]:
    status, events = _bits(body), list[Event]()
    remember: dict[str, str] = {}
    if status is not None:
        events, remember = own.condition("tamper", bool(status & _TAMPER), known, occurred_at=at)
        events += own.battery(None, is_low=bool(status & _LOW_BATTERY), occurred_at=at)
        if own.role_of("zone") is Role.CALL:
            events.append(own.calls(bool(status & _ALARMS), Shape.LEVEL, occurred_at=at))
    for name in _GESTURES:
        gesture = _gesture(body.get(name))
        if gesture in _NO_PRESSES:
            continue
        if own.role_of(name, gesture) is Role.TEST:
            events.append(own.says(EventClass.TEST, occurred_at=at))
        elif own.role_of(name, gesture) is Role.CALL:
            events.append(own.calls(True, occurred_at=at))
        break
    return [*events, *own.battery(number(body.get("BatteryPercentage"), 0, 100), occurred_at=at)], remember
