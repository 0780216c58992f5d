"""Incidents of one kind in one line, with how soon somebody answered and somebody came.

Of several the median is told, the middle one or the later of the two: no case was better than it says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from statistics import median_high
from typing import Any

from monitor.reports.numerals import whole

WORDS = Path(__file__).with_name("incident_lines.toml")


@dataclass(frozen=True, slots=True)
class Handled:
    """Moments of one incident, in UTC; None: nobody did."""

    opened_at: datetime
    acknowledged_at: datetime | None = None
    on_scene_at: datetime | None = None


@cache
def _words() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def incident_line(kind: str, cases: Sequence[Handled], lang: str) -> str:
    """``Báo động cướp: 1 vụ, tiếp nhận sau 20 giây, có mặt sau 5 phút 10 giây``."""
    words = _words()[lang]
    times = ""
    for name in ("acknowledged", "on_scene"):
        spans = [at - each.opened_at for each in cases if (at := getattr(each, f"{name}_at")) is not None]
        if spans:
            times += words[name].format(span=_span(round(median_high(spans).total_seconds()), words))
    number = whole(len(cases), lang)
    return str(
        words["line"].format(
            kind=words["kinds"][kind], n=number, cases="case" if len(cases) == 1 else "cases", times=times
        )
    )


def _span(seconds: int, words: Mapping[str, Any]) -> str:
    """``5 phút 10 giây``; what is none is not said."""
    minutes, left = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "hours"), (minutes, "minutes"), (left, "seconds")]
    told = [words[unit].format(n=number) for number, unit in parts if number]
    return " ".join(told) or str(words["seconds"].format(n=0))
