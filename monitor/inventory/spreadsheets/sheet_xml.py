"""How far the sheets of an .xlsx reach, told without laying them out."""

from __future__ import annotations

import re
import zipfile
from xml.parsers import expat

_REFERENCE = re.compile(r"([A-Z]{0,3})([0-9]{1,7})")
_SHEET = re.compile(r"xl/worksheets/.*\.xml", re.IGNORECASE)
_CHUNK = 65_536


class _Reach:
    """The furthest row and column that a cell names, or that cells without a name fill."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._cells_in_row = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            self._cells_in_row = 0
            self.rows = max(self.rows + 1, _number(attributes.get("r", "")))
        elif tag == "c":
            self._cells_in_row += 1
            letters, number = _place(attributes.get("r", ""))
            self.columns = max(self.columns, self._cells_in_row, letters)
            self.rows = max(self.rows, number)


def largest_sheet(archive: zipfile.ZipFile) -> tuple[int, int]:
    """(rows, columns) that no sheet exceeds. Raises ``ValueError`` where a sheet is no XML."""
    sheets = [name for name in archive.namelist() if _SHEET.fullmatch(name)]
    reaches = [(0, 0), *(_reach(archive, name) for name in sheets)]
    return max(rows for rows, _ in reaches), max(columns for _, columns in reaches)


def _reach(archive: zipfile.ZipFile, name: str) -> tuple[int, int]:
    reach = _Reach()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reach.start
    try:
        with archive.open(name) as sheet:
            while chunk := sheet.read(_CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
    return reach.rows, reach.columns


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _place(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference.strip().upper())
    if match is None:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(match[2])
