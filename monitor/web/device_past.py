"""How a device has been, as its page shows it: two strips, each with its figure, its words and its scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from monitor.journal.times import LOCAL, moment_of
from monitor.reports.availability_lines import AvailabilityWording
from monitor.reports.device_past import Past, past_of
from monitor.reports.strips import NOTHING, StripOf

Words = Callable[[str, Mapping[str, object]], str]
# Where the scale is written under the cells, and how.
_MARKS = {StripOf.DAY: ((0, 24, 48, 72), "%H:%M"), StripOf.QUARTER: ((0, 30, 60), "%d/%m")}


def pasts(connection: Connection, device_id: str, now: datetime, lang: str, words: Words) -> list[dict[str, Any]]:
    return [_shown(strip, past_of(connection, device_id, strip, now), lang, words) for strip in StripOf]


def _shown(strip: StripOf, past: Past, lang: str, words: Words) -> dict[str, Any]:
    wording = AvailabilityWording(lang)
    places, form = _MARKS[strip]
    marks = [moment_of(past.edges[place]).astimezone(LOCAL).strftime(form) for place in places]
    return {
        "of": strip,
        "cells": past.cells,
        "letters": [letter for letter in "whdmb" if letter in past.cells],
        "is_known": past.cells.strip(NOTHING) != "",
        "share": wording.share(past.figures),
        "falls": _falls(past, wording, words),
        "marks": [*marks, words(f"past.now.{strip}", {})],
    }


def _falls(past: Past, wording: AvailabilityWording, words: Words) -> str:
    if not past.falls:
        return words("past.down.never", {}) if past.figures.spent.counted_ms else ""
    total = wording.length(past.figures.spent.down_ms)
    if not past.longest_ms:
        return words("past.down.merged", {"n": past.falls, "total": total})
    longest = wording.length(past.longest_ms)
    return words("past.down.times", {"n": past.falls, "total": total, "longest": longest})
