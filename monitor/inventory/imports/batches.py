"""Lists as they come in, wait for answers, are written and taken back: the rows of ``import_tables``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, true, update

from monitor.errors import Refusal, UnknownRecord, VersionConflict
from monitor.inventory.edits import Edit, core
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.import_tables import ImportBatch, ImportFile
from monitor.inventory.imports.target import Target
from monitor.inventory.imports.writing import write
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.dry_run import DryRun
from monitor.inventory.spreadsheets.problems import Choice, Decision
from monitor.inventory.territory import Territory

DRAFT, COMMITTED, UNDONE = "draft", "committed", "undone"
UNDO_DAYS = 30
DRAFT_DAYS = 7
MOST_DRAFTS = 5
FILE_BYTES = 5_000_000
ANSWERS_BYTES = 5_000_000  # one for every cell of a long list
_BATCH, _FILE, _EDIT = core(ImportBatch), core(ImportFile), core(EditRow)
# What people do without changing a row stands in the same journal.
ROW_CHANGES = ("added", "changed", "removed")


@dataclass(frozen=True, slots=True)
class Given:
    """A list somebody brings. ``area_id``: where eyes count that stand in no group and name no area."""

    file_name: str
    sha256: str
    content: bytes
    sheet: str = ""
    area_id: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A row of ``ImportBatch``, with its decisions and counts read."""

    row: Mapping[str, Any]

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(_decision(each) for each in orjson.loads(self.row["decisions"]))

    @property
    def source(self) -> str:
        """Under which its edits stand in the journal."""
        return source_of(self.id)

    def may_undo(self, now: datetime) -> bool:
        committed_at: datetime | None = self.row["committed_at"]
        return self.row["state"] == COMMITTED and committed_at is not None and now < committed_at + _UNDONE_WITHIN


_UNDONE_WITHIN = timedelta(days=UNDO_DAYS)


def source_of(batch_id: int) -> str:
    return f"import:{batch_id}"


def add_batch(tx: Connection, given: Given, user: str, within: Territory, now: datetime) -> int:
    """A new draft; the oldest of the user's go, and with them files that are of no more use."""
    if len(given.content) > FILE_BYTES:
        raise Refusal(f"a list may have at most {FILE_BYTES} bytes")
    within_area = given.area_id is None or within.holds(None, given.area_id)
    if not within_area:
        raise UnknownRecord(f"there is no area {given.area_id}")
    _clear(tx, user, now)
    row = {
        "user_name": user,
        "scope": within.scope,
        "area_id": given.area_id,
        "created_at": now,
        "file_name": given.file_name,
        "sha256": given.sha256,
        "sheet": given.sheet,
        "state": DRAFT,
        "decisions": "[]",
        "counts": "{}",
    }
    batch_id: int = tx.execute(insert(_BATCH).values(row).returning(_BATCH.c.id)).scalar_one()
    tx.execute(insert(_FILE).values(batch_id=batch_id, content=given.content))
    return batch_id


def read_batch(connection: Connection, batch_id: int, user: str, within: Territory) -> Batch:
    """Raises ``UnknownRecord``, also for the list of somebody else's territory."""
    query = select(_BATCH).where(_BATCH.c.id == batch_id, _visible(user, within))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no import {batch_id}")
    return Batch(dict(row))


def read_content(connection: Connection, batch_id: int) -> bytes:
    """Raises ``UnknownRecord`` where it was kept long enough."""
    content: bytes | None = connection.execute(select(_FILE.c.content).where(_FILE.c.batch_id == batch_id)).scalar()
    if content is None:
        raise UnknownRecord(f"the file of import {batch_id} is no longer kept")
    return content


def read_history(
    connection: Connection, user: str, within: Territory, *, limit: int, before_id: int | None
) -> tuple[list[Batch], int | None]:
    """Newest first, and the id to go on before."""
    query = select(_BATCH).where(_visible(user, within)).order_by(_BATCH.c.id.desc()).limit(limit + 1)
    if before_id is not None:
        query = query.where(_BATCH.c.id < before_id)
    rows = [Batch(dict(row)) for row in connection.execute(query).mappings()]
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def decide(tx: Connection, batch: Batch, decisions: Sequence[Decision]) -> None:
    """Instead of those given before. Raises ``Refusal`` where the list is written already, or they are too many."""
    _insist_on_draft(batch)
    if len(answers := told(decisions)) > ANSWERS_BYTES:
        raise Refusal("too many answers for one list: put the file right instead, or bring it in parts")
    is_it = (_BATCH.c.id == batch.id) & (_BATCH.c.state == DRAFT)
    tx.execute(update(_BATCH).where(is_it).values(decisions=answers))


def told(decisions: Sequence[Decision]) -> str:
    """As ``ImportBatch.decisions`` holds them."""
    return orjson.dumps([_told(each) for each in decisions]).decode()


@dataclass(frozen=True, slots=True)
class Ready:
    """A settled dry run; ``head``: the newest row of the journal when it was made."""

    run: DryRun
    counts: Mapping[str, int]
    head: int


def commit(tx: Connection, batch: Batch, ready: Ready, target: Target) -> Collection[str]:
    """All of it or nothing; returns the devices it touched.

    Raises ``VersionConflict`` where the inventory changed since the dry run, ``Refusal`` where the list is not ready.
    """
    now = Batch(dict(tx.execute(select(_BATCH).where(_BATCH.c.id == batch.id)).mappings().one()))
    _insist_on_draft(now)
    if now.row["decisions"] != batch.row["decisions"] or has_changed(tx, ready.head):
        raise VersionConflict("the inventory changed since the dry run")
    touched = write(tx, ready.run, target)
    kind = ready.run.kind
    done = {
        "state": COMMITTED,
        "kind": str(kind) if kind else None,
        "counts": orjson.dumps(dict(ready.counts)).decode(),
        "committed_at": target.by.at,
    }
    tx.execute(update(_BATCH).where(_BATCH.c.id == batch.id).values(**done))
    return touched


def mark_undone(tx: Connection, batch: Batch, by: Edit) -> None:
    done = {"state": UNDONE, "undone_at": by.at, "undone_by": by.actor}
    tx.execute(update(_BATCH).where(_BATCH.c.id == batch.id).values(**done))


def has_changed(connection: Connection, head: int) -> bool:
    """Whether any row of the inventory changed since the journal ended with ``head``."""
    later = select(_EDIT.c.id).where(_EDIT.c.id > head, _EDIT.c.change.in_(ROW_CHANGES)).limit(1)
    return connection.execute(later).first() is not None


def _insist_on_draft(batch: Batch) -> None:
    if batch.row["state"] != DRAFT:
        raise Refusal(f"import {batch.id} is {batch.row['state']} already")


def _visible(user: str, within: Territory) -> ColumnElement[bool]:
    if within.is_everywhere:
        return true()
    # A list that was brought while the account had another territory shows what is there.
    inside = _BATCH.c.scope.in_(within.areas)
    return or_(inside, (_BATCH.c.user_name == user) & (_BATCH.c.scope == within.scope))


def _clear(tx: Connection, user: str, now: datetime) -> None:
    mine = select(_BATCH.c.id).where(_BATCH.c.user_name == user, _BATCH.c.state == DRAFT).order_by(_BATCH.c.id.desc())
    old = list(tx.execute(mine.offset(MOST_DRAFTS - 1)).scalars())
    stale = _BATCH.c.created_at < now - timedelta(days=DRAFT_DAYS)
    tx.execute(delete(_BATCH).where(_BATCH.c.state == DRAFT, or_(_BATCH.c.id.in_(old), stale)))
    kept = select(_BATCH.c.id).where(or_(_BATCH.c.state == DRAFT, _BATCH.c.committed_at > now - _UNDONE_WITHIN))
    tx.execute(delete(_FILE).where(_FILE.c.batch_id.not_in(kept)))


def _told(decision: Decision) -> dict[str, Any]:
    column = str(decision.column) if decision.column else None
    return {"row": decision.row, "column": column, "choice": str(decision.choice), "value": decision.value}


def _decision(told: Mapping[str, Any]) -> Decision:
    column = Column(told["column"]) if told["column"] else None
    return Decision(told["row"], column, Choice(told["choice"]), told["value"])
