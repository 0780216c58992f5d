"""The rows of a settled dry run into the inventory: new ones whole, changed ones only where they differ."""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType

from sqlalchemy import Connection

from monitor.errors import Refusal
from monitor.inventory.imports.target import Target
from monitor.inventory.imports.writing_areas import write_areas, write_groups
from monitor.inventory.imports.writing_bells import write_bells
from monitor.inventory.imports.writing_eyes import write_eyes
from monitor.inventory.imports.writing_people import write_people
from monitor.inventory.spreadsheets.columns import Kind
from monitor.inventory.spreadsheets.dry_run import Change, DryRun, RowReport, Status

_WRITERS = MappingProxyType(
    {
        Kind.AREAS: write_areas,
        Kind.GROUPS: write_groups,
        Kind.CAMERAS: write_eyes,
        Kind.HOUSEHOLDS: write_eyes,
        Kind.BELLS: write_bells,
        Kind.PEOPLE: write_people,
    }
)


def write(tx: Connection, run: DryRun, target: Target) -> Collection[str]:
    """All of it, for one transaction; returns the devices it touched. Raises ``Refusal`` while anything is open."""
    if run.kind is None or not run.is_ready:
        raise Refusal("something in the list is still to be decided")
    rows = _to_write(run)
    return _WRITERS[run.kind](tx, rows, target)


def rows_made(run: DryRun) -> int:
    """How many devices, areas or people writing it would add or change."""
    return sum(max(1, len(row.drafts)) for row in _to_write(run))


def _to_write(run: DryRun) -> list[RowReport]:
    return [row for row in run.rows if row.status is Status.VALID and row.change is not Change.SAME]
