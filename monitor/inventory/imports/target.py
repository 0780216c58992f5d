"""For whom, when and where a list is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from monitor.inventory.edits import Edit
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.dry_run import RowReport
from monitor.inventory.territory import Territory


@dataclass(frozen=True, slots=True)
class Target:
    """``area_id``: where eyes count that stand in no group and name no area. ``today`` in Vietnam."""

    by: Edit
    within: Territory
    today: date
    area_id: str | None = None


def changed_columns(row: RowReport) -> dict[Column, str]:
    """The columns a row changes → what stood there."""
    return {change.column: change.old for change in row.cell_changes}
