"""A roster as people write it: every problem of every line at once, and nothing is guessed."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.inventory.roster_table import Known, read_roster

KNOWN = Known(
    ["duty_officer", "second_officer", "commander"], {"Xã Đinh Văn": "X-1", "X-1": "X-1"},
    {"Trưởng Công an xã": "P-1"}, ["copy", "telegram"], date(2026, 3, 14),
)  # fmt: skip


@pytest.mark.parametrize("mark", ["\t", ";", ","])
def test_it_reads_a_table_with_headings_in_any_order(mark: str) -> None:
    rows = [
        ["Người trực", "Vai trò", "Ngày", "Từ", "Đến", "Địa bàn"],
        ["Ca đêm", "Trực ban", "14/03/2026", "18:00", "06:00", ""],
        ["Trưởng Công an xã", "Trực chỉ huy", "14/3", "18h", "6 giờ", "Xã Đinh Văn"],
    ]
    first, second = read_roster("\n".join(mark.join(row) for row in rows), KNOWN)
    assert (first.role, first.name, first.scope_id, first.person_id) == ("duty_officer", "Ca đêm", "", None)
    assert first.starts_at
    assert first.ends_at
    assert (first.starts_at.isoformat(), first.ends_at.isoformat()) == (
        "2026-03-14T11:00:00+00:00", "2026-03-14T23:00:00+00:00",
    )  # fmt: skip
    assert (second.role, second.scope_id, second.person_id) == ("commander", "X-1", "P-1")
    assert (second.starts_at, second.ends_at) == (first.starts_at, first.ends_at)


def test_it_reads_lines_without_headings() -> None:
    (line,) = read_roster("2026-03-15\t0:00\t24:00\tcommander\tChỉ huy\t\ttelegram:77", KNOWN)
    assert line.problems == ()
    assert (line.way, str(line.starts_at), str(line.ends_at)) == (
        "telegram:77", "2026-03-14 17:00:00+00:00", "2026-03-15 17:00:00+00:00",
    )  # fmt: skip


def test_it_tells_every_problem_with_what_may_be_meant() -> None:
    table = "31/02\t25:00\t6:99\tChỉ hui\tCa đêm\tXã Đinh Vân\tsms:1\n\n14/03\t18:00\t06:00\tTrực ban\t"
    first, last = read_roster(table, KNOWN)
    assert [(each.what, each.suggestion) for each in first.problems] == [
        ("day", "14/03/2026"), ("hour", "18:00"), ("hour", "18:00"), ("role", "chi huy"), ("area", "Xã Đinh Văn"),
        ("way", "copy"),
    ]  # fmt: skip
    assert (last.number, last.problems[0].what, last.problems[0].value) == (3, "columns", "who")


def test_it_takes_no_day_of_another_age_and_no_name_that_fits_nowhere() -> None:
    far, old, long = read_roster(
        f"31/12/9999\t18:00\t06:00\tcommander\tA\n0001-01-01\t0:00\t6:00\tcommander\tA\n"
        f"1/1/2027\t0:00\t6:00\tcommander\t{'A' * 201}\t\tcopy:{'7' * 200}",
        KNOWN,
    )
    assert [[each.what for each in line.problems] for line in (far, old, long)] == [
        ["day"],
        ["day"],
        ["columns", "way"],
    ]
    (line,) = read_roster("2026-03-15\t0:00\t24:00\tcommander\tCa\0đêm", KNOWN)
    assert (line.name, line.problems) == ("Ca đêm", ())
