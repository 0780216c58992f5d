"""An availability report in words, with what was left out; the words are in ``availability_lines.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path

from monitor.reports.availability import Availability
from monitor.reports.availability_reading import AvailabilityReport
from monitor.reports.numerals import MINUS, decimal, percent, whole

WORDS = Path(__file__).with_name("availability_lines.toml")
_MINUTE_MS, _HOUR_MS = 60_000, 3_600_000


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


class AvailabilityWording:
    """One language's way of saying it."""

    def __init__(self, lang: str) -> None:
        self._lang, self._words = lang, _words()[lang]

    def lines(self, report: AvailabilityReport) -> list[str]:
        return [*self._figures(report), *self._left_out(report)]

    def share(self, figures: Availability) -> str | None:
        """As a percentage, None where there is nothing to judge by."""
        spent = figures.spent
        return percent(spent.working_ms, spent.counted_ms, self._lang) if spent.counted_ms else None

    def _figures(self, report: AvailabilityReport) -> Iterator[str]:
        period = report.asked.period
        days = {"first": period.first.strftime("%d/%m/%Y"), "last": period.last.strftime("%d/%m/%Y")}
        number, share = whole(report.whole.devices, self._lang), self.share(report.whole)
        if share is None:
            yield self._say("share_unknown", n=number, **days)
            return
        yield self._say("share", p=share, n=number, **days)
        before = self.share(report.before)
        if before is None:
            yield self._say("before_unknown")
        else:
            yield self._say("before", p=before, difference=self._points(report))
        yield self._say("formula")

    def _left_out(self, report: AvailabilityReport) -> Iterator[str]:
        spent = report.whole.spent
        left_out = {"blind": report.blind_ms, "planned": spent.planned_ms, "unknown": spent.unknown_ms}
        for key, how_long_ms in left_out.items():
            if how_long_ms:
                yield self._say(key, t=self.length(how_long_ms))
        if report.whole.never_heard:
            yield self._say("never", n=whole(report.whole.never_heard, self._lang))

    def _points(self, report: AvailabilityReport) -> str:
        now, before = report.whole.spent, report.before.spent
        gap = 100 * (Fraction(now.working_ms, now.counted_ms) - Fraction(before.working_ms, before.counted_ms))
        sign = MINUS if gap < 0 else "+" if gap > 0 else ""
        return sign + decimal(abs(gap), self._lang)

    def length(self, how_long_ms: int) -> str:
        if how_long_ms < _HOUR_MS:
            return self._say("minutes", n=whole(max(1, round(how_long_ms / _MINUTE_MS)), self._lang))
        return self._say("hours", n=decimal(Fraction(how_long_ms, _HOUR_MS), self._lang))

    def _say(self, key: str, **values: str) -> str:
        return self._words[key].format(**values)
