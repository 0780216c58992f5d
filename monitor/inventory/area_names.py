"""What areas call themselves: the kinds of ``area_kinds.csv``, and names spelled out for comparing.

A kind is data: the law of 2023 treats all villages as one and all quarters as one (``like``), people do not.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from monitor.inventory.folding import fold
from monitor.inventory.kinds import Level

FILE = Path(__file__).with_name("area_kinds.csv")


class AreaKind(NamedTuple):
    """``like``: what the law counts it as; ``short``: how it is written in a hurry."""

    level: Level
    kind: str
    like: str
    short: str


@cache
def area_kinds() -> tuple[AreaKind, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            AreaKind(Level(row["level"]), row["kind"], row["like"], row["short"]) for row in csv.DictReader(file)
        )


def kind_of(name: str, level: str) -> str:
    """The kind a name begins with, the longest that fits; "" where it begins with none of that level."""
    lowered = name.casefold()
    fitting = [each.kind for each in area_kinds() if each.level == level and lowered.startswith(f"{each.kind} ")]
    return max(fitting, key=len, default="")


def short_name(name: str) -> str:
    """As it is written in a hurry: ``Phường An Bình`` → ``P. An Bình``."""
    fitting = [each for each in area_kinds() if each.short and name.casefold().startswith(f"{each.kind} ")]
    if not fitting:
        return name
    longest = max(fitting, key=lambda each: len(each.kind))
    return f"{longest.short} {name[len(longest.kind) + 1 :]}"


def spelled_out(name: str) -> str:
    """Folded, with a short kind at the beginning written out: ``TT Đinh Văn`` → ``thi tran dinh van``."""
    folded = fold(name)
    for short, kind in _shorts():
        if folded.startswith(short) and not folded.startswith(kind):
            rest = folded[len(short) :]
            if rest.startswith((" ", ".")) or short.endswith("."):
                return f"{kind} {rest.lstrip(' .')}"
    return folded


@cache
def _shorts() -> tuple[tuple[str, str], ...]:
    """With and without the dot, the longest first: "TP." is no ward's "P."."""
    pairs = {(fold(each.short).rstrip("."), fold(each.kind)) for each in area_kinds() if each.short}
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))
