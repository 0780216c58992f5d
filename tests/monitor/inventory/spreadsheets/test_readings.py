from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.inventory.spreadsheets.coordinates import distance_m, read_coordinates, read_position
from monitor.inventory.spreadsheets.dates import read_day
from monitor.inventory.spreadsheets.numbers import read_days, read_eyes, read_whole
from monitor.inventory.spreadsheets.phones import read_phones
from monitor.inventory.spreadsheets.problems import Code, Severity
from monitor.inventory.spreadsheets.readings import Reading, written

CELLS = st.none() | st.text(max_size=30) | st.integers() | st.floats() | st.booleans() | st.dates() | st.datetimes()


def codes(reading: Reading) -> list[Code]:
    return [finding.code for finding in reading.findings]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("0912345678", "0912345678"),
        ("0912 345 678", "0912345678"),
        ("0912.345.678", "0912345678"),
        ("+84 912 345 678", "0912345678"),
        ("84912345678", "0912345678"),
        ("ĐT: 0912345678", "0912345678"),
        ("(0263) 3850123", "02633850123"),
        ("024 3822 1234", "02438221234"),
    ],
)
def test_it_reads_a_phone_as_people_write_it(cell, number):
    assert read_phones(cell) == Reading((number,))


@pytest.mark.parametrize(
    ("cell", "number", "code", "severity"),
    [
        (912345678, "0912345678", Code.ZERO_ADDED, Severity.FIXED),
        ("2633850123", "02633850123", Code.ZERO_ADDED, Severity.FIXED),
        ("01201234567", "0701234567", Code.OLD_PREFIX, Severity.QUESTION),
        (1691234567, "0391234567", Code.OLD_PREFIX, Severity.QUESTION),
        ("0633850123", "02633850123", Code.OLD_AREA_CODE, Severity.QUESTION),
    ],
)
def test_it_proposes_what_a_phone_is_today(cell, number, code, severity):
    reading = read_phones(cell)
    assert reading.value == (number,)
    assert [(finding.code, finding.severity, finding.proposal) for finding in reading.findings] == [
        (code, severity, number)
    ]


@pytest.mark.parametrize("cell", ["09123", "0112345678", "113", "không có", "0912345678901", True])
def test_it_refuses_what_is_no_phone(cell):
    assert codes(read_phones(cell)) == [Code.PHONE_INVALID]


def test_it_reads_several_phones_in_a_cell():
    assert read_phones("0912345678 / 0987654321").value == ("0912345678", "0987654321")


@pytest.mark.parametrize(
    ("cell", "day", "found"),
    [
        (date(2023, 4, 1), date(2023, 4, 1), []),
        ("01/04/2023", date(2023, 4, 1), []),
        ("1-4-2023", date(2023, 4, 1), []),
        ("26- 6 -2023", date(2023, 6, 26), []),
        ("2023-04-01", date(2023, 4, 1), []),
        (45017, date(2023, 4, 1), [Code.DAY_FROM_SERIAL]),
        ("45017", date(2023, 4, 1), [Code.DAY_FROM_SERIAL]),
        ("ngày 1 tháng 4 năm 2023", date(2023, 4, 1), [Code.DAY_REWRITTEN]),
        ("3/4/23", date(2023, 4, 3), [Code.DAY_MEANT]),
        ("tháng 6/2024", date(2024, 6, 1), [Code.DAY_MEANT]),
        ("04/13/2023", date(2023, 4, 13), [Code.DAY_MEANT]),
        ("2023", date(2023, 1, 1), [Code.DAY_MEANT]),
        ("31/02/2023", None, [Code.DAY_INVALID]),
        ("hôm qua", None, [Code.DAY_INVALID]),
        (None, None, []),
    ],
)
def test_it_reads_a_day_with_the_day_first(cell, day, found):
    reading = read_day(cell)
    assert (reading.value, codes(reading)) == (day, found)


@pytest.mark.parametrize(
    ("cell", "number", "found"),
    [
        (4, 4, []),
        ("1.202", 1202, []),
        ("1.0", 1, []),
        ("02", 2, []),
        ("2 mắt", 2, [Code.NUMBER_TAKEN]),
        ("khoảng 118 mắt", 118, [Code.NUMBER_TAKEN]),
        (-1, None, [Code.NUMBER_INVALID]),
        ("1.5", None, [Code.NUMBER_INVALID]),
        ("hai", None, [Code.NUMBER_INVALID]),
        ("", None, []),
    ],
)
def test_it_reads_a_count(cell, number, found):
    reading = read_whole(cell)
    assert (reading.value, codes(reading)) == (number, found)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("1", []),
        (0, [Code.NO_EYES]),
        ("0 mắt", [Code.NO_EYES]),
        (65, [Code.MANY_EYES]),
        (912345678, [Code.NUMBER_INVALID]),
    ],
)
def test_it_looks_twice_at_the_number_of_eyes(cell, found):
    assert codes(read_eyes(cell)) == found


@pytest.mark.parametrize(
    ("cell", "days", "found"),
    [
        (30, 30, []),
        ("30 ngày", 30, [Code.NUMBER_TAKEN]),
        ("1 tháng", 30, [Code.DAYS_MEANT]),
        ("2 tuần", 14, [Code.DAYS_MEANT]),
        ("7-10 ngày", 7, [Code.DAYS_MEANT]),
        ("2 mắt", None, [Code.NUMBER_INVALID]),
        ("lâu", None, [Code.NUMBER_INVALID]),
    ],
)
def test_it_reads_a_length_of_time_in_days(cell, days, found):
    reading = read_days(cell)
    assert (reading.value, codes(reading)) == (days, found)


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [
        (11.772, 108.22, None),
        ("11,772", "108,22", Code.POSITION_REWRITTEN),
        ("108.22", "11.772", Code.POSITION_SWAPPED),
        ("11°46'19.2\"N", "108°13'12\"E", Code.POSITION_REWRITTEN),
    ],
)
def test_it_reads_a_position_of_two_columns(latitude, longitude, code):
    position, finding = read_position(latitude, longitude)
    assert position == pytest.approx((11.772, 108.22))
    assert (finding and finding.code) == code


@pytest.mark.parametrize(
    "cell",
    [
        "11.772, 108.22",
        "11.772,108.22",
        "11,772; 108,22",
        "11.772 108.22",
        "108.22, 11.772",
        "11°46'19.2\"N 108°13'12\"E",
        "N 11°46'19.2\" E 108°13'12\"",
    ],
)
def test_it_reads_a_position_of_one_column(cell):
    assert read_coordinates(cell)[0] == pytest.approx((11.772, 108.22))


@pytest.mark.parametrize("cell", ["48.85, 2.35", "11.772", "xa", "11.772, 11.9", "1, 2, 3"])
def test_it_refuses_a_position_outside_of_the_country(cell):
    position, finding = read_coordinates(cell)
    assert (position, finding.code) == (None, Code.POSITION_INVALID)


def test_it_measures_distances():
    assert distance_m((11.772, 108.22), (11.781, 108.22)) == pytest.approx(1000, abs=2)


@given(CELLS)
def test_it_reads_any_cell_without_stumbling(cell):
    for reader in (read_phones, read_day, read_whole, read_days, read_eyes):
        reader(cell)
    read_coordinates(cell)
    read_position(cell, cell)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (11.77200, "11.772"),
        (108.0, "108"),
        (date(2023, 4, 1), "2023-04-01"),
        (("a", "b"), "a,b"),
    ],
)
def test_it_writes_a_value_in_one_way(value, text):
    assert written(value) == text
