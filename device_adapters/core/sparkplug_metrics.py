"""What a metric of a Sparkplug device means: by what was agreed in the inventory, or by the words of its name.

Inputs/Panic  Button/SOS  Alarm/HoldUp  Smoke   calls for help, of a kind        Inputs/Tamper   a tamper contact
Inputs/Test                                     a trial                          Battery/Percent  Battery/Low
Video/Signal  Video/FPS                         a camera's picture: none is OFFLINE
"""

from __future__ import annotations

from typing import Any

from device_adapters.core.bodies import number, truth
from device_adapters.core.contract import Known, Refused
from device_adapters.core.events import AlarmKind, Event, EventClass, Shape
from device_adapters.core.input_names import Says, said_by, words
from device_adapters.core.levels import Input, after, settled
from device_adapters.core.sparkplug_body import Metric
from device_adapters.core.times import from_unix_ms
from device_adapters.core.voices import Role, Voice, heard_input, input_voice

_KINDS = {
    "panic": AlarmKind.PANIC, "sos": AlarmKind.PANIC, "emergency": AlarmKind.PANIC, "help": AlarmKind.PANIC,
    "holdup": AlarmKind.HOLD_UP, "robbery": AlarmKind.HOLD_UP, "duress": AlarmKind.DURESS, "fire": AlarmKind.FIRE,
    "smoke": AlarmKind.FIRE, "medical": AlarmKind.MEDICAL, "intrusion": AlarmKind.INTRUSION,
    "burglar": AlarmKind.INTRUSION,
}  # fmt: skip
# Beside what calls by its name: what carries a press where nothing else is said of it.
_INPUTS = frozenset({"key", "input", "inputs", "di", "contact"})
# Of a level of a name: what says neither that it calls nor that it does not.
_BLANK = (
    frozenset({"on", "state", "value", "active", "status", "detector", "sensor", "zone", "channel", "line"}) | _INPUTS
)
# Below these a metric tells of the machine or commands it, whatever its name.
_OF_MACHINES = ("Properties/", "Node Control/", "Device Control/", "Node Info/", "Device Info/")
_COUNTS = frozenset({"count", "counter", "presses"})


def told(
    own: Voice, metrics: tuple[Metric, ...], at_ms: int | None, known: Known, *, is_birth: bool
) -> tuple[list[Event], dict[str, str], str | None]:
    """The events of one message beside its being a sign of life, what to remember, and what could not be read."""
    events: list[Event] = []
    remember: dict[str, str] = {}
    refused = None
    for each in metrics:
        try:
            found, kept = _metric(own, each, at_ms, after(known, remember), is_birth=is_birth)
        except Refused as reason:
            refused, (found, kept) = refused or reason.reason, ([], {})
        events += found
        remember |= kept
    return settled(events, after(known, remember)), remember, refused


def _metric(
    own: Voice, metric: Metric, at_ms: int | None, known: Known, *, is_birth: bool
) -> tuple[list[Event], dict[str, str]]:
    speaker, named = input_voice(known, own.address, metric.name), frozenset(_words(metric.name))
    at = from_unix_ms(moment) if (moment := metric.at_ms or at_ms) else None
    remember = heard_input(known, own.address, metric.name)
    if metric.is_null:
        return [speaker.says(EventClass.IGNORE, detail="is_null", occurred_at=at)], remember
    role = _role(speaker, metric, named, is_own=speaker.address != own.address)
    if role is Role.NOTHING or metric.name.startswith(_OF_MACHINES):
        return _condition_of(speaker, metric, named, at), remember
    if role is Role.CALL and named & _COUNTS and type(metric.value) is int:
        found, kept = _counted(speaker, metric, known)
        return found, remember | kept
    if (is_on := _is_on(metric.value)) is None:
        raise Refused(f"{metric.name} says neither on nor off: {str(metric.value)[:40]}", speaker.address)
    if role is Role.TAMPER:
        told_, kept = speaker.condition("tamper", is_on, known, occurred_at=at)
        return ([] if metric.is_historical and not is_on else told_), remember | kept
    if role is Role.TEST:
        return [speaker.says(EventClass.TEST, occurred_at=at)] if is_on and not is_birth else [], remember
    kind = speaker.facts and speaker.facts.alarm_kind
    kind = kind or next((_KINDS[word] for word in _KINDS if word in named), AlarmKind.PANIC)
    found, kept = _call(Input(speaker, metric.name, kind), metric, is_on, known, is_birth=is_birth)
    return found, remember | kept


def _call(
    source: Input, metric: Metric, is_on: bool, known: Known, *, is_birth: bool
) -> tuple[list[Event], dict[str, str]]:
    more: dict[str, Any] = {"kind": source.kind, "occurred_at": from_unix_ms(metric.at_ms) if metric.at_ms else None}
    if not is_birth and metric.at_ms:
        more["source_event_id"] = f"{metric.name[:32]}:{is_on}@{metric.at_ms}"
    if metric.is_historical:
        # The end of a call long ago is not the end of one of now, and how things stand it does not tell.
        return [source.speaker.says(EventClass.ALARM, detail="late", **more)] if is_on else [], {}
    was_on, is_alone, remember = source.was_on(known), source.is_alone(known), source.kept(is_on, known)
    if not is_on:
        over = source.speaker.says(EventClass.CLEAR, shape=Shape.LEVEL, **more)
        return ([over] if is_alone and was_on is not False else []), remember
    # A birth tells how things stand, which a call of another input must not hide.
    is_level = is_birth and (was_on or is_alone)
    return [source.speaker.says(EventClass.ALARM, shape=Shape.LEVEL if is_level else Shape.EDGE, **more)], remember


def _counted(speaker: Voice, metric: Metric, known: Known) -> tuple[list[Event], dict[str, str]]:
    """A counter of presses: each new number is one, also where a birth tells it."""
    key, count = f"count:{speaker.address}:{metric.name}", str(metric.value)
    before = known.recall(key)
    if before == count:
        return [], {}
    return ([] if before is None or count == "0" else [speaker.calls(True)]), {key: count}


def _condition_of(speaker: Voice, metric: Metric, named: frozenset[str], at: Any) -> list[Event]:
    value, more = metric.value, {"occurred_at": at}
    if "battery" in named and not named & {"voltage", "volt", "temperature"}:
        if isinstance(value, bool):
            return list(speaker.battery(None, is_low=value, **more)) if named & {"low", "empty"} else []
        if (level_pct := number(value, 0, 100)) is not None:
            return [*speaker.battery(level_pct, **more),
                    speaker.says(EventClass.HEARTBEAT, battery_pct=level_pct, **more)]  # fmt: skip
    is_dark = (named >= {"video", "signal"} and value is False) or (named >= {"video", "fps"} and value == 0)
    return [speaker.says(EventClass.OFFLINE, detail="no picture", **more)] if is_dark else []


def _role(speaker: Voice, metric: Metric, named: frozenset[str], *, is_own: bool) -> Role:
    """``is_own``: the metric is registered at its own address."""
    agreed = [speaker.options.get(key) for key in ("metric", "input", "tamper", "test")]
    is_readable = truth(_whole(metric.value)) is not None
    if metric.name in agreed[:2] or (is_own and speaker.is_bell and metric.name != agreed[2]):
        return Role.CALL if speaker.is_bell else Role.NOTHING
    if metric.name == agreed[2] or ("tamper" in named and is_readable):
        return Role.TAMPER
    if isinstance(metric.value, bool) and ("test" in named or metric.name == agreed[3]):
        return Role.TEST
    if speaker.facts is None:
        return Role.CALL if isinstance(metric.value, bool) and _is_cry(metric.name, named) else Role.NOTHING
    is_open = speaker.is_bell and agreed[0] is None and agreed[1] is None and _may_call(metric.name, named)
    is_counter = not named.isdisjoint(_COUNTS) and type(metric.value) is int
    return Role.CALL if is_open and (is_readable or is_counter) else Role.NOTHING


def _may_call(name: str, named: frozenset[str]) -> bool:
    """Of a bell of ours: by what calls, or by an input of which nothing is said."""
    said = said_by(name)
    return said is Says.CALL or (said is Says.NOTHING and bool(named & (_INPUTS | _COUNTS)))


def _is_cry(name: str, named: frozenset[str]) -> bool:
    """Of a stranger: a call of a kind, in the last level that says anything; that a machine stops is none."""
    levels = [level for level in name.split("/") if not _BLANK.issuperset(_letters(level))]
    if not levels or not named & _KINDS.keys() or named & {"stop", "count"}:
        return False
    return said_by(levels[-1]) is Says.CALL or "holdup" in _words(levels[-1])


def _is_on(value: object) -> bool | None:
    """None where nobody can tell: that is not off."""
    if type(value) is int:
        return value != 0
    return truth(_whole(value))


def _whole(value: object) -> object:
    """A figure of one and nought, as a datatype has it that is none for inputs."""
    return int(value) if isinstance(value, float) and value in (0.0, 1.0) else value


def _letters(level: str) -> set[str]:
    return {word for word in _words(level) if not word.isdigit()}


def _words(name: str) -> set[str]:
    told_ = set(words(name))
    return told_ | ({"holdup"} if {"hold", "up"} <= told_ else set())
