"""What was measured, beside what it may be at most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """``most``: the limit it is held to, in the same unit; None where there is none."""

    name: str
    value: float
    most: float | None = None

    @property
    def is_kept(self) -> bool:
        return self.most is None or self.value <= self.most


def figures(values: Mapping[str, float], most: Mapping[str, float]) -> list[Figure]:
    return [Figure(name, value, most.get(name)) for name, value in values.items()]


def judged(title: str, unit: str, told: Iterable[Figure]) -> Table:
    table = Table(title=title)
    for column in ("", unit, "at most", ""):
        table.add_column(column, justify="left" if not column else "right")
    digits = 2 if unit == "s" else 0
    for each in told:
        most = "" if each.most is None else f"{each.most:g}"
        table.add_row(each.name, f"{each.value:.{digits}f}", most, "" if each.is_kept else "MISSED")
    return table
