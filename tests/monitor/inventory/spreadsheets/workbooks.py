"""Workbooks made on the spot: no binary file needs to lie in the tree."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter

DATA = Path(__file__).parent / "data"
COMMUNE = Path(__file__).parents[4] / "simulator" / "commune"
THIRTY = DATA / "import_gia_thanh_30_rows.csv"
Table = Sequence[Sequence[object]]


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def workbook(table: Table, *more: Table) -> bytes:
    """One sheet for each table; None leaves a cell empty, and so does a row of []."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for rows in (table, *more):
            sheet = book.add_worksheet()
            for line, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(line, column, datetime.combine(value, time()), day)
                    elif value is not None:
                        sheet.write(line, column, value)
    return buffer.getvalue()


def comma_separated(table: Table) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(table)
    return text.getvalue().encode("utf-8-sig")


def thirty_rows_as_workbook() -> bytes:
    """The thirty rows as an office writes them: motto, title, a header of two rows, numbers and days, total, name."""
    header, *rows = rows_of(THIRTY)
    upper: list[object] = [None] * len(header)
    upper[0], upper[1], upper[4], upper[9], upper[11] = "STT", "Chủ hộ", "Thông tin camera", "Lưu trữ", "Khác"
    return workbook(
        [
            ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
            ["Độc lập – Tự do – Hạnh phúc"],
            [],
            ["DANH SÁCH CAMERA AN NINH TỔ DÂN PHỐ GIA THẠNH (MINH HỌA)"],
            ["(Tính đến ngày 14/03/2026)"],
            [],
            upper,
            header,
            *(_as_typed(row) for row in rows),
            ["Tổng cộng", None, None, None, 33],
            [],
            [None] * 9 + ["Đinh Văn, ngày 14 tháng 3 năm 2026"],
            [None, "Người lập biểu"] + [None] * 7 + ["TỔ TRƯỞNG TỔ DÂN PHỐ"],
        ]
    )


def _as_typed(row: list[str]) -> list[object]:
    typed: list[object] = [int(cell) if cell.isdigit() and not cell.startswith("0") else cell or None for cell in row]
    if row[4] == "0":
        typed[4] = 0
    if len(row[12]) == 10:
        typed[12] = date.fromisoformat("-".join(reversed(row[12].split("/"))))
    return typed
