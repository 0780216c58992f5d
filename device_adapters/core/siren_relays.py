"""Orders to relays that a siren hangs on, and what the relays say: Tasmota's.

    Tasmota   <base>/cmnd/<topic>/Backlog     PulseTime1 160; Power1 1      |  Power1 0
              <base>/stat/<topic>/RESULT      {"POWER":"ON"}, of several relays {"POWER2":"ON"}
              <base>/tele/<topic>/SENSOR      {"ENERGY":{"Power":12}}, where it measures

The device itself ends each order: ``PulseTime`` is tenths of a second up to 111, above it seconds and a hundred more,
64900 at most; it stays set, so a hand's ON ends too. Time and switch travel in one
message, for a relay must never hear the second alone; silence goes by Backlog, too, for that is a queue and nothing may
overtake it. A relay that is on has the order; that the siren on it draws current only one that measures can tell.
Tasmota's words name no order, and its ``{"Command":"Error"}`` may be meant for anybody: it refuses nothing here.
Read in: github tasmota/docs 0055399 docs/Commands.md (Backlog, Power, PulseTime). Nothing was captured.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from device_adapters.core.bodies import number
from device_adapters.core.contract import SOUNDERS, DeviceClass
from device_adapters.core.events import Event, EventClass
from device_adapters.core.orders import Sending, SirenSaid, SirenWord, SoundAct, SoundOrder
from device_adapters.core.voices import Voice

_LEAST_W = 1.0  # what a relay's own meter shows of nothing
_MOST_W = 1e6
_LONGEST_TENTHS, _LONGEST_PULSE = 111, 64_900
_POWER = re.compile(r"POWER(\d{0,2})")


def tasmota_order(order: SoundOrder, base: str, _device_class: DeviceClass, address: str) -> Sending | None:
    box, _, name = address.partition("/")
    relay = _POWER.fullmatch(name or "POWER1")
    if relay is None:
        return None  # a radio button behind a bridge, and no relay
    which = relay[1] or "1"
    is_on = order.act is SoundAct.SOUND
    told = f"PulseTime{which} {_pulse(order.for_s)}; Power{which} 1" if is_on else f"Power{which} 0"
    return Sending(f"{base}/cmnd/{box}/Backlog".removeprefix("/"), told.encode())


def tasmota_relays(body: Mapping[str, Any]) -> dict[str, SirenWord]:
    """What is said of each relay, by its name with its number."""
    said = {}
    for name, value in body.items():
        if (relay := _POWER.fullmatch(name)) and value in ("ON", "OFF"):
            said[f"POWER{relay[1] or '1'}"] = _word(is_on=value == "ON")
    energy = body.get("ENERGY")
    if isinstance(energy, dict) and _draws(energy.get("Power")):
        said["POWER1"] = SirenWord(SirenSaid.SOUNDING)
    return said


def siren_says(speaker: Voice, word: SirenWord, **more: Any) -> list[Event]:
    """Nothing, where what hangs on the relay is no siren."""
    if speaker.facts is None or speaker.facts.device_class not in SOUNDERS:
        return []
    return [speaker.says(EventClass.HEARTBEAT, siren=word, **more)]


def _word(*, is_on: bool) -> SirenWord:
    return SirenWord(SirenSaid.ACKNOWLEDGED if is_on else SirenSaid.OFF)


def _draws(power: object) -> bool:
    return (number(power, 0, _MOST_W) or 0.0) >= _LEAST_W


def _pulse(for_s: int) -> int:
    return for_s * 10 if for_s * 10 <= _LONGEST_TENTHS else min(for_s + 100, _LONGEST_PULSE)
