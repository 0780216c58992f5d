"""What the keys of ``probe.toml`` may hold, and what to say of one that is wrong. By hand: pydantic takes 20 MiB."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

Key = tuple[str | int, ...]
MUST: Final = object()
BOXES = ("hikvision", "dahua")
INPUTS = ("panic", "hold_up", "duress", "fire", "medical", "intrusion")


@dataclass(frozen=True, slots=True)
class Rule:
    expected: str
    holds: Callable[[Any], bool]
    default: Any = None


def _number(least: float, most: float, default: float) -> Rule:
    return Rule(
        f"a number from {least:g} to {most:g}",
        lambda value: type(value) in (int, float) and least <= value <= most,
        default,
    )


def _whole(least: int, most: int, default: int) -> Rule:
    return Rule(
        f"a whole number from {least} to {most}", lambda value: type(value) is int and least <= value <= most, default
    )


def _one_of(*words: str, default: Any = None) -> Rule:
    return Rule(f"one of {', '.join(words)}", lambda value: isinstance(value, str) and value in words, default)


def _text(expected: str, pattern: str, default: Any = None) -> Rule:
    return Rule(expected, lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None, default)


def _is_address(value: Any) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, value)
        except (OSError, TypeError, ValueError):
            continue
        return True
    return False


def _is_broker_url(value: Any) -> bool:
    try:
        parts = urlsplit(value)
        has_place = bool(parts.hostname) and parts.port != 0 and parts.path in {"", "/"}
    except (ValueError, AttributeError, TypeError):
        return False
    return parts.scheme in {"mqtt", "mqtts"} and has_place and "@" not in parts.netloc


def _flag(default: bool) -> Rule:
    return Rule("true or false", lambda value: isinstance(value, bool), default)


_ID = "a name of 1 to 64 letters, digits, dots, dashes and underscores"
_ID_PATTERN = r"[A-Za-z0-9._-]{1,64}"
_FILE = _text("the path of a file", r"[^\0]+")

RULES: Final[Mapping[str, Mapping[str, Rule]]] = {
    "": {
        "probe": _text(_ID, _ID_PATTERN, MUST),
        "queue": _text("the path of a file", r"[^\0]+", MUST),
        "cycle_s": _number(1, 3600, 30),
        "timeout_s": _number(0.1, 30, 3),
        "check_every_s": _number(1, 86_400, 3600),
        "at_once": _whole(1, 500, 64),  # paho waits by select, which knows no file above 1024
        "trust_clock": _flag(default=False),
    },
    "broker": {
        "url": Rule("mqtt://host:port or mqtts://host:port, without a password", _is_broker_url, MUST),
        "account": _text("the name of an account", r"[^\0/+#]{1,64}"),
        "password_file": _FILE,
        "ca_file": _FILE,
        "cert_file": _FILE,
        "key_file": _FILE,
        "base_topic": _text("a topic without wildcards or spaces", r"[^+#/\s]+(/[^+#/\s]+)*", "anninh/v1"),
    },
    "cameras": {
        "id": _text(_ID, _ID_PATTERN, MUST),
        "address": Rule("an IP address", _is_address, MUST),
        "kind": _one_of("onvif", "rtsp", "tcp", default="onvif"),
        "rtsp_port": _whole(1, 65_535, 554),
        "onvif_port": _whole(1, 65_535, 80),
        "tcp_port": _whole(1, 65_535, 554),
        "credentials_file": _FILE,
    },
    "bells": {
        "id": _text(_ID, _ID_PATTERN, MUST),
        "input": _one_of(*INPUTS, default="panic"),
        "source": _one_of("level", "lines", *BOXES, default="level"),
        "path": _FILE,
        "active_low": _flag(default=False),
        "address": Rule("an IP address", _is_address),
        "http_port": _whole(1, 65_535, 80),
        "number": _whole(1, 64, 1),
        "credentials_file": _FILE,
    },
}
LISTS = ("cameras", "bells")


def problems(values: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    """Where something is wrong, and what."""
    head = {key: value for key, value in values.items() if key not in RULES or not key}
    yield from _of_table((), RULES[""], head)
    broker = values.get("broker")
    if isinstance(broker, dict):
        yield from _of_table(("broker",), RULES["broker"], broker)
    else:
        yield ("broker",), "broker: a table [broker] is missing"
    for name in LISTS:
        entries = values.get(name, [])
        if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
            yield (name,), f"{name}: expected tables [[{name}]]"
            return
        for number, entry in enumerate(entries):
            yield from _of_table((name, number), RULES[name], entry)
            if name == "bells":
                yield from _without_source((name, number), entry)
    yield from _told_twice(values)


def _told_twice(values: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    seen: set[str] = set()
    for name in LISTS:
        for number, entry in enumerate(values.get(name, [])):
            identity = entry.get("id")
            if isinstance(identity, str) and identity in seen:
                yield (name, number, "id"), f'id = "{identity}": it is given to another already'
            elif isinstance(identity, str):
                seen.add(identity)
    wired: set[tuple[object, ...]] = set()
    for number, bell in enumerate(values.get("bells", [])):
        at = (bell.get("address"), bell.get("http_port", 80), bell.get("number", 1))
        if bell.get("source") in BOXES and at in wired:
            yield ("bells", number, "address"), f"address: input {at[2]} of {at[0]} is another bell's already"
        wired.add(at)


def _of_table(place: Key, rules: Mapping[str, Rule], table: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    for key, value in table.items():
        if key not in rules:
            yield (*place, key), f"{key}: there is no such setting; {_hint(key, rules)}"
        elif not rules[key].holds(value):
            yield (*place, key), f"{key} = {_shown(value)}: expected {rules[key].expected}"
    for key, rule in rules.items():
        if rule.default is MUST and key not in table:
            yield (*place, key), f"{key}: it is missing; expected {rule.expected}"


def _without_source(place: Key, bell: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    is_at_box = bell.get("source") in BOXES
    key = "address" if is_at_box else "path"
    if key not in bell:
        yield (*place, key), f"{key}: it is missing; expected {RULES['bells'][key].expected}"
    for other in ("path",) if is_at_box else ("address", "http_port", "number", "credentials_file"):
        if other in bell:
            yield (*place, other), f'{other}: source = "{bell.get("source", "level")}" has none'


def _hint(key: str, rules: Mapping[str, Rule]) -> str:
    from difflib import get_close_matches

    likely = get_close_matches(key, rules, n=1)
    return f"did you mean {likely[0]}?" if likely else f"there are {', '.join(rules)}"


def _shown(value: object) -> str:
    """The value as found, without what may be a password in an address."""
    if isinstance(value, str):
        return '"' + re.sub(r"(//[^:@]*):?[^@]*@", r"\1:***@", value) + '"'
    return str(value).lower() if isinstance(value, bool) else str(value)
