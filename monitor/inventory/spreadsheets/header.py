"""Where the table begins: the row, or two rows, whose texts match the most synonyms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.inventory.spreadsheets.cells import Row, Sheet
from monitor.inventory.spreadsheets.columns import Headers, Kind, Matches
from monitor.inventory.spreadsheets.kinds import best_kind

# Motto, title, date, addressee: no office puts more than this above a table.
_LOOKED_AT = 40
# And once a header is found, a better one is not far below.
_LOOKED_AT_AFTER = 4
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Header:
    """``lines`` are the one or two rows of the header; ``above`` is what is written over it (motto, title)."""

    kind: Kind
    lines: tuple[int, ...]
    matches: Matches
    above: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(match.header for match in self.matches.matched)

    @property
    def last_line(self) -> int:
        return self.lines[-1]


def find_header(sheet: Sheet) -> Header | None:
    """The best header of a sheet; where one row does as well as two, the upper one belongs to it if it fits."""
    rows = sheet.rows[:_LOOKED_AT]
    best: Header | None = None
    for index, row in enumerate(rows):
        if best and row.line > best.last_line + _LOOKED_AT_AFTER:
            break
        best = max([*([best] if best else []), *_headers_at(rows, index)], key=_goodness, default=None)
    return best


def _goodness(header: Header) -> tuple[int, int, int]:
    # The first of equals: the same header stands again on every printed page.
    return len(header.matches.matched), -header.last_line, len(header.lines)


def repeats(row: Row, header: Header) -> bool:
    """The header again, as at the top of each printed page."""
    names = header.names
    texts = [cell for cell in row.cells if isinstance(cell, str)]
    return len(texts) >= _FEWEST and sum(text.strip() in names for text in texts) * 2 > len(texts)


def _headers_at(rows: Sequence[Row], index: int) -> Iterable[Header]:
    above = tuple(str(cell) for row in rows[:index] for cell in row.cells if isinstance(cell, str))
    lower = rows[index]
    if _filled(lower) < _FEWEST:
        return
    if found := best_kind(Headers(_texts(lower, None))):
        yield Header(found[0], (lower.line,), found[1], above)
    upper = rows[index - 1] if index else None
    if upper is None or upper.line != lower.line - 1 or _filled(upper) < 2:
        return
    if found := best_kind(Headers(_texts(lower, upper))):
        over = above[: len(above) - sum(isinstance(cell, str) for cell in upper.cells)]
        yield Header(found[0], (upper.line, lower.line), found[1], over)


def _texts(lower: Row, upper: Row | None) -> list[tuple[str, ...]]:
    """What each column may go by. A merged cell's text stands in its first column only, and covers the next ones."""
    texts: list[tuple[str, ...]] = []
    covering = ""
    for index in range(max(len(lower.cells), len(upper.cells) if upper else 0)):
        below, over = _text(lower, index), _text(upper, index)
        covering = over or covering
        if below:
            joined = f"{covering} {below}" if covering else below
            texts.append((below, joined) if joined != below else (below,))
        else:
            texts.append((over,) if over else ())
    return texts


def _text(row: Row | None, index: int) -> str:
    cell = row[index] if row else None
    return " ".join(cell.split()) if isinstance(cell, str) else ""


def _filled(row: Row) -> int:
    return sum(isinstance(cell, str) for cell in row.cells)
