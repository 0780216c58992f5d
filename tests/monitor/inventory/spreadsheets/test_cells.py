from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from monitor.inventory.spreadsheets.cells import Unreadable, Why, read_sheets, shown
from tests.monitor.inventory.spreadsheets.workbooks import comma_separated, workbook


def cells(content: bytes) -> list[tuple[object, ...]]:
    return [row.cells for row in read_sheets(content)[0].rows]


def why(content: bytes) -> Why:
    with pytest.raises(Unreadable) as caught:
        read_sheets(content)
    return caught.value.why


def rewritten(content: bytes, old: bytes, new: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(old, new))
    return buffer.getvalue()


def test_it_reads_numbers_texts_and_days_of_a_workbook():
    assert cells(workbook([["Hộ 1", 2, 1.5, None, date(2023, 4, 1)]])) == [("Hộ 1", 2, 1.5, None, date(2023, 4, 1))]


def test_it_counts_lines_as_the_spreadsheet_program_does():
    table = [[], ["a"], [], ["b"]]
    assert [row.line for row in read_sheets(workbook(table))[0].rows] == [2, 4]
    assert [row.line for row in read_sheets(comma_separated(table))[0].rows] == [2, 4]


def test_it_keeps_the_columns_where_they_are():
    assert cells(workbook([[], [None, None, "c"]])) == [(None, None, "c")]


def test_it_reads_every_sheet_that_holds_something():
    assert [sheet.name for sheet in read_sheets(workbook([["a"]], [], [["b"]]))] == ["Sheet1", "Sheet3"]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_it_finds_what_separates(sign):
    lines = [sign.join(["1", '"TDP 1, TT Đinh Văn"', "ba"])] * 3
    assert cells("\n".join(lines).encode())[0] == ("1", "TDP 1, TT Đinh Văn", "ba")


def test_it_shows_a_cell_as_people_see_it():
    seen = [shown(cell) for cell in (None, 2.0, 1.5, True, date(2023, 4, 1), "x")]
    assert seen == ["", "2", "1.5", "TRUE", "01/04/2023", "x"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", Why.EMPTY),
        (b" \r\n", Why.EMPTY),
        (b",,\n,,\n", Why.EMPTY),
        (workbook([[]]), Why.EMPTY),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Why.OLD_OR_LOCKED),
        (b"PK\x03\x04 and then nothing", Why.DAMAGED),
        (workbook([["a"]])[:-40], Why.DAMAGED),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Why.NOT_A_TABLE),
        (b"a,b\n" * 20_001, Why.TOO_LARGE),
        (b"," * 300, Why.TOO_LARGE),
        (b"x" * 20_000_001, Why.TOO_LARGE),
    ],
)
def test_it_gives_one_reason_for_a_file_it_cannot_read(content, expected):
    assert why(content) is expected


def test_it_does_not_lay_out_what_a_sheet_only_claims():
    book = workbook([["a"]])
    assert why(rewritten(book, b'<c r="A1"', b'<c r="XFD1048576"')) is Why.TOO_LARGE
    assert why(rewritten(book, b'<row r="1"', b'<row r="900000"')) is Why.TOO_LARGE


def test_it_takes_an_archive_that_is_no_workbook_for_no_table():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("photo.jpg", b"x")
    assert why(buffer.getvalue()) is Why.NOT_A_TABLE
