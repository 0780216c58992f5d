from __future__ import annotations

import pytest

from monitor.inventory.spreadsheets.listing import open_list
from monitor.inventory.spreadsheets.table import SkippedAs, Table
from tests.monitor.inventory.spreadsheets.demo_commune import HEADER, household
from tests.monitor.inventory.spreadsheets.workbooks import workbook


def table_of(*rows: list[object]) -> Table:
    return open_list(workbook([HEADER, household(), *rows])).table


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["2", None, None], SkippedAs.EMPTY),
        (["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"], SkippedAs.HEADER),
        ([1, 2, 3, 4, 5, 6, 7], SkippedAs.HEADER),
        (HEADER, SkippedAs.HEADER),
        (["Tổng cộng", None, None, None, 33], SkippedAs.TOTAL),
        ([None, "Tổng số: 30 hộ", None, None, 33], SkippedAs.TOTAL),
        ([None, None, None, None, "Đinh Văn, ngày 14 tháng 3 năm 2026"], SkippedAs.SIGNATURE),
        ([None, "Người lập biểu", None, None, None, "TỔ TRƯỞNG"], SkippedAs.SIGNATURE),
        ([None, "II. Khu vực chợ"], SkippedAs.HEADING),
    ],
)
def test_it_says_why_a_row_is_no_data(row, reason):
    table = table_of(row)
    assert ([skipped.reason for skipped in table.skipped], len(table.rows)) == ([reason], 1)


def test_it_takes_no_data_for_a_total_or_a_signature():
    names = ["Tổng đại lý A", "Cộng tác viên B", "Tổ trưởng TDP"]
    table = table_of(*(household(stt=str(n), owner=name) for n, name in enumerate(names, start=2)))
    assert (len(table.rows), table.skipped) == (4, ())


def test_it_goes_on_below_a_signature_where_the_list_does():
    table = table_of([None, "Người lập biểu"], [None, "(vai minh họa)"], household(stt="2", owner="Hộ 2"))
    assert ([row.row for row in table.rows], len(table.skipped)) == ([1, 2], 2)


def test_it_uses_the_numbers_of_the_list_itself():
    assert [(row.row, row.line) for row in table_of(household(stt="7")).rows] == [(1, 2), (7, 3)]


@pytest.mark.parametrize("number", ["1", "", "x", "0", "²"])
def test_it_counts_lines_where_the_list_does_not_count_well(number):
    assert [row.row for row in table_of(household(stt=number)).rows] == [2, 3]
