"""Cells of a well-formed table of ours; whatever is wrong is told with its line and column. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from unicodedata import normalize

from monitor.errors import Refusal


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its number in the file (the header is 1), and its cells by column."""

    number: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str | None:
        return normalize("NFC", self.cells.get(column) or "").strip() or None

    def need(self, column: str) -> str:
        if (text := self.text(column)) is None:
            raise self.wrong(column, "is empty")
        return text

    def whole(self, column: str) -> int:
        text = self.need(column)
        if not text.isdecimal():
            raise self.wrong(column, f"{text!r} is no whole number")
        return int(text)

    def degrees(self, column: str) -> float | None:
        if (text := self.text(column)) is None:
            return None
        try:
            return float(text)
        except ValueError:
            raise self.wrong(column, f"{text!r} is no position in degrees") from None

    def day(self, column: str) -> date | None:
        if (text := self.text(column)) is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self.wrong(column, f"{text!r} is no day like 2023-12-31") from None

    def wrong(self, column: str, why: str) -> Refusal:
        return Refusal(f"line {self.number}, {column}: {why}")


def read_lines(data: bytes, columns: Collection[str]) -> list[Line]:
    """UTF-8, with or without a byte order mark. Raises ``Refusal`` where one of ``columns`` is missing."""
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
        raise Refusal(f"line 1: there is no column {', '.join(missing)}")
    return [Line(reader.line_num, row) for row in reader]
