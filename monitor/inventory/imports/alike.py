"""The same problem in many rows: what one answer may settle at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from monitor.errors import Refusal
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.dry_run import DryRun
from monitor.inventory.spreadsheets.problems import WHOLE_FILE, Choice, Code, Decision, Problem

Kin = tuple[str, Column | None, str]
# What is right for one value is not right for another: only the very same are alike.
_BY_VALUE = frozenset(
    {Code.GROUP_UNKNOWN, Code.GROUP_NOT_FOUND, Code.WORD_UNKNOWN, Code.REFERENCE_UNKNOWN, Code.OTHER_COMMUNE}
)


def kin_of(problem: Problem) -> Kin:
    told = f"{problem.values.get('x', problem.seen)}→{problem.proposal}" if problem.key in _BY_VALUE else ""
    return problem.key, problem.column, told


def kin_counts(run: DryRun) -> Mapping[Kin, int]:
    """How many rows have each open problem."""
    return Counter(kin_of(problem) for problem in _open(run))


def spread(run: DryRun, decision: Decision, column: Column | None, key: str) -> list[Decision]:
    """The decision on the problem ``key`` of a column, and the like of it on every row with the same problem.

    Each row takes its own proposal; a value that was given goes to all.
    """
    first = next(
        (each for each in _open(run) if (each.row, each.column, each.key) == (decision.row, column, key)), None
    )
    if first is None:
        return [decision]
    alike = [each for each in _open(run) if kin_of(each) == kin_of(first)]
    if decision.choice is Choice.REPLACE:
        return [Decision(each.row, decision.column, Choice.REPLACE, decision.value) for each in alike]
    return [Decision(each.row, decision.column, decision.choice) for each in alike]


def insist_on_rows(run: DryRun, decisions: Iterable[Decision]) -> None:
    """Raises ``Refusal`` for an answer to a row that the list has not: nobody would see it, and it would be kept."""
    rows = {WHOLE_FILE, *(row.row for row in run.rows)}
    if unknown := next((each.row for each in decisions if each.row not in rows), None):
        raise Refusal(f"the list has no row {unknown}")


def merged(
    before: Iterable[Decision], news: Iterable[Decision], forgotten: Collection[tuple[int, Column | None]]
) -> tuple[Decision, ...]:
    """One decision for each place: a later one replaces an earlier one, and some are taken back."""
    kept = {(each.row, each.column): each for each in before if (each.row, each.column) not in forgotten}
    kept |= {(each.row, each.column): each for each in news}
    return tuple(kept.values())


def _open(run: DryRun) -> Iterable[Problem]:
    return (problem for row in run.rows for problem in row.problems if problem.is_open)
