"""The head of a group sends thirty faulty rows: answered, written, and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monitor.errors import Refusal, VersionConflict
from monitor.inventory.edits import Edit, put
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.imports import batches
from monitor.inventory.imports.batches import Ready
from monitor.inventory.imports.target import Target
from monitor.inventory.imports.undoing import CannotUndo
from monitor.inventory.people_tables import Contact, Custodian
from monitor.inventory.place_tables import Site
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.database import Store
from tests.monitor.inventory.imports.lists import (
    NOW,
    TODAY,
    answer,
    bring,
    commit,
    dump,
    look,
    rows_of_table,
    take_back,
    take_in,
)
from tests.monitor.inventory.spreadsheets.test_thirty_rows import DECIDED, FILES

STORES = ("sqlite",)  # PostgreSQL is asked the same by the shorter tests beside


@pytest.fixture(params=FILES)
def content(request: pytest.FixtureRequest) -> bytes:
    return FILES[request.param]


def take_thirty(store: Store, content: bytes) -> int:
    batch_id = bring(store, content)
    answer(store, batch_id, DECIDED)
    commit(store, batch_id)
    return batch_id


def eyes(store: Store) -> list[dict[str, Any]]:
    return [row for row in rows_of_table(store, Device) if row["device_class"] == "camera"]


def test_it_adds_32_eyes_group_9_to_41_commune_118_to_150(commune: Store, content: bytes) -> None:
    assert (len(eyes(commune)), sum(row["group_id"] == "DV-01" for row in eyes(commune))) == (118, 9)
    take_thirty(commune, content)
    assert (len(eyes(commune)), sum(row["group_id"] == "DV-01" for row in eyes(commune))) == (150, 41)


def test_it_waits_with_whoever_did_not_consent(commune: Store) -> None:
    take_thirty(commune, FILES["csv"])
    assert [row["place"] for row in eyes(commune) if row["lifecycle"] == "PLANNED"] == ["Ngã ba đường số 4"]


def test_it_numbers_eyes_on_and_hangs_a_households_eyes_at_one_site(commune: Store) -> None:
    take_thirty(commune, FILES["csv"])
    four = [row for row in eyes(commune) if row["id"] >= "CAM-DV-0146" and row["id"] <= "CAM-DV-0149"]
    assert [row["eye_no"] for row in four] == [1, 2, 3, 4]
    assert {row["site_id"] for row in four} == {"SITE-CAM-DV-0146"}
    assert {row["address"] for row in four} == {row["id"] for row in four}
    site = next(row for row in rows_of_table(commune, Site) if row["id"] == "SITE-CAM-DV-0146")
    assert (site["name"], site["location_kind"], site["group_id"]) == ("Ngã ba đường số 2", "t_junction", "DV-01")


def test_it_knows_the_household_as_keeper_with_its_number(commune: Store) -> None:
    take_thirty(commune, FILES["csv"])
    keepers = {row["id"]: row["name"] for row in rows_of_table(commune, Custodian) if row["kind"] == "household"}
    assert len(keepers) == 28
    numbers = {row["holder_id"]: row["value"] for row in rows_of_table(commune, Contact)}
    assert numbers.keys() == keepers.keys()
    assert numbers[next(key for key, name in keepers.items() if name == "Hộ minh họa 05")] == "0701234567"


def test_it_knows_the_households_when_the_list_comes_again(commune: Store) -> None:
    take_thirty(commune, FILES["csv"])
    run = look(commune, bring(commune, FILES["csv"]))[1].run
    assert run.counts.valid == 0


def test_it_journals_every_row_under_the_import(commune: Store) -> None:
    batch_id = take_thirty(commune, FILES["csv"])
    edits = [row for row in rows_of_table(commune, EditRow) if row["source"] == f"import:{batch_id}"]
    assert sum(row["entity"] == "device" and row["change"] == "added" for row in edits) == 32


def test_it_gives_back_byte_equal_rows(commune: Store, content: bytes) -> None:
    before = dump(commune)
    batch_id = take_thirty(commune, content)
    assert dump(commune) != before
    assert len(take_back(commune, batch_id)) == 32
    assert dump(commune) == before


def test_it_gives_back_what_it_had_changed(commune: Store) -> None:
    before = dump(commune)
    content = (
        "device_id,group_id,location_note,custodian,lat,lon,retention_days\n"
        "CAM-DV-0001,DV-02,Chợ mới,Công an xã,11.7721,108.2204,60\n"
    ).encode()
    batch_id = take_in(commune, content)
    eye = next(row for row in eyes(commune) if row["id"] == "CAM-DV-0001")
    assert (eye["group_id"], eye["place"], eye["retention_days"]) == ("DV-02", "Chợ mới", 60)
    take_back(commune, batch_id)
    assert dump(commune) == before


def test_it_takes_nothing_back_that_somebody_changed_since(commune: Store) -> None:
    batch_id = take_thirty(commune, FILES["csv"])
    with commune.transaction() as tx:
        put(tx, Device, {"id": "CAM-DV-0120", "power_feeder": "LT-3"}, Edit("clerk", NOW, "form"))
    before = dump(commune)
    with pytest.raises(CannotUndo) as refused:
        take_back(commune, batch_id)
    assert [(each.entity, each.entity_id, each.by) for each in refused.value.obstacles] == [
        ("device", "CAM-DV-0120", "clerk")
    ]
    assert dump(commune) == before


def test_it_takes_nothing_back_that_something_newer_stands_on(commune: Store) -> None:
    batch_id = take_in(commune, "group_id,name,area_id\nDV-99,Tổ dân phố Mới,24871@2025\n".encode())
    take_in(commune, "device_id,group_id,location_note\nCAM-X,DV-99,Ngã ba\n".encode())
    with pytest.raises(CannotUndo, match="device CAM-X"):
        take_back(commune, batch_id)


def test_it_takes_nothing_back_after_thirty_days(commune: Store) -> None:
    batch_id = take_thirty(commune, FILES["csv"])
    with pytest.raises(Refusal, match="older than 30 days"):
        take_back(commune, batch_id, NOW + timedelta(days=30))


def test_it_writes_nothing_that_is_still_open(commune: Store) -> None:
    before = dump(commune)
    with pytest.raises(Refusal, match="to be decided"):
        commit(commune, bring(commune, FILES["csv"]))
    assert dump(commune) == before


def test_it_writes_nothing_over_an_inventory_that_changed(commune: Store) -> None:
    batch_id = bring(commune, FILES["csv"])
    answer(commune, batch_id, DECIDED)
    batch, seen = look(commune, batch_id)
    with commune.transaction() as tx:
        put(tx, Device, {"id": "CAM-DV-0001", "power_feeder": "LT-3"}, Edit("clerk", NOW, "form"))
    with pytest.raises(VersionConflict), commune.transaction() as tx:
        batches.commit(tx, batch, Ready(seen.run, {}, seen.head), Target(Edit("o", NOW, "x"), EVERYWHERE, TODAY))


def test_it_writes_nothing_of_1202_rows_when_row_600_is_bad(commune: Store) -> None:
    lines = ["device_id,group_id,location_note"]
    lines += [f"CAM-B-{number:04},DV-{number % 21 + 1:02},Ngã ba số {number}" for number in range(1, 1203)]
    lines[600] = "CAM-B-0600,DV-77,Ngã ba số 600"
    before, batch_id = dump(commune), bring(commune, "\n".join(lines).encode())
    counts = look(commune, batch_id)[1].run.counts
    assert (counts.valid, counts.errors) == (1201, 1)
    with pytest.raises(Refusal):
        commit(commune, batch_id)
    assert dump(commune) == before


def test_it_writes_nothing_of_1202_rows_when_the_store_refuses_row_600(commune: Store) -> None:
    """A rule that no dry run can see: the address of row 600 is another device's."""
    with commune.transaction() as tx:
        taken = {"id": "BELL-X", "device_class": "bell", "name": "Chuông", "adapter": "native"}
        put(tx, Device, taken | {"address": "CAM-B-0600", "registered_at": NOW}, Edit("clerk", NOW, "form"))
    lines = ["device_id,group_id,location_note"]
    lines += [f"CAM-B-{number:04},DV-{number % 21 + 1:02},Ngã ba số {number}" for number in range(1, 1203)]
    before, batch_id = dump(commune), bring(commune, "\n".join(lines).encode())
    with pytest.raises(Refusal, match="CAM-B-0600"):
        commit(commune, batch_id)
    assert dump(commune) == before
    assert f"import:{batch_id}" not in {row["source"] for row in rows_of_table(commune, EditRow)}
