"""Lists taken into a real store, the way a person does it: dry run, answers, commit, undo."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from monitor.inventory.edits import Edit, core
from monitor.inventory.imports import batches, undoing
from monitor.inventory.imports.batches import Batch, Given, Ready
from monitor.inventory.imports.bins import counts_of
from monitor.inventory.imports.preview import Preview, Reader, preview
from monitor.inventory.imports.target import Target
from monitor.inventory.spreadsheets.problems import Decision
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal.database import Store

NOW = datetime(2026, 3, 14, 1, tzinfo=UTC)
TODAY = date(2026, 3, 14)
USER = "operator"
# What the store keeps of a list and of every edit is no inventory; neither is what is worked out from it.
NO_INVENTORY = {"import_batch", "import_file", "edit", "device_search"}
TABLES = (
    "areas_versioned.csv",
    "residential_groups.csv",
    "cameras_dinh_van.csv",
    "cameras_high_mast.csv",
    "alarm_bells.csv",
    "people_roles.csv",
)


def bring(store: Store, content: bytes, within: Territory = EVERYWHERE, **more: Any) -> int:
    given = Given("list.csv", hashlib.sha256(content).hexdigest(), content, **more)
    with store.transaction() as tx:
        return batches.add_batch(tx, given, USER, within, NOW)


def look(store: Store, batch_id: int, within: Territory = EVERYWHERE) -> tuple[Batch, Preview]:
    with store.read() as connection:
        batch = batches.read_batch(connection, batch_id, USER, within)
        content = batches.read_content(connection, batch_id)
        return batch, preview(connection, content, batch, Reader(within, TODAY))


def answer(store: Store, batch_id: int, decisions: Iterable[Decision]) -> None:
    batch, _ = look(store, batch_id)
    with store.transaction() as tx:
        batches.decide(tx, batch, tuple(decisions))


def commit(store: Store, batch_id: int, within: Territory = EVERYWHERE) -> Collection[str]:
    batch, seen = look(store, batch_id, within)
    target = Target(Edit(USER, NOW, batch.source), within, TODAY, batch.row["area_id"])
    with store.transaction() as tx:
        return batches.commit(tx, batch, Ready(seen.run, counts_of(seen.run), seen.head), target)


def take_in(store: Store, content: bytes, within: Territory = EVERYWHERE, **more: Any) -> int:
    batch_id = bring(store, content, within, **more)
    commit(store, batch_id, within)
    return batch_id


def take_back(store: Store, batch_id: int, at: datetime = NOW) -> Collection[str]:
    batch, _ = look(store, batch_id)
    with store.transaction() as tx:
        return undoing.undo(tx, batch, Edit(USER, at, f"{batch.source}:undo"))


def dump(store: Store) -> dict[str, list[str]]:
    """Every row of the inventory as text, table by table."""
    found = {}
    with store.read() as connection:
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in NO_INVENTORY:
                rows = connection.execute(select(table)).all()
                found[table.name] = sorted(map(repr, rows))
    return found


def rows_of_table(store: Store, model: type[SQLModel]) -> list[dict[str, Any]]:
    with store.read() as connection:
        return [dict(row) for row in connection.execute(select(core(model))).mappings()]
