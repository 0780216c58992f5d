"""On which line of a TOML text a key stands: ``("step", 3, "device")`` → 41. The parser itself keeps no lines."""

from __future__ import annotations

import re
from collections import Counter

Key = tuple[str | int, ...]
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ENTRY = re.compile(r"""^\s*(["']?[\w.-]+["']?)\s*=""")


def line_of(text: str, key: Key) -> int:
    """The line of the key, else of the nearest thing around it that stands in the text; 1 where nothing does."""
    lines = _lines(text)
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key, 1)


def _lines(text: str) -> dict[Key, int]:
    found: dict[Key, int] = {}
    seen: Counter[str] = Counter()
    table: Key = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            name = header[2]
            table = tuple(name.split("."))
            if header[1] == "[[":
                table = (*table, seen[name])
                seen[name] += 1
            found.setdefault(table, number)
            found.setdefault(table[:1], number)
        elif entry := _ENTRY.match(line):
            found.setdefault((*table, *entry[1].strip("\"'").split(".")), number)
    return found
