"""The dry run of a stored list, with the version that a commit names. Slow: not for the writer thread."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from monitor.errors import OutsideTerritory
from monitor.inventory.audit import head
from monitor.inventory.imports.apart import read_apart
from monitor.inventory.imports.batches import COMMITTED, Batch
from monitor.inventory.imports.fetching import fetch_known
from monitor.inventory.spreadsheets.cells import Unreadable
from monitor.inventory.spreadsheets.columns import Kind
from monitor.inventory.spreadsheets.dry_run import DryRun, RowReport, Watch, check_list
from monitor.inventory.spreadsheets.known import NOTHING_KNOWN, Known
from monitor.inventory.spreadsheets.listing import Listing, choose_list
from monitor.inventory.spreadsheets.places import unreadable
from monitor.inventory.territory import Territory


@dataclass(frozen=True, slots=True)
class Preview:
    """``version``: of everything a person sees and decides by. ``head``: the journal's newest row when it was made.

    ``listing`` is None where the file cannot be read.
    """

    listing: Listing | None
    run: DryRun
    known: Known
    version: str
    head: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, and when. ``watch``: sees the rows go by, to show how far."""

    within: Territory
    today: date
    watch: Watch = iter


def preview(connection: Connection, content: bytes, batch: Batch, reader: Reader) -> Preview:
    """``connection`` sees one moment of the store. Raises ``OutsideTerritory`` for a list of areas that is not
    the reader's to write."""
    newest = head(connection).id
    try:
        listing = choose_list(read_apart(content), batch.row["sheet"])
    except Unreadable as reason:
        run = DryRun(problems=(unreadable(reason.why),))
        return Preview(None, run, NOTHING_KNOWN, version_of(run), newest)
    _insist_on_right(listing, reader.within)
    known = fetch_known(connection, listing, reader.within, reader.today)
    if batch.row["state"] == COMMITTED:
        # What it wrote is no news to say about it.
        known = replace(known, rows={}, eyes=())
    run = check_list(listing, known, batch.decisions, reader.watch)
    return Preview(listing, run, known, version_of(run), newest)


def _insist_on_right(listing: Listing, within: Territory) -> None:
    if listing.kind is Kind.AREAS and not within.is_everywhere:
        raise OutsideTerritory("a list of areas needs an account that is bound to no area")


def version_of(run: DryRun) -> str:
    digest = hashlib.sha256()
    for part in _parts(run):
        digest.update(repr(part).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]


def _parts(run: DryRun) -> Iterator[object]:
    yield run.kind, run.sheet, [(each.key, each.is_settled) for each in run.problems]
    for row in run.rows:
        yield _seen(row)


def _seen(row: RowReport) -> tuple[object, ...]:
    problems = [(each.key, each.column, each.proposal, each.is_settled) for each in row.problems]
    return row.row, row.key, row.status, row.change, row.cell_changes, row.drafts, problems
