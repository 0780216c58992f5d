"""A settled list becomes rows of the inventory, all of them or none."""

from __future__ import annotations

from monitor.inventory.counts import InventoryCounts, inventory_counts
from monitor.inventory.spreadsheets.dry_run import Change
from monitor.journal.database import Store
from tests.monitor.inventory.commune import table
from tests.monitor.inventory.imports.lists import bring, dump, look, take_in

TABLES = (
    "areas_versioned.csv",
    "residential_groups.csv",
    "cameras_dinh_van.csv",
    "cameras_high_mast.csv",
    "alarm_bells.csv",
    "people_roles.csv",
)


def counts(store: Store) -> InventoryCounts:
    with store.read() as connection:
        return inventory_counts(connection)


def test_it_counts_the_whole_commune(store: Store) -> None:
    for name in TABLES:
        take_in(store, table(name))
    assert counts(store) == InventoryCounts(21, 118, 57, 8, 16, 21)


def test_it_changes_nothing_when_everything_is_given_again(store: Store) -> None:
    for name in TABLES:
        take_in(store, table(name))
    before = dump(store)
    for name in TABLES:
        batch_id = bring(store, table(name))
        changes = {row.change for row in look(store, batch_id)[1].run.rows}
        assert changes == {Change.SAME}, name
    for name in TABLES:
        take_in(store, table(name))
    assert dump(store) == before
