"""What a message says; the words are in ``messages.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from monitor.journal.times import LOCAL
from monitor.machines.escalation import Due

WORDS = Path(__file__).with_name("messages.toml")


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def text_of(alarm: Mapping[str, Any], code: str, due: Due) -> str:
    """``alarm``: as the HTTP surface tells it."""
    return "\n".join(_lines(alarm, code, due))


def facts_of(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """What a program wants to know of it."""
    names = ("id", "kind", "priority", "device_id", "device_name", "place", "position", "group_id", "raised_at")
    return {name: alarm[name] for name in names} | {"kind_text": _kind(alarm)}


def _kind(alarm: Mapping[str, Any]) -> str:
    return words()["kinds"].get(alarm["kind"], str(alarm["kind"]))


def marked(text: str, *, is_repeat: bool) -> str:
    """Whoever reads it twice must know that it may be one and the same."""
    return words()["lines"]["repeat"] + text if is_repeat else text


def switched(text: str, cause: str, before: str, channel: str) -> str:
    """The text as the next way carries it: it says why."""
    why = words()["switched"]
    return text + "\n" + why.get(cause, why["refused"]).format(before=before, channel=channel)


def time_of(at: str) -> str:
    return datetime.fromisoformat(at).astimezone(LOCAL).strftime("%H:%M:%S")


def _lines(alarm: Mapping[str, Any], code: str, due: Due) -> Iterator[str]:
    lines = words()["lines"]
    kind, place = _kind(alarm), alarm["place"] or alarm["device_name"] or alarm["group_name"]
    yield lines["head"].format(kind=kind, place=place) if place else lines["head_alone"].format(kind=kind)
    if alarm["position"]:
        yield lines["position"].format(position=alarm["position"])
    if alarm["street_address"]:
        yield lines["address"].format(address=alarm["street_address"])
    yield lines["code"].format(code=code, time=time_of(alarm["raised_at"]))
    if alarm["late_s"]:
        yield lines["late"].format(late=f"{alarm['late_s']:.0f}")
    reason = "unanswered" if due.step.is_stopped and due.step.after_s else "at_once"
    yield lines[reason].format(after=f"{due.step.after_s:.0f}", recipient=due.recipient)
    if alarm.get("out_of_service"):
        yield lines["out_of_service"]
    if alarm["is_silent_at_site"]:
        yield lines["silent"]
