"""A settled list becomes rows of the inventory, all of them or none."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from monitor.inventory.area_tables import DevicePast
from monitor.inventory.counts import InventoryCounts, inventory_counts
from monitor.inventory.edits import core
from monitor.inventory.people_tables import Custodian
from monitor.inventory.place_tables import Site
from monitor.inventory.spreadsheets.dry_run import Change, Status
from monitor.inventory.spreadsheets.problems import Code
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.database import Store
from tests.monitor.inventory.commune import table
from tests.monitor.inventory.imports.lists import TABLES, answer, bring, commit, dump, look, rows_of_table, take_in
from tests.monitor.inventory.spreadsheets.test_thirty_rows import DECIDED, FILES


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


def test_it_keeps_boards_apart_whose_groups_are_called_alike(store: Store) -> None:
    take_in(store, table("areas_versioned.csv"))
    take_in(store, "group_id,name,area_id\nA-01,Tổ dân phố 1,24871@2025\nB-01,Tổ dân phố 1,24868@2025\n".encode())
    board = "Ban điều hành Tổ dân phố 1"
    take_in(store, f"device_id,group_id,location,custodian\nX,A-01,Chợ,{board}\nY,B-01,Chợ,{board}\n".encode())
    boards = {row["group_id"]: row["id"] for row in rows_of_table(store, Custodian)}
    keepers = {row["group_id"]: row["custodian_id"] for row in rows_of_table(store, Device)}
    assert boards.keys() == {"A-01", "B-01"}
    assert keepers == boards


def test_it_moves_a_device_from_today_on(commune: Store) -> None:
    take_in(commune, b"device_id,group_id,location\nCAM-DV-0001,DV-02,\n")
    (past,) = rows_of_table(commune, DevicePast)
    assert (past["device_id"], past["group_id"], past["valid_to"]) == ("CAM-DV-0001", "DV-01", date(2026, 3, 13))


def test_it_leaves_what_an_empty_cell_says_nothing_of(commune: Store) -> None:
    before = dump(commune)
    take_in(commune, b"device_id,group_id,location,retention_days,power_feeder\nCAM-DV-0001,DV-01,,,\n")
    assert dump(commune) == before


def test_it_activates_whoever_consents_at_last(commune: Store) -> None:
    batch_id = bring(commune, FILES["csv"])
    answer(commune, batch_id, DECIDED)
    commit(commune, batch_id)
    (waiting,) = (row["id"] for row in rows_of_table(commune, Device) if row["lifecycle"] == "PLANNED")
    take_in(commune, f"device_id,group_id,location,consent\n{waiting},DV-01,,Có\n".encode())
    (eye,) = (row for row in rows_of_table(commune, Device) if row["id"] == waiting)
    assert (eye["lifecycle"], eye["consent"]) == ("ACTIVE", "given")


@pytest.mark.parametrize("device_id", ["a/b", "#", "..", "có dấu", "+"])
def test_it_takes_no_id_that_a_topic_could_not_hold(commune: Store, device_id: str) -> None:
    batch_id = bring(commune, f"device_id,group_id,location\n{device_id},DV-01,Ngã ba\n".encode())
    assert [each.key for row in look(commune, batch_id)[1].run.rows for each in row.problems] == [Code.ID_INVALID]


def test_it_carries_a_groups_new_name_to_its_devices(store: Store) -> None:
    take_in(store, table("areas_versioned.csv"))
    take_in(store, b"group_id,name,area_id\nA-01,To 1,24871@2025\n")
    take_in(store, b"device_id,group_id,location\nX,A-01,Cho\n")
    take_in(store, b"group_id,name,area_id\nA-01,To 2,24871@2025\n")
    assert [row["group_name"] for row in rows_of_table(store, Device)] == ["To 2"]


def test_it_takes_a_site_that_stands_nowhere_for_somebody_elses(store: Store) -> None:
    for name in ("areas_versioned.csv", "residential_groups.csv"):
        take_in(store, table(name))
    take_in(store, table("cameras_high_mast.csv"))
    within = Territory("DV-01", frozenset({"DV-01"}))
    mast = rows_of_table(store, Device)[0]
    listed = f"device_id,group_id,location,site_id\nNEW-1,DV-01,Cho,{mast['site_id']}\n".encode()
    with store.read() as connection:
        sites = {row["id"]: row["group_id"] for row in connection.execute(select(core(Site))).mappings()}
    assert sites[mast["site_id"]] is None
    batch_id = bring(store, listed, within)
    assert look(store, batch_id, within)[1].run.rows[0].status is Status.ERROR
