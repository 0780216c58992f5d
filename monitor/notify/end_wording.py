"""What whoever was told of an alarm is told when it is over; the words are in ``messages.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.journal.times import iso
from monitor.machines.incident import Disposition
from monitor.notify.wording import facts_of, time_of, words

# Nothing had happened: whoever is on the way may turn round.
_FALSE = {Disposition.ACCIDENTAL, Disposition.MALICIOUS, Disposition.UNANNOUNCED_TEST, Disposition.EQUIPMENT}


def end_text(alarm: Mapping[str, Any], code: str, disposition: str | None, ended_at: datetime) -> str:
    """``alarm``: as the HTTP surface tells it; ``disposition``: what its incident turned out to be."""
    lines = words()["lines"]
    kind, place = _kind(alarm, disposition), alarm["place"] or alarm["device_name"] or alarm["group_name"]
    told = [lines["head"].format(kind=kind, place=place) if place else lines["head_alone"].format(kind=kind)]
    times = {"time": time_of(alarm["raised_at"]), "ended": time_of(iso(ended_at))}
    told.append(lines["ended_at"].format(code=code, **times))
    if disposition:
        told.append(lines["disposition"].format(disposition=words()["dispositions"][disposition]))
    return "\n".join(told)


def end_facts(alarm: Mapping[str, Any], disposition: str | None, ended_at: datetime) -> dict[str, Any]:
    more = {"kind_text": _kind(alarm, disposition), "ended_at": iso(ended_at), "disposition": disposition}
    return facts_of(alarm) | more


def _kind(alarm: Mapping[str, Any], disposition: str | None) -> str:
    word = words()["lines"]["cancelled" if disposition in _FALSE else "ended"]
    return word.format(kind=facts_of(alarm)["kind_text"])
