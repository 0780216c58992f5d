"""The inventory as lists that can be taken in again, and then change nothing: .xlsx and .csv, a kind each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from sqlalchemy import Connection

from monitor.inventory.imports.known_rows import known_rows
from monitor.inventory.spreadsheets.columns import Column, Kind
from monitor.inventory.territory import Territory

_BYTE_ORDER_MARK = "\ufeff"  # by which office programs know UTF-8
_FORMULA_SIGNS = ("=", "@", "+", "-")
# The households' own lists have no ids: what they brought is told as cameras.
COLUMNS: Mapping[Kind, Sequence[Column]] = {
    Kind.AREAS: (
        Column.AREA_ID,
        Column.LEVEL,
        Column.NAME,
        Column.OFFICIAL_CODE,
        Column.PARENT_AREA_ID,
        Column.VALID_FROM,
        Column.VALID_TO,
        Column.SUCCESSOR_AREA_ID,
        Column.LATITUDE,
        Column.LONGITUDE,
    ),
    Kind.GROUPS: (
        Column.GROUP_ID,
        Column.NAME,
        Column.AREA_ID,
        Column.BEAT_ID,
        Column.BOARD_ID,
        Column.LATITUDE,
        Column.LONGITUDE,
    ),
    Kind.CAMERAS: (
        Column.DEVICE_ID,
        Column.SITE_ID,
        Column.EYE_NO,
        Column.GROUP_ID,
        Column.AREA_ID,
        Column.LOCATION_KIND,
        Column.LOCATION,
        Column.LATITUDE,
        Column.LONGITUDE,
        Column.FUNDING,
        Column.CUSTODIAN,
        Column.WATCH_METHOD,
        Column.RETENTION_DAYS,
        Column.POWER_FEEDER,
        Column.CAMERA_CLASS,
        Column.INSTALLED_ON,
        Column.QCVN135,
        Column.MAKER,
        Column.SERIAL,
        Column.DIRECTION,
        Column.CONSENT,
        Column.NOTE,
    ),
    Kind.BELLS: (
        Column.DEVICE_ID,
        Column.ESTABLISHMENT_ID,
        Column.ESTABLISHMENT,
        Column.ESTABLISHMENT_KIND,
        Column.GROUP_ID,
        Column.BUTTON_NO,
        Column.BUTTON_POSITION,
        Column.SOUND_AT_SITE,
        Column.RINGS_AT,
        Column.ALARM_KINDS,
        Column.HEARTBEAT_S,
        Column.TEST_INTERVAL_DAYS,
        Column.LATITUDE,
        Column.LONGITUDE,
    ),
    Kind.PEOPLE: (Column.PERSON_ID, Column.NAME, Column.ROLE, Column.UNIT, Column.SCOPE, Column.NOTE),
}


class Format(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


def export(connection: Connection, kind: Kind, within: Territory, form: Format) -> tuple[bytes, int]:
    """What is in use of the territory, and how many rows that is. Numbers to call are not in it."""
    rows = list(_rows(connection, kind, within))
    header = [str(column) for column in COLUMNS[kind]]
    return (_xlsx if form is Format.XLSX else _csv)([header, *rows]), len(rows)


def _rows(connection: Connection, kind: Kind, within: Territory) -> Iterator[list[str]]:
    for texts in known_rows(connection, kind, within).values():
        yield [texts.get(column, "") for column in COLUMNS[kind]]


def _xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    import xlsxwriter  # type: ignore[import-untyped]  # only who takes a list away waits for it

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        head, sheet = book.add_format({"bold": True, "bottom": 1}), book.add_worksheet()
        for line, row in enumerate(rows):
            for index, text in enumerate(row):
                if text:
                    # Texts, all of them: a serial number with a leading zero is no number, and no text a formula.
                    sheet.write_string(line, index, text, head if line == 0 else None)
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, len(rows[0]) - 1, 18)
    return buffer.getvalue()


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    text.write(_BYTE_ORDER_MARK)
    csv.writer(text, lineterminator="\r\n").writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _harmless(text: str) -> str:
    """What an office program would take for a formula, it takes for text behind an apostrophe; and so do we."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text
