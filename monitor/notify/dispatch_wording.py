"""What groups are told when forces are sent, or not after all; the words are in ``messages.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.journal.times import iso
from monitor.notify.wording import facts_of, time_of, words


def dispatch_text(alarm: Mapping[str, Any], code: str, sent_at: datetime) -> str:
    """``alarm``: as the HTTP surface tells it."""
    lines = words()["lines"]
    told = [_head(alarm, "dispatched")]
    if alarm["street_address"]:
        told.append(lines["address"].format(address=alarm["street_address"]))
    times = {"time": time_of(alarm["raised_at"]), "sent": time_of(iso(sent_at))}
    told.append(lines["dispatched_at"].format(code=code, **times))
    if alarm["is_silent_at_site"]:
        told.append(lines["silent"])
    return "\n".join(told)


def dispatch_facts(alarm: Mapping[str, Any], sent_at: datetime) -> dict[str, Any]:
    return facts_of(alarm) | {"kind_text": _kind(alarm, "dispatched"), "dispatched_at": iso(sent_at)}


def recall_text(alarm: Mapping[str, Any], code: str, recalled_at: datetime) -> str:
    times = {"time": time_of(alarm["raised_at"]), "recalled": time_of(iso(recalled_at))}
    return _head(alarm, "recalled") + "\n" + words()["lines"]["recalled_at"].format(code=code, **times)


def recall_facts(alarm: Mapping[str, Any], recalled_at: datetime) -> dict[str, Any]:
    return facts_of(alarm) | {"kind_text": _kind(alarm, "recalled"), "recalled_at": iso(recalled_at)}


def _head(alarm: Mapping[str, Any], word: str) -> str:
    """``word``: dispatched or recalled."""
    lines = words()["lines"]
    kind, place = _kind(alarm, word), alarm["place"] or alarm["device_name"] or alarm["group_name"]
    return lines["head"].format(kind=kind, place=place) if place else lines["head_alone"].format(kind=kind)


def _kind(alarm: Mapping[str, Any], word: str) -> str:
    return words()["lines"][word].format(kind=facts_of(alarm)["kind_text"])
