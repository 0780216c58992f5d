"""A file that was made to burst takes its reader with it, and nothing else."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from monitor.inventory.imports.apart import read_apart
from monitor.inventory.spreadsheets.cells import Unreadable, Why, read_sheets
from monitor.journal.database import Store
from tests.monitor.inventory.imports.lists import bring, look
from tests.monitor.inventory.spreadsheets.workbooks import THIRTY, comma_separated, thirty_rows_as_workbook, workbook

_NAMES = "urn:oasis:names:tc:opendocument:xmlns"
_KIND = "application/vnd.oasis.opendocument.spreadsheet"
_PARTS = f"""<manifest:manifest xmlns:manifest="{_NAMES}:manifest:1.0">
  <manifest:file-entry manifest:full-path="/" manifest:media-type="{_KIND}"/>
</manifest:manifest>"""


def why(content: bytes) -> Why:
    with pytest.raises(Unreadable) as caught:
        read_apart(content)
    return caught.value.why


def repeated(rows: int, columns: int) -> bytes:
    """An .ods of 1 KB that says: this cell, so many times."""
    cell = (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}">'
        "<text:p>abc</text:p></table:table-cell>"
    )
    content = (
        f'<office:document-content xmlns:office="{_NAMES}:office:1.0" xmlns:table="{_NAMES}:table:1.0" '
        f'xmlns:text="{_NAMES}:text:1.0"><office:body><office:spreadsheet><table:table table:name="Sheet1">'
        f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _KIND)
        archive.writestr("META-INF/manifest.xml", _PARTS)
        archive.writestr("content.xml", content)
    return buffer.getvalue()


def said_again(letters: int, cells: int) -> bytes:
    """An .xlsx that holds one text once, and has it in many cells."""
    return workbook([["x" * letters] * 100] * (cells // 100))


@pytest.mark.parametrize("content", [THIRTY.read_bytes(), thirty_rows_as_workbook(), workbook([["a"]], [], [["b"]])])
def test_it_reads_what_the_reader_reads(content):
    assert read_apart(content) == read_sheets(content)


def test_it_keeps_days_moments_and_signs_of_truth():
    table = [[date(2023, 4, 1), datetime(2023, 4, 1, 7, 30), True, 1.5, 7, None, "Tổ 1"]]  # noqa: DTZ001  a cell's
    book = workbook(table)
    assert read_apart(book) == read_sheets(book)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and then nothing", comma_separated([["x"] * 300])])
def test_it_gives_the_readers_own_reason(content):
    with pytest.raises(Unreadable) as caught:
        read_sheets(content)
    assert why(content) is caught.value.why


def test_it_reads_an_ods_too():
    assert [row.cells for row in read_apart(repeated(2, 3))[0].rows] == [("abc",) * 3] * 2


def test_it_survives_a_sheet_that_bursts():
    assert why(repeated(100_000, 1000)) is Why.TOO_COSTLY


def test_it_survives_a_text_that_stands_in_every_cell():
    assert why(said_again(30_000, 50_000)) is Why.TOO_COSTLY


def test_it_counts_the_letters_of_all_cells_together():
    assert why(said_again(30_000, 1_000)) is Why.TOO_LARGE


def test_it_does_not_wait_for_a_reader_that_never_ends():
    with pytest.raises(Unreadable, match=Why.TOO_COSTLY):
        read_apart(THIRTY.read_bytes(), longest_s=0.001)


def test_it_takes_no_module_from_the_folder_it_was_started_in(tmp_path: Path, monkeypatch):
    (tmp_path / "zipfile.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    assert read_apart(THIRTY.read_bytes())


def test_it_says_what_to_do_with_a_list_that_bursts(store: Store):
    _, seen = look(store, bring(store, repeated(100_000, 1000)))
    assert [problem.key for problem in seen.run.problems] == ["import.file.too_costly"]
