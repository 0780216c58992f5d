"""What a metric of a Sparkplug device means: by what was agreed in the inventory, or by the words of its name.

Inputs/Panic  Button/SOS  Alarm/HoldUp  Smoke   calls for help, of a kind        Inputs/Tamper   a tamper contact
Inputs/Test                                     a trial                          Battery/Percent  Battery/Low
Video/Signal  Video/FPS                         a camera's picture: none is OFFLINE
"""

from __future__ import annotations

import re
from typing import Any

from device_adapters.core.bodies import number
from device_adapters.core.contract import Known
from device_adapters.core.events import AlarmKind, Event, EventClass, Shape
from device_adapters.core.sparkplug_body import Metric
from device_adapters.core.times import from_unix_ms
from device_adapters.core.voices import Role, Voice, heard_input, input_voice

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_KINDS = {
    "panic": AlarmKind.PANIC, "sos": AlarmKind.PANIC, "emergency": AlarmKind.PANIC, "help": AlarmKind.PANIC,
    "holdup": AlarmKind.HOLD_UP, "robbery": AlarmKind.HOLD_UP, "duress": AlarmKind.DURESS, "fire": AlarmKind.FIRE,
    "smoke": AlarmKind.FIRE, "medical": AlarmKind.MEDICAL, "intrusion": AlarmKind.INTRUSION,
    "burglar": AlarmKind.INTRUSION,
}  # fmt: skip
_PRESSED = frozenset({"button", "press", "pressed", "key", "call", "alarm", "bell", "input", "inputs", "di", "contact"})
# Below these a metric tells of the machine or commands it, whatever its name.
_OF_MACHINES = ("Properties/", "Node Control/", "Device Control/", "Node Info/", "Device Info/")
_COUNTS = frozenset({"count", "counter", "presses"})


def told(
    own: Voice, metrics: tuple[Metric, ...], at_ms: int | None, known: Known, *, is_birth: bool
) -> tuple[list[Event], dict[str, str]]:
    """The events of one message beside its being a sign of life, and what to remember."""
    events: list[Event] = []
    remember: dict[str, str] = {}
    for each in metrics:
        found, kept = _metric(own, each, at_ms, known, is_birth=is_birth)
        events += found
        remember |= kept
    return events, remember


def _metric(
    own: Voice, metric: Metric, at_ms: int | None, known: Known, *, is_birth: bool
) -> tuple[list[Event], dict[str, str]]:
    speaker, words = input_voice(known, own.address, metric.name), _words(metric.name)
    at = from_unix_ms(moment) if (moment := metric.at_ms or at_ms) else None
    remember = heard_input(known, own.address, metric.name)
    if metric.is_null:
        return [speaker.says(EventClass.IGNORE, detail="is_null", occurred_at=at)], remember
    role = _role(speaker, metric, words)
    if role is Role.NOTHING or metric.name.startswith(_OF_MACHINES):
        return _condition_of(speaker, metric, words, at), remember
    is_on = _is_on(metric.value)
    if role is Role.TAMPER:
        told_, kept = speaker.condition("tamper", is_on, known, occurred_at=at)
        return ([] if metric.is_historical and not is_on else told_), remember | kept
    if role is Role.TEST:
        return [speaker.says(EventClass.TEST, occurred_at=at)] if is_on and not is_birth else [], remember
    if words & _COUNTS:
        found, kept = _counted(speaker, metric, known)
        return found, remember | kept
    kind = speaker.facts and speaker.facts.alarm_kind
    kind = kind or next((_KINDS[word] for word in _KINDS if word in words), AlarmKind.PANIC)
    call = _call(speaker, metric, kind, is_on, is_birth=is_birth)
    return ([call] if call else []), remember


def _call(speaker: Voice, metric: Metric, kind: AlarmKind, is_on: bool, *, is_birth: bool) -> Event | None:
    if metric.is_historical and not is_on:
        return None  # the end of a call long ago is not the end of one of now
    more: dict[str, Any] = {"kind": kind, "occurred_at": from_unix_ms(metric.at_ms) if metric.at_ms else None}
    if not is_birth and metric.at_ms:
        more["source_event_id"] = f"{metric.name[:32]}:{is_on}@{metric.at_ms}"
    if metric.is_historical:
        more["detail"] = "late"
    shape = Shape.LEVEL if is_birth or not is_on else Shape.EDGE
    return speaker.says(EventClass.ALARM if is_on else EventClass.CLEAR, shape=shape, **more)


def _counted(speaker: Voice, metric: Metric, known: Known) -> tuple[list[Event], dict[str, str]]:
    """A counter of presses: each new number is one, also where a birth tells it."""
    key, count = f"count:{speaker.address}:{metric.name}", str(metric.value)
    before = known.recall(key)
    if before == count or not isinstance(metric.value, int):
        return [], {}
    return ([] if before is None or count == "0" else [speaker.calls(True)]), {key: count}


def _condition_of(speaker: Voice, metric: Metric, words: frozenset[str], at: Any) -> list[Event]:
    value, more = metric.value, {"occurred_at": at}
    if "battery" in words and not words & {"voltage", "volt", "temperature"}:
        if isinstance(value, bool):
            return list(speaker.battery(None, is_low=value, **more)) if words & {"low", "empty"} else []
        if (level_pct := number(value, 0, 100)) is not None:
            return [*speaker.battery(level_pct, **more),
                    speaker.says(EventClass.HEARTBEAT, battery_pct=level_pct, **more)]  # fmt: skip
    is_dark = (words >= {"video", "signal"} and value is False) or (words >= {"video", "fps"} and value == 0)
    return [speaker.says(EventClass.OFFLINE, detail="no picture", **more)] if is_dark else []


def _role(speaker: Voice, metric: Metric, words: frozenset[str]) -> Role:
    agreed = [speaker.options.get(key) for key in ("metric", "input", "tamper", "test")]
    if metric.name in agreed[:2]:
        return Role.CALL if speaker.is_bell else Role.NOTHING
    if "tamper" in words or metric.name == agreed[2]:
        return Role.TAMPER
    if not isinstance(metric.value, bool) and not (words & (_KINDS.keys() | _COUNTS) and type(metric.value) is int):
        return Role.NOTHING
    if "test" in words or metric.name == agreed[3]:
        return Role.TEST
    is_meant = bool(words & _KINDS.keys())
    if speaker.facts is None:
        return Role.CALL if is_meant and not words & _COUNTS else Role.NOTHING
    is_named = agreed[0] is None and agreed[1] is None and (is_meant or bool(words & (_PRESSED | _COUNTS)))
    return Role.CALL if speaker.is_bell and is_named else Role.NOTHING


def _is_on(value: object) -> bool:
    return value is True or (type(value) is int and value != 0)


def _words(name: str) -> frozenset[str]:
    words = [word.lower() for word in _WORDS.findall(name)]
    return frozenset(words) | ({"holdup"} if "hold" in words and "up" in words else set())
