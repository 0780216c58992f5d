"""A file opened: its sheet, its header, its rows. The kind is known here, before anything of the inventory is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from monitor.inventory.spreadsheets.cells import Row, Sheet, Unreadable, Why, read_sheets, shown
from monitor.inventory.spreadsheets.columns import Column, Kind
from monitor.inventory.spreadsheets.header import Header, find_header
from monitor.inventory.spreadsheets.table import Table, read_table
from monitor.inventory.spreadsheets.tcvn3 import convert, is_all_tcvn3
from monitor.inventory.spreadsheets.values import Values

# What makes two rows of a list the same thing. A household's row has no id of its own.
KEYS: MappingProxyType[Kind, tuple[Column, ...]] = MappingProxyType(
    {
        Kind.AREAS: (Column.AREA_ID,),
        Kind.GROUPS: (Column.GROUP_ID,),
        Kind.CAMERAS: (Column.DEVICE_ID,),
        Kind.BELLS: (Column.DEVICE_ID,),
        # One person may hold several roles, one in each row.
        Kind.PEOPLE: (Column.PERSON_ID, Column.ROLE, Column.SCOPE),
        Kind.HOUSEHOLDS: (),
    }
)


def key_of(kind: Kind, values: Values) -> str | None:
    """What a row is known by; None where it gives no id."""
    parts = [values.text(column) or "" for column in KEYS[kind]]
    return "/".join(parts) if parts and parts[0] else None


@dataclass(frozen=True, slots=True)
class Listing:
    """``is_converted``: every text was in TCVN3. ``other_sheets``: sheets that hold something and were not read.

    ``rows``: the whole sheet, in Unicode.
    """

    sheet: str
    header: Header
    table: Table
    is_converted: bool
    other_sheets: tuple[str, ...]
    rows: tuple[Row, ...] = ()

    @property
    def kind(self) -> Kind:
        return self.header.kind

    @property
    def is_one_eye_each(self) -> bool:
        """Households without a column that counts their eyes."""
        return self.kind is Kind.HOUSEHOLDS and Column.EYES not in self.header.matches.columns

    def ids(self) -> Iterator[str]:
        """The ids its rows give, to fetch what is known of them."""
        if KEYS[self.kind]:
            yield from (shown(row.cells.get(KEYS[self.kind][0])).strip() for row in self.table.rows)


def open_list(content: bytes, sheet: str = "") -> Listing:
    """As ``choose_list``, of a file that is trusted not to take more memory than there is."""
    return choose_list(read_sheets(content), sheet)


def choose_list(sheets: Sequence[Sheet], sheet: str = "") -> Listing:
    """The sheet of that name, or the one whose header matches best. Raises ``Unreadable``."""
    wanted = [each for each in sheets if sheet in ("", each.name)]
    if not wanted:
        raise Unreadable(Why.NO_SHEET)
    converted = [_in_unicode(each) for each in wanted]
    found = [(header, each) for each in converted if (header := find_header(each))]
    if not found:
        raise Unreadable(Why.NO_HEADER)
    header, chosen = max(found, key=lambda pair: (len(pair[0].matches.matched), len(pair[1].rows)))
    table = read_table(chosen, header)
    if not table.rows:
        raise Unreadable(Why.NO_ROWS)
    others = tuple(each.name for each in sheets if each.name != chosen.name)
    return Listing(chosen.name, header, table, chosen.is_converted, others, chosen.rows)


def _in_unicode(sheet: Sheet) -> Sheet:
    texts = [cell for row in sheet.rows for cell in row.cells if isinstance(cell, str)]
    if sheet.is_converted or not is_all_tcvn3(texts):
        return sheet
    rows = (
        Row(row.line, tuple(convert(cell) if isinstance(cell, str) else cell for cell in row.cells))
        for row in sheet.rows
    )
    return replace(sheet, rows=tuple(rows), is_converted=True)
