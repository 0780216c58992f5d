"""The 2025 restructuring and later moves: every dependent view changes, and no past report."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row, move_area
from monitor.inventory.device_moves import move_devices
from monitor.inventory.edits import put_all
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.device_queries import device_by_id
from monitor.reports.coverage_lines import CoverageWording
from tests.monitor.inventory.commune import BY, CUT, NEW_COMMUNE, OLD_COMMUNE, OLD_DISTRICT, load_commune
from tests.monitor.reports.conftest import END_OF_2023, TODAY, Reporter

STORES = ("sqlite",)  # PostgreSQL is asked the same by the shorter tests beside

NEIGHBOUR = "24868@2025"


@pytest.fixture
def commune(reporter: Reporter) -> Reporter:
    load_commune(reporter.store)
    return reporter


def test_it_still_says_21_of_21_for_2023(commune):
    lines = commune.lines(OLD_COMMUNE)
    assert lines[:2] == ["Địa giới tại ngày 31/12/2023", "Độ phủ: 21/21 tổ dân phố (100%)"]


def test_it_starts_the_new_commune_with_its_groups(commune):
    assert "Độ phủ: 21/21 tổ dân phố (100%)" in commune.lines(NEW_COMMUNE, CUT)
    assert commune.of(NEW_COMMUNE, CUT).coverage.eyes.registered == 118


def test_it_counts_groups_that_join_the_new_commune(commune):
    groups = [
        area_row(f"TV-{n}", "residential_group", f"Thôn {n}", parent_id=NEW_COMMUNE, valid_from=CUT) for n in (1, 2)
    ]
    with commune.store.transaction() as tx:
        put_all(tx, Area, groups, BY)
    assert "Độ phủ: 21/23 tổ dân phố, thôn (91,3%)" in commune.lines(NEW_COMMUNE, CUT)
    assert "Độ phủ: 21/21 tổ dân phố (100%)" in commune.lines(OLD_COMMUNE)


def test_it_counts_nothing_twice_on_the_day_of_the_change(commune):
    assert commune.of("VN", CUT).coverage.eyes.registered == 118
    assert commune.of("68@2025", CUT).coverage.eyes.registered == 118


def test_it_reports_the_district_as_long_as_it_lasted(commune):
    assert commune.of(OLD_DISTRICT, END_OF_2023, level="commune").coverage.base == 16
    assert commune.of(OLD_DISTRICT, END_OF_2023, level="commune").coverage.registered == 1


def seen(reporter: Reporter, day: date) -> dict[str, tuple[int, int]]:
    """Units and eyes as each view tells them."""
    views = {area: reporter.of(area, day).coverage for area in (NEW_COMMUNE, NEIGHBOUR, "68@2025")}
    return {area: (coverage.base, coverage.eyes.registered) for area, coverage in views.items()}


def test_it_changes_every_view_from_the_day_an_area_moves_and_none_before(commune):
    move_on = date(2026, 1, 1)
    before = seen(commune, date(2025, 12, 31))
    with commune.store.transaction() as tx:
        move_area(tx, "DV-01", NEIGHBOUR, move_on, BY)
    assert seen(commune, move_on) == {NEW_COMMUNE: (20, 109), NEIGHBOUR: (1, 9), "68@2025": (21, 118)}
    assert seen(commune, date(2025, 12, 31)) == before


def test_it_prints_past_reports_word_for_word_after_a_move(commune):
    before = [commune.lines(OLD_COMMUNE), commune.lines(NEW_COMMUNE, CUT)]
    with commune.store.transaction() as tx:
        move_area(tx, "DV-05", NEIGHBOUR, date(2026, 2, 1), BY)
        move_devices(tx, ["CAM-DV-0001"], "DV-02", date(2026, 2, 1), BY)
    assert [commune.lines(OLD_COMMUNE), commune.lines(NEW_COMMUNE, CUT)] == before


def test_it_moves_an_eye_with_all_that_is_shown_of_it(commune):
    with commune.store.transaction() as tx:
        move_devices(tx, ["CAM-DV-0001"], "DV-02", date(2026, 2, 1), BY)
    with commune.store.read() as connection:
        assert device_by_id(connection, "CAM-DV-0001", EVERYWHERE)["group_name"] == "Tổ dân phố Minh Họa 1"
    counted = {unit.area.id: unit.eyes.registered for unit in commune.of(NEW_COMMUNE, TODAY).coverage.units}
    assert (counted["DV-01"], counted["DV-02"]) == (8, 9)
    earlier = {unit.area.id: unit.eyes.registered for unit in commune.of(NEW_COMMUNE, CUT).coverage.units}
    assert (earlier["DV-01"], earlier["DV-02"]) == (9, 8)


def test_it_does_not_carry_a_declared_figure_over_to_the_new_commune(commune):
    assert not [line for line in commune.lines(NEW_COMMUNE, TODAY) if "Số báo cáo:" in line]
    assert CoverageWording("vi").lines(commune.of(OLD_COMMUNE))[-2].startswith("Số báo cáo: khoảng 118")
