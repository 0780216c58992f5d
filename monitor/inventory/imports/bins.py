"""The heaps a person sorts a list into: what is new, what changes, what is asked, what cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.coordinates import distance_m
from monitor.inventory.spreadsheets.dry_run import DryRun, RowReport, Status
from monitor.inventory.spreadsheets.problems import Code

_TWICE = frozenset({Code.DUPLICATE, Code.ALREADY_KNOWN})


class Bin(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    QUESTION = "question"
    DUPLICATE = "duplicate"
    ERROR = "error"
    SKIPPED = "skipped"


def bin_of(row: RowReport) -> Bin:
    match row.status:
        case Status.SKIPPED:
            return Bin.SKIPPED
        case Status.ERROR:
            return Bin.ERROR
        case Status.QUESTION:
            is_twice = any(problem.is_open and problem.key in _TWICE for problem in row.problems)
            return Bin.DUPLICATE if is_twice else Bin.QUESTION
        case Status.VALID:
            return Bin(row.change)


def counts_of(run: DryRun) -> dict[str, int]:
    """Every figure of a dry run: rows by status, by heap, eyes, and cells that would change."""
    counts, bins = run.counts, Counter(bin_of(row) for row in run.rows)
    ready = [row for row in run.rows if row.status is Status.VALID]
    return {
        "rows": len(run.rows),
        "valid": counts.valid,
        "questions": counts.questions,
        "errors": counts.errors,
        "skipped": counts.skipped,
        "new": counts.new,
        "changed": counts.changed,
        "same": counts.same,
        "duplicates": bins[Bin.DUPLICATE],
        "cells_changed": sum(len(row.cell_changes) for row in ready),
        "eyes_written": counts.eyes_written,
        "eyes_to_add": counts.eyes_to_add,
        "eyes_active": counts.eyes_active,
        "eyes_waiting": counts.eyes_waiting,
    }


def bin_counts(run: DryRun) -> Mapping[str, int]:
    found = Counter(bin_of(row) for row in run.rows)
    return {str(each): found[each] for each in Bin}


def moved_m(row: RowReport) -> int | None:
    """How far a row moves what is registered; None where it does not."""
    old = {change.column: change.old for change in row.cell_changes}
    if not {Column.LATITUDE, Column.LONGITUDE} & old.keys() or row.values.position is None:
        return None
    latitude, longitude = row.values.position
    before = old.get(Column.LATITUDE, str(latitude)), old.get(Column.LONGITUDE, str(longitude))
    if "" in before:
        return None
    return round(distance_m((float(before[0]), float(before[1])), row.values.position))
