"""What came out of a cell: a value, and what was found on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from monitor.inventory.spreadsheets.problems import Finding

Value = str | int | float | bool | date | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Reading:
    """``value`` is None where the cell is empty or cannot be read; with a question it is what was proposed."""

    value: Value
    findings: tuple[Finding, ...] = ()


EMPTY = Reading(None)


def read(value: Value, *findings: Finding) -> Reading:
    return Reading(value, findings)


def written(value: Value) -> str:
    """The one way a value is written into lists of ours; a list that is read again gives the same values."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.6f}".rstrip("0").rstrip(".")
        case date():
            return value.isoformat()
        case tuple():
            return ",".join(value)
        case _:
            return str(value)
