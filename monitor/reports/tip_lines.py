"""Tips of a period in words: of those that were rated how many were valuable, and apart from them the unrated."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from monitor.journal.report_rows import TipFigures
from monitor.reports.numerals import percent, whole

WORDS = Path(__file__).with_name("tip_lines.toml")


@cache
def _words() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


def lines(figures: TipFigures, lang: str) -> list[str]:
    words = _words()[lang]
    told = [words["none_rated"]]
    if figures.rated:
        share = percent(figures.valuable, figures.rated, lang)
        told = [words["valuable"].format(n=whole(figures.valuable, lang), m=whole(figures.rated, lang), p=share)]
    if figures.unrated:
        told.append(words["unrated"].format(n=whole(figures.unrated, lang)))
    return told
