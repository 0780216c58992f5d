"""Orders to relays that a siren hangs on, and what the relays say: Tasmota's and Shelly's.

    Tasmota   <base>/cmnd/<topic>/Backlog     PulseTime1 160; Power1 1      |  Power1 0
              <base>/stat/<topic>/RESULT      {"POWER":"ON"}, of several relays {"POWER2":"ON"}
              <base>/tele/<topic>/SENSOR      {"ENERGY":{"Power":12}}, where it measures
    Shelly    <base>/<id>/rpc                 {"id","src":"chuong","method":"Switch.Set",
                                               "params":{"id":0,"on":true,"toggle_after":60}}
              <base>/chuong/rpc               {"id","src":"<id>","dst":"chuong","result":{"was_on":false}} or "error"
              <base>/<id>/events/rpc          NotifyStatus {"switch:0":{"output":true,"apower":12.1}}

The device itself ends each order: ``PulseTime`` is tenths of a second up to 111, above it seconds and a hundred more,
64900 at most; it stays set, so a hand's ON ends too. ``toggle_after`` is seconds. Time and switch travel in one
message, for a relay must never hear the second alone; silence goes by Backlog, too, for that is a queue and nothing may
overtake it. A relay that is on has the order; that the siren on it draws current only one that measures can tell.
Tasmota's words name no order, and its ``{"Command":"Error"}`` may be meant for anybody: it refuses nothing here. A
Shelly answers by the ``id`` it was asked with, and calls itself by its device id: its topic prefix must be the same.
Read in: github tasmota/docs 0055399 docs/Commands.md (Backlog, Power, PulseTime); shelly-api-docs.shelly.cloud gen2
ComponentsAndServices/Switch (Switch.Set, status), General/RPCProtocol, General/RPCChannels. Nothing was captured.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from device_adapters.core.bodies import number
from device_adapters.core.contract import SOUNDERS, Known
from device_adapters.core.events import Event, EventClass
from device_adapters.core.orders import Sending, SirenSaid, SirenWord, SoundAct, SoundOrder
from device_adapters.core.voices import Voice

US: Final = "chuong"  # by this name a Shelly answers us
_LEAST_W = 1.0  # what a relay's own meter shows of nothing
_MOST_W = 1e6
_LONGEST_TENTHS, _LONGEST_PULSE = 111, 64_900
_POWER = re.compile(r"POWER(\d{0,2})")
_SWITCH = re.compile(r"switch:(\d{1,3})")


def tasmota_order(order: SoundOrder, base: str, address: str, _known: Known) -> Sending | None:
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
        if value in ("ON", "OFF") and (relay := _POWER.fullmatch(name)):
            said[f"POWER{relay[1] or '1'}"] = _word(is_on=value == "ON")
    energy = body.get("ENERGY")
    if isinstance(energy, dict) and _draws(energy.get("Power")):
        said["POWER1"] = SirenWord(SirenSaid.SOUNDING)
    return said


def shelly_order(order: SoundOrder, base: str, address: str, _known: Known) -> Sending | None:
    box, _, name = address.partition("/")
    relay = _SWITCH.fullmatch(name or "switch:0")
    if relay is None:
        return None
    is_on = order.act is SoundAct.SOUND
    params = {"id": int(relay[1]), "on": is_on} | ({"toggle_after": order.for_s} if is_on else {})
    asked = {"id": f"{order.act}:{relay[1]}:{order.order_id}", "src": f"{base}/{US}".removeprefix("/")}
    body = orjson.dumps({**asked, "method": "Switch.Set", "params": params})
    return Sending(f"{base}/{box}/rpc".removeprefix("/"), body)


def shelly_answer(body: Mapping[str, Any]) -> tuple[str, SirenWord] | None:
    """Which switch answers an order of ours, and what: None for whatever else was asked."""
    asked = body.get("id")
    act, which, order_id = asked.split(":", 2) if isinstance(asked, str) and asked.count(":") > 1 else ("", "", "")
    if act not in (SoundAct.SOUND, SoundAct.STOP) or not order_id:
        return None
    if isinstance(body.get("result"), dict):
        said = SirenSaid.ACKNOWLEDGED if act == SoundAct.SOUND else SirenSaid.OFF
    elif isinstance(body.get("error"), dict) and act == SoundAct.SOUND:
        said = SirenSaid.REFUSED
    else:
        return None  # it would not be silenced: it is told again, until it is
    return f"switch:{which}", SirenWord(said, order_id)


def shelly_word(state: Mapping[str, Any]) -> SirenWord | None:
    """Only what changed is said: its power without its output, too."""
    output = state.get("output")
    if output is not False and _draws(state.get("apower")):
        return SirenWord(SirenSaid.SOUNDING)
    return _word(is_on=output) if isinstance(output, bool) else None


def siren_says(speaker: Voice, word: SirenWord, **more: Any) -> list[Event]:
    """Nothing, where what hangs on the relay is no siren."""
    return [speaker.says(EventClass.HEARTBEAT, siren=word, **more)] if is_siren(speaker) else []


def is_siren(speaker: Voice) -> bool:
    return speaker.facts is not None and speaker.facts.device_class in SOUNDERS


def _word(*, is_on: bool) -> SirenWord:
    return SirenWord(SirenSaid.ACKNOWLEDGED if is_on else SirenSaid.OFF)


def _draws(power: object) -> bool:
    return (number(power, 0, _MOST_W) or 0.0) >= _LEAST_W


def _pulse(for_s: int) -> int:
    return for_s * 10 if for_s * 10 <= _LONGEST_TENTHS else min(for_s + 100, _LONGEST_PULSE)
