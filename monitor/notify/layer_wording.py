"""What the units of a plan are told; the words are in ``layer_words.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from monitor.journal.times import LOCAL
from monitor.notify.wording import words

WORDS = Path(__file__).with_name("layer_words.toml")


@dataclass(frozen=True, slots=True)
class LayerTold:
    """What is told, to whom and of what. ``alarm``: as the HTTP surface tells it."""

    alarm: Mapping[str, Any]
    code: str
    plan: str
    layer: int
    unit: str = ""


@cache
def _lines() -> Mapping[str, str]:
    lines: Mapping[str, str] = tomllib.loads(WORDS.read_text(encoding="utf-8"))["lines"]
    return lines


def warning_text(told: LayerTold, verified_at: datetime) -> str:
    alarm, lines = told.alarm, words()["lines"]
    texts = [_lines()["head"].format(**_what(told))]
    if alarm["position"]:
        texts.append(lines["position"].format(position=alarm["position"]))
    if alarm["street_address"]:
        texts.append(lines["address"].format(address=alarm["street_address"]))
    texts.append(_lines()["code"].format(code=told.code, time=_time(verified_at)))
    texts.append(_lines()["plan"].format(plan=told.plan, layer=told.layer, unit=told.unit))
    if alarm["is_silent_at_site"]:
        texts.append(lines["silent"])
    return "\n".join([*texts, _lines()["answer"]])


def cancelled_text(told: LayerTold, cancelled_at: datetime) -> str:
    return "\n".join(
        [
            _lines()["cancelled"].format(**_what(told)),
            _lines()["cancelled_code"].format(code=told.code, time=_time(cancelled_at)),
            _lines()["stand_down"].format(plan=told.plan, layer=told.layer, unit=told.unit),
        ]
    )


def late_text(told: LayerTold, after_s: float, waiting: Sequence[str], units: int) -> str:
    late = _lines()["late"].format(layer=told.layer, after=f"{after_s:.0f}", **_what(told))
    who = _lines()["late_units"].format(waiting=len(waiting), all=units, units=", ".join(waiting))
    return f"{late}\n{who}\n{words()['lines']['code'].format(code=told.code, time=_at(told.alarm['raised_at']))}"


def _what(told: LayerTold) -> dict[str, str]:
    alarm = told.alarm
    kind = words()["kinds"].get(alarm["kind"], str(alarm["kind"]))
    return {"kind": kind, "place": alarm["place"] or alarm["device_name"] or alarm["group_name"] or told.code}


def _at(text: str) -> str:
    return _time(datetime.fromisoformat(text))


def _time(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%H:%M:%S")
