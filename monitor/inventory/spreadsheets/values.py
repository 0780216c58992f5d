"""The values of one row, by column, typed for whoever takes them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.coordinates import Position
from monitor.inventory.spreadsheets.readings import Value, written


@dataclass(frozen=True, slots=True)
class Values:
    """Columns without a value are not there, or None. Positions stand in LATITUDE and LONGITUDE."""

    by_column: Mapping[Column, Value]

    def text(self, column: Column) -> str | None:
        value = self.by_column.get(column)
        return written(value) if value is not None else None

    def number(self, column: Column) -> int | None:
        value = self.by_column.get(column)
        return value if isinstance(value, int) else None

    def day(self, column: Column) -> date | None:
        value = self.by_column.get(column)
        return value if isinstance(value, date) else None

    def several(self, column: Column) -> tuple[str, ...]:
        value = self.by_column.get(column)
        return value if isinstance(value, tuple) else ()

    @property
    def position(self) -> Position | None:
        latitude, longitude = self.by_column.get(Column.LATITUDE), self.by_column.get(Column.LONGITUDE)
        return (latitude, longitude) if isinstance(latitude, float) and isinstance(longitude, float) else None
