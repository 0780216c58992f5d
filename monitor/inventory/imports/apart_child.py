"""The process that reads one file for ``apart``: bytes on standard input, its sheets or why not on standard output."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import Any

MEMORY_BYTES = 1 << 30
CPU_S = 15


def _limit() -> None:
    """Before anything of the file is looked at. It may write no file, and leaves no picture of its memory behind."""
    wanted = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_S,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in wanted.items():
        with suppress(ValueError):  # whoever started us allows less already
            resource.setrlimit(limit, (most, most))


def _main() -> None:
    # Only now: what is loaded counts, and a library that misbehaves does so within the limits.
    from monitor.inventory.spreadsheets.cells import Unreadable, read_sheets

    answer: Any
    try:
        answer = [
            [each.name, each.is_converted, list(_rows(each.rows))] for each in read_sheets(sys.stdin.buffer.read())
        ]
    except Unreadable as reason:
        answer = reason.why
    sys.stdout.buffer.write(json.dumps(answer, default=_day, separators=(",", ":")).encode())


def _rows(rows: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    for row in rows:
        yield row.line, row.cells


def _day(cell: object) -> dict[str, str]:
    if isinstance(cell, datetime):
        return {"at": cell.isoformat()}
    if isinstance(cell, date):
        return {"on": cell.isoformat()}
    raise TypeError(type(cell).__name__)


if __name__ == "__main__":
    _limit()
    _main()
