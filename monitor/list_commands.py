"""``chuong import`` and ``chuong export``: lists into the inventory of this machine, and out of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from monitor.app import Monitor
from monitor.clock import SystemClock
from monitor.console import ConfigFile, opened_store, told_plainly
from monitor.errors import Refusal, StartError
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.inventory.audit import audit
from monitor.inventory.edits import Edit
from monitor.inventory.imports import batches
from monitor.inventory.imports.batches import DRAFT, FILE_BYTES, Batch, Given, Ready
from monitor.inventory.imports.bins import counts_of
from monitor.inventory.imports.corrected import corrected_file
from monitor.inventory.imports.exporting import Format, export
from monitor.inventory.imports.preview import Preview, Reader, preview
from monitor.inventory.imports.target import Target
from monitor.inventory.spreadsheets.columns import Kind
from monitor.inventory.spreadsheets.problems import Decision, Problem
from monitor.inventory.spreadsheets.table import TableRow
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.database import Fence
from monitor.journal.times import iso, today
from monitor.settings import Settings, alarm_classes_file, load_settings
from monitor.sole_use import only_monitor_on
from monitor.web.catalogue_reader import Catalogue
from monitor.web.imports import take_back
from monitor.written_files import insist_on_free, write_file

ACTOR = "command-line"
PROBLEMS = 1
NEWEST = 50
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the file that is to be written.")]
_CLOCK = SystemClock()


class Exported(StrEnum):
    """The kinds of lists that are written; households are told as cameras."""

    AREAS = "areas"
    GROUPS = "groups"
    CAMERAS = "cameras"
    BELLS = "bells"
    PEOPLE = "people"


def import_list(  # noqa: PLR0913, PLR0917  an option of the command each
    file: Annotated[Path | None, typer.Argument(help="A list: .xlsx or .csv.")] = None,
    commit: Annotated[bool, typer.Option("--commit/--dry-run", help="Write it, or only say what would be.")] = False,
    agree: Annotated[bool, typer.Option("--agree", help="Answer every question as it is proposed.")] = False,
    sheet: Annotated[str, typer.Option(help="Which sheet; default the one that fits best.")] = "",
    area: Annotated[str | None, typer.Option(help="Where eyes count that stand in no group.")] = None,
    corrected: Annotated[Path | None, typer.Option(help="Write the list to send back to this .xlsx.")] = None,
    overwrite: Overwrite = False,
    show: Annotated[bool, typer.Option("--list", help="The lists that were taken in, newest first.")] = False,
    undo: Annotated[int | None, typer.Option(help="Take the list of this number back, whole.")] = None,
    config: ConfigFile = None,
) -> None:
    """Take a list of areas, groups, cameras, households, bells or people in; its header says which it is.

    A list may only name what is there already: areas come first, then groups, then what stands in them.

    Exit code 0: in order. 1: problems were found, and nothing was written. 2: it cannot be read, or not be written.
    """
    with told_plainly():
        if [file is not None, show, undo is not None].count(True) != 1:
            raise Refusal("name a list, or say --list, or --undo and a number of --list")
        if corrected is not None:
            insist_on_free(corrected, may_overwrite=overwrite)
        given = _given(file, sheet, area) if file else None
        with _opened(config, is_writing=commit or undo is not None) as monitor:
            if given is None:
                _tell_lists(monitor) if undo is None else _take_back(monitor, undo)
                return
            seen, decisions = _answered(monitor, given, agree)
            if corrected is not None:
                write_file(corrected, corrected_file(seen, decisions, _words), may_overwrite=overwrite)
            _report(seen)
            if commit and seen.run.is_ready:
                _write(monitor, given, seen, decisions)
        if not seen.run.is_ready:
            raise typer.Exit(2 if seen.run.kind is None else PROBLEMS)


def export_list(
    kind: Annotated[Exported, typer.Argument(help="What of the inventory.")],
    file: Annotated[Path, typer.Argument(help="Where to: .xlsx or .csv.")],
    overwrite: Overwrite = False,
    config: ConfigFile = None,
) -> None:
    """Write the inventory as a list. Taken in again, it changes nothing. Numbers to call are not in it."""
    with told_plainly(), opened_store(load_settings(config)) as store:
        if file.suffix.removeprefix(".") not in set(Format):
            raise Refusal(f"{file}: the name must end in .xlsx or .csv")
        form = Format(file.suffix.removeprefix("."))
        insist_on_free(file, may_overwrite=overwrite)
        with store.read() as connection:
            content, count = export(connection, Kind(kind.value), EVERYWHERE, form)
        write_file(file, content, may_overwrite=overwrite)
        with store.transaction() as tx:
            by = Edit(ACTOR, _CLOCK.now(), "export")
            audit(tx, by, ("export", kind.value), "exported", {"form": form.value, "rows": count, "scope": None})
        typer.echo(f"{file}: {count} {kind.value}")


def _given(file: Path, sheet: str, area: str | None) -> Given:
    if file.stat().st_size > FILE_BYTES:
        raise Refusal(f"{file}: a list may have at most {FILE_BYTES} bytes")
    content = file.read_bytes()
    return Given(file.name, hashlib.sha256(content).hexdigest(), content, sheet, area)


@contextmanager
def _opened(config: Path | None, *, is_writing: bool) -> Iterator[Monitor]:
    """All of a monitor but its ears. Whoever only looks may do so beside one that runs."""
    settings = load_settings(config)
    with ExitStack() as closing:
        fence = closing.enter_context(_alone_on(settings)) if is_writing else None
        monitor = Monitor(settings, read_alarm_classes(alarm_classes_file(config)), _CLOCK)
        monitor.store.fence(fence)
        closing.callback(monitor.store.close)
        monitor.store.migrate()
        if is_writing:
            monitor.pipeline.load()
        yield monitor


@contextmanager
def _alone_on(settings: Settings) -> Iterator[Fence | None]:
    """A running monitor would not hear of what is written behind its back."""
    with ExitStack() as held:
        try:
            fence = held.enter_context(only_monitor_on(settings.database_url))
        except StartError:
            host = settings.http_host
            page = f"http://{host}:{settings.http_port}/import"
            raise StartError(
                "a monitor runs on this database and would not hear of what is written behind its back. Take the list "
                f"in, or back, on its page {page} or with /api/v1/imports; or stop the monitor first (or whoever else "
                "is just taking a list in here)"
            ) from None
        yield fence


def _tell_lists(monitor: Monitor) -> None:
    with monitor.read() as connection:
        found, _ = batches.read_history(connection, ACTOR, EVERYWHERE, limit=NEWEST, before_id=None)
    for row in (batch.row for batch in found):
        at = iso(row["undone_at"] or row["committed_at"] or row["created_at"])
        typer.echo("\t".join(str(each or "") for each in (row["id"], row["state"], row["kind"], at, row["file_name"])))


def _take_back(monitor: Monitor, batch_id: int) -> None:
    monitor.commands.change(partial(take_back, batch_id, ACTOR, EVERYWHERE), ACTOR)
    typer.echo(f"taken back: import {batch_id}")


def _answered(monitor: Monitor, given: Given, agree: bool) -> tuple[Preview, tuple[Decision, ...]]:
    seen = _tried(monitor, given, (), "checking")
    decisions = _agreed(seen) if agree else ()
    return _tried(monitor, given, decisions, "checking again") if decisions else seen, decisions


def _tried(monitor: Monitor, given: Given, decisions: Sequence[Decision], label: str) -> Preview:
    """Nothing of it is stored."""

    def watch(rows: Sequence[TableRow]) -> Iterable[TableRow]:
        with typer.progressbar(rows, label=label) as bar:
            yield from bar

    row = {"id": 0, "state": DRAFT, "sheet": given.sheet, "decisions": batches.told(decisions)}
    with monitor.read() as connection:
        reader = Reader(EVERYWHERE, today(_CLOCK.now()), watch)
        return preview(connection, given.content, Batch(row), reader)


def _agreed(seen: Preview) -> tuple[Decision, ...]:
    problems = [*seen.run.problems, *(problem for row in seen.run.rows for problem in row.problems)]
    return tuple(problem.fix for problem in problems if problem.is_open and problem.fix)


def _report(seen: Preview) -> None:
    run, counts = seen.run, counts_of(seen.run)
    for problem in (*run.problems, *(problem for row in run.rows for problem in row.problems)):
        typer.echo(_line(problem))
    if run.kind is None:
        return
    typer.echo(
        f"{run.kind}: {counts['rows']} rows, {counts['valid']} valid, {counts['questions']} to check, "
        f"{counts['errors']} errors, {counts['skipped']} left out"
    )
    typer.echo(f"new {counts['new']}, changed {counts['changed']}, same {counts['same']}")


def _line(problem: Problem) -> str:
    place = f"row {problem.row}" + (f" ({problem.cell})" if problem.cell else "") if problem.row else "the file"
    state = problem.severity if problem.is_open or problem.fix is None else "answered"
    return f"{state:<8}  {place}: {_words(problem.key, problem.values)}"


def _words(key: str, values: Mapping[str, object]) -> str:
    return _catalogue().translate("en", key, values)


@cache
def _catalogue() -> Catalogue:
    return Catalogue()


def _write(monitor: Monitor, given: Given, seen: Preview, decisions: Sequence[Decision]) -> None:
    def work(tx: Connection, now: datetime) -> int:
        batch_id = batches.add_batch(tx, given, ACTOR, EVERYWHERE, now)
        batches.decide(tx, batches.read_batch(tx, batch_id, ACTOR, EVERYWHERE), decisions)
        batch = batches.read_batch(tx, batch_id, ACTOR, EVERYWHERE)
        target = Target(Edit(ACTOR, now, batch.source), EVERYWHERE, today(now), given.area_id)
        ready = Ready(seen.run, counts_of(seen.run), seen.head)
        batches.commit(tx, batch, ready, target)
        return batch_id

    batch_id = monitor.commands.change(work, ACTOR)
    typer.echo(f"written as import {batch_id}")
