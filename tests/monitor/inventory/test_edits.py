"""Every change of the inventory leaves what was there before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select

from monitor.inventory.edits import Edit, core, put, put_all, remove_all
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.place_tables import Site
from monitor.journal.database import Store

BY = Edit("operator", datetime(2026, 3, 14, 11, tzinfo=UTC), "form")
SITE = {"id": "S-1", "name": "Chợ số 1", "location_kind": "market"}


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    store = Store(database_url)
    store.migrate()
    with store.transaction() as tx:
        yield tx
    store.close()


def edits(tx: Connection) -> list[Any]:
    return list(tx.execute(select(core(EditRow)).order_by(core(EditRow).c.id)))


def test_it_says_who_added_what_and_when(tx: Connection) -> None:
    assert put(tx, Site, SITE, BY).added == ("S-1",)
    edit = edits(tx)[0]
    assert (edit.actor, edit.at, edit.source, edit.change) == ("operator", BY.at, "form", "added")
    assert (edit.entity, edit.entity_id, edit.before, json.loads(edit.after)) == ("site", "S-1", None, SITE)


def test_it_keeps_the_old_value_beside_the_new_one(tx: Connection) -> None:
    put(tx, Site, SITE, BY)
    assert put(tx, Site, SITE | {"name": "Chợ số 2"}, BY).changed == ("S-1",)
    edit = edits(tx)[1]
    assert (json.loads(edit.before), json.loads(edit.after)) == ({"name": "Chợ số 1"}, {"name": "Chợ số 2"})


def test_it_writes_nothing_when_nothing_changes(tx: Connection) -> None:
    put(tx, Site, SITE, BY)
    assert put(tx, Site, SITE, BY).same == 1
    assert len(edits(tx)) == 1


def test_it_leaves_what_it_was_not_given(tx: Connection) -> None:
    put(tx, Site, SITE | {"latitude": 11.5}, BY)
    put(tx, Site, SITE, BY)
    assert tx.execute(select(core(Site).c.latitude)).scalar_one() == 11.5


def test_it_only_fills_what_is_empty_in_a_column_to_keep(tx: Connection) -> None:
    put(tx, Site, SITE, BY)
    put_all(tx, Site, [SITE | {"name": "Chợ số 2", "group_id": "DV-01"}], BY, keep={"name", "group_id"})
    assert tx.execute(select(core(Site).c.name, core(Site).c.group_id)).one() == ("Chợ số 1", "DV-01")


def test_it_takes_rows_with_different_columns_together(tx: Connection) -> None:
    put_all(tx, Site, [SITE, SITE | {"id": "S-2", "latitude": 11.5}], BY)
    assert tx.execute(select(core(Site).c.latitude).order_by(core(Site).c.id)).scalars().all() == [None, 11.5]


def test_it_keeps_the_last_words_of_what_is_removed(tx: Connection) -> None:
    put(tx, Site, SITE, BY)
    assert remove_all(tx, Site, [("S-1",), ("S-2",)], BY) == 1
    edit = edits(tx)[1]
    assert (edit.change, edit.after, json.loads(edit.before)["name"]) == ("removed", None, "Chợ số 1")


def test_it_finds_more_rows_than_fit_into_one_question(tx: Connection) -> None:
    rows = [SITE | {"id": f"S-{number}"} for number in range(450)]
    put_all(tx, Site, rows, BY)
    assert put_all(tx, Site, rows, BY).same == 450
