"""Dry runs and batches → the JSON of ``import_schemas``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import orjson

from monitor.inventory.imports.alike import Kin, kin_counts, kin_of
from monitor.inventory.imports.batches import UNDO_DAYS, Batch
from monitor.inventory.imports.bins import bin_counts, bin_of, counts_of, moved_m
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.dry_run import RowReport
from monitor.inventory.spreadsheets.problems import WHOLE_FILE, Decision, Problem
from monitor.inventory.spreadsheets.readings import written
from monitor.journal.times import iso
from monitor.web.import_previews import Tried
from monitor.web.ports import Desk

# A key of the catalogue and what fills its holes → the sentence.
Words = Callable[[str, Mapping[str, object]], str]


def batch_shape(batch: Batch, desk: Desk) -> dict[str, Any]:
    row, counts = batch.row, orjson.loads(batch.row["counts"])
    committed_at = row["committed_at"]
    until = committed_at + timedelta(days=UNDO_DAYS) if committed_at else None
    names = ("id", "state", "kind", "file_name", "sha256", "user_name", "undone_by")
    times = {name: iso(row[name]) for name in ("created_at", "committed_at", "undone_at")}
    can_undo = batch.may_undo(desk.clock.now())
    return {name: row[name] for name in names} | times | {
        "can_undo": can_undo,
        "undo_until": iso(until) if can_undo else None,
        "counts": counts or None,
    }  # fmt: skip


def run_shape(tried: Tried, desk: Desk, words: Words) -> dict[str, Any]:
    run = tried.preview.run
    return batch_shape(tried.batch, desk) | {
        "kind": run.kind,
        "version": tried.preview.version,
        "sheet": run.sheet,
        "other_sheets": run.other_sheets,
        "header_lines": run.header_lines,
        "columns": [{"header": each.header, "column": each.column} for each in run.matches.matched],
        "unmatched": run.matches.unmatched,
        "dropped": run.matches.dropped,
        "lines_left_out": [{"line": each.line, "reason": each.reason, "text": each.text} for each in run.skipped],
        "problems": [_problem(each, {}, words) for each in run.problems],
        "bins": bin_counts(run),
        "tried": counts_of(run),
        "is_ready": run.is_ready,
        "answers": [_decision(each) for each in tried.batch.decisions if each.row == WHOLE_FILE],
        "decided": len(tried.batch.decisions),
        "took_ms": tried.took_ms,
    }


def rows_shape(tried: Tried, rows: list[RowReport], words: Words) -> list[dict[str, Any]]:
    alike = kin_counts(tried.preview.run)
    names = {group.id: group.name for group in tried.preview.known.groups}
    answers: dict[int, list[Decision]] = defaultdict(list)
    for each in tried.batch.decisions:
        answers[each.row].append(each)
    return [
        _row(row)
        | {
            "group_name": names.get(row.values.text(Column.GROUP_ID) or ""),
            "problems": [_problem(each, alike, words) for each in row.problems],
            "answers": [_decision(each) for each in answers[row.row]],
        }
        for row in rows
    ]


def _row(row: RowReport) -> dict[str, Any]:
    return {
        "row": row.row,
        "line": row.line,
        "key": row.key,
        "bin": bin_of(row),
        "status": row.status,
        "change": row.change,
        "cells": row.seen,
        "values": {column: written(value) for column, value in row.values.by_column.items() if value is not None},
        "changes": {change.column: {"old": change.old, "new": change.new} for change in row.cell_changes},
        "moved_m": moved_m(row),
        "eyes": row.eyes,
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {"row": decision.row, "column": decision.column, "choice": decision.choice, "value": decision.value}


def _problem(problem: Problem, alike: Mapping[Kin, int], words: Words) -> dict[str, Any]:
    return {
        "row": problem.row,
        "line": problem.line,
        "column": problem.column,
        "cell": problem.cell,
        "seen": problem.seen,
        "key": problem.key,
        "message": words(problem.key, problem.values),
        "values": dict(problem.values),
        "severity": problem.severity,
        "proposal": problem.proposal,
        "suggestions": problem.suggestions,
        "fix": _decision(problem.fix) if problem.fix else None,
        "is_settled": problem.is_settled,
        "alike": alike.get(kin_of(problem), 0) if problem.is_open else 0,
    }


def map_shape(tried: Tried) -> dict[str, Any]:
    run, known = tried.preview.run, tried.preview.known
    placed = [(row, row.values.position) for row in run.rows if row.values.position]
    named = {row.values.text(Column.GROUP_ID) for row in run.rows}
    return {
        "rows": [
            {"row": row.row, "latitude": position[0], "longitude": position[1], "bin": bin_of(row)}
            for row, position in placed
        ],
        "groups": [
            {"id": group.id, "name": group.name, "latitude": group.latitude, "longitude": group.longitude}
            for group in known.groups
            if group.id in named and group.latitude is not None
        ],
        "without_position": len(run.rows) - len(placed),
        "outside_m": known.outside_m,
    }
