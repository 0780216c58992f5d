"""A coverage report in words, line by line; the words are in ``coverage_lines.toml``."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from monitor.inventory.declared import Declared
from monitor.inventory.kinds import Level
from monitor.reports.coverage import Coverage
from monitor.reports.coverage_reading import CoverageReport
from monitor.reports.numerals import VIETNAMESE, decimal, percent, signed, whole

WORDS = Path(__file__).with_name("coverage_lines.toml")
LANGUAGES = (VIETNAMESE, "en")
# The last day of districts and of townships.
_LAST_OF_THREE_TIERS = date(2025, 6, 30)


@cache
def _words() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


class CoverageWording:
    """One language's way of saying it."""

    def __init__(self, lang: str) -> None:
        self._lang, self._words = lang, _words()[lang]

    def lines(self, report: CoverageReport) -> list[str]:
        return [*self._counted(report), *self._compared(report)]

    def _counted(self, report: CoverageReport) -> Iterator[str]:
        coverage = report.coverage
        if report.is_past:
            yield self._say("as_of", day=coverage.scope.day.strftime("%d/%m/%Y"))
        yield self.ratio("registered", coverage.registered, coverage.base, self.units(coverage))
        if coverage.effective is None:
            yield self._say("effective_unknown" if report.is_past else "effective_blind")
        else:
            yield self.ratio("effective", coverage.effective, coverage.base, self.units(coverage))
            yield self._say("working", n=self._n(coverage.eyes.working), m=self._n(coverage.eyes.registered))
        eyes, masts = coverage.eyes.registered, coverage.high_mast.registered
        yield self._say("eyes_and_masts" if masts else "eyes", n=self._n(eyes), masts=self._n(masts))
        if coverage.base:
            mean = decimal(Fraction(eyes, coverage.base), self._lang)
            yield self._say("mean", n=mean, unit=self._unit(coverage))
        if coverage.by_location:
            yield self._say("locations", list="; ".join(self._locations(coverage)))
        if coverage.unplaced:
            yield self._say("unplaced", n=self._n(coverage.unplaced))

    def _compared(self, report: CoverageReport) -> Iterator[str]:
        coverage, figures = report.coverage, report.declared
        if figures.eyes is not None:
            yield self.difference("declared", figures.eyes, coverage.eyes.registered)
        if figures.high_mast is not None:
            yield self.difference("declared_masts", figures.high_mast, coverage.high_mast.registered)
        if report.roll_up is not None:
            key = "roll_up_and_masts" if coverage.high_mast.registered else "roll_up"
            communes = self.nouns(Level.COMMUNE, coverage.scope.day)
            total, masts = self._n(report.roll_up.eyes), self._n(coverage.high_mast.registered)
            yield self._say(key, n=total, m=self._n(report.roll_up.communes), units=communes, masts=masts)
        if (share := report.share) is not None:
            part, of = self._n(share.part), self._n(share.whole)
            yield self._say("share", area=share.above, n=part, m=of, p=percent(share.part, share.whole, self._lang))

    def ratio(self, key: str, part: float, of: float, units: str) -> str:
        if not of:
            return self._say(f"{key}_of_none", n=self._n(part), m=self._n(of), units=units)
        return self._say(key, n=self._n(part), m=self._n(of), units=units, p=percent(part, of, self._lang))

    def declared_ratio(self, fact: Declared, level: str) -> str:
        """ "n of m" as it was declared: the base is the fact's own, whatever there is today."""
        return self.ratio("registered", fact.value, fact.base_value or 0, self.nouns(level, fact.as_of))

    def difference(self, key: str, fact: Declared, counted: int) -> str:
        gap = signed(counted - fact.value, self._lang)
        return self._say(key, declared=self.figure(fact), n=self._n(counted), difference=gap)

    def figure(self, fact: Declared) -> str:
        """With how it was meant: about, over."""
        text: str = self._words["qualifiers"][fact.qualifier]
        return text.format(n=self._n(fact.value))

    def units(self, coverage: Coverage) -> str:
        """What the units call themselves, the commonest kind first; else what their level is called."""
        kinds = [unit.area.kind for unit in coverage.units]
        if self._lang != VIETNAMESE or not kinds or not all(kinds):
            return self.nouns(coverage.scope.level, coverage.scope.day)
        return ", ".join(kind for kind, _n in sorted(Counter(kinds).items(), key=lambda each: (-each[1], each[0])))

    def nouns(self, level: str, day: date | None) -> str:
        before = self._words["levels_until_2025"] if day is not None and day <= _LAST_OF_THREE_TIERS else {}
        return str(before.get(level, self._words["levels"][level]))

    def _unit(self, coverage: Coverage) -> str:
        words = self._words["unit"]
        kinds = {unit.area.kind.partition(" ")[0] for unit in coverage.units}
        if self._lang == VIETNAMESE and len(kinds) == 1 and (kind := kinds.pop()):
            return kind
        return str(words.get(coverage.scope.level, words["unknown"]))

    def _locations(self, coverage: Coverage) -> Iterator[str]:
        names = self._words["location_names"]
        for kind, number in sorted(coverage.by_location.items(), key=lambda each: (-each[1], each[0])):
            yield self._say("location", name=names.get(kind, kind), n=self._n(number))

    def _n(self, number: float) -> str:
        return whole(number, self._lang)

    def _say(self, key: str, **values: str) -> str:
        text: str = self._words[key]
        return text.format(**values)
