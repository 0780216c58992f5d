"""Coverage as an account of one area is told it."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.errors import UnknownRecord
from monitor.inventory.territory import territory_of
from monitor.reports.coverage import Scope
from monitor.reports.coverage_reading import CoverageReport, report
from monitor.reports.standing_eyes import EyesNow
from tests.monitor.inventory.commune import NEW_COMMUNE, OLD_COMMUNE, OLD_DISTRICT, load_commune
from tests.monitor.reports.conftest import END_OF_2023, NOW, TODAY, Reporter

STORES = ("sqlite",)  # PostgreSQL is asked the same by the shorter tests beside


@pytest.fixture
def commune(reporter: Reporter) -> Reporter:
    load_commune(reporter.store)
    return reporter


def told(commune: Reporter, area_id: str | None, day: date, scope: str | None = NEW_COMMUNE) -> CoverageReport:
    with commune.store.read() as connection:
        within = territory_of(connection, scope)
        return report(connection, Scope(area_id, "residential_group", day), NOW, EyesNow(frozenset), within)


def test_it_tells_a_commune_its_own(commune):
    assert told(commune, NEW_COMMUNE, TODAY).coverage.registered == 21
    assert told(commune, "DV-01", TODAY).coverage.base == 1


def test_it_tells_a_commune_what_it_was_before(commune):
    """The old commune is all in the new one: its report of 2023 goes on saying 21/21 to those who are there now."""
    coverage = told(commune, OLD_COMMUNE, END_OF_2023).coverage
    assert (coverage.registered, coverage.base) == (21, 21)


@pytest.mark.parametrize("area_id", ["24868@2025", OLD_DISTRICT, "68@2025", "VN", "nowhere", None])
def test_it_knows_of_nothing_else(commune, area_id):
    with pytest.raises(UnknownRecord, match=f"there is no area {area_id}"):
        told(commune, area_id, TODAY)


def test_it_keeps_the_share_in_the_area_above_to_those_above(commune):
    assert told(commune, OLD_COMMUNE, END_OF_2023).share is None
    assert told(commune, OLD_COMMUNE, END_OF_2023, scope=None).share is not None
