"""A store and the report of it on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

import pytest

from monitor.journal.database import Store
from monitor.machines.liveness import WORKING
from monitor.reports.coverage import Scope
from monitor.reports.coverage_lines import CoverageWording
from monitor.reports.coverage_reading import CoverageReport, report
from monitor.reports.standing_eyes import EyesNow

NOW = datetime(2026, 3, 14, 11, tzinfo=UTC)
END_OF_2023 = date(2023, 12, 31)
TODAY = date(2026, 3, 14)


class Reporter:
    """``states``: what is known to be so now, by device."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.states: Mapping[str, str] = {}
        self.is_blind = False
        self._eyes = EyesNow(self._working)

    def _working(self) -> frozenset[str] | None:
        return None if self.is_blind else frozenset(each for each, state in self.states.items() if state in WORKING)

    def of(self, area_id: str | None, day: date = END_OF_2023, level: str = "residential_group") -> CoverageReport:
        with self.store.read() as connection:
            return report(connection, Scope(area_id, level, day), NOW, self._eyes)

    def lines(self, area_id: str | None, day: date = END_OF_2023, level: str = "residential_group") -> list[str]:
        return CoverageWording("vi").lines(self.of(area_id, day, level))


@pytest.fixture
def reporter(database_url: str) -> Iterator[Reporter]:
    store = Store(database_url)
    store.migrate()
    yield Reporter(store)
    store.close()
