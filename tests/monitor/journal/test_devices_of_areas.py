"""Devices by area: a group, or anything above it; and the states of devices that came with a table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.inventory.area_tables import Area
from monitor.inventory.areas import move_area
from monitor.inventory.device_index import index_missing
from monitor.inventory.edits import put
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.database import Store
from monitor.journal.device_search import DeviceFinder, DeviceQuestion, Facet
from monitor.journal.device_states import create_missing_states, stored_states
from tests.monitor.inventory.commune import BY, CUT, NEW_COMMUNE, OLD_COMMUNE, OLD_DISTRICT, load_commune


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    store.migrate()
    load_commune(store)
    with store.transaction() as tx:
        index_missing(tx)
    yield store
    store.close()


def count(store: Store, area: str) -> int:
    question = DeviceQuestion(chosen={Facet.KIND: ("camera", "mast"), Facet.AREA: (area,)})
    with store.read() as connection:
        return DeviceFinder(connection, question, EVERYWHERE, BY.at).count()


@pytest.mark.parametrize(
    ("area", "eyes"), [("DV-01", 9), (NEW_COMMUNE, 118), ("VN", 126), (OLD_COMMUNE, 0), (OLD_DISTRICT, 8), ("mars", 0)]
)
def test_it_finds_devices_of_a_group_and_of_all_above(store: Store, area: str, eyes: int) -> None:
    assert count(store, area) == eyes


def test_it_finds_them_where_their_group_was_moved(store: Store) -> None:
    with store.transaction() as tx:
        put(tx, Area, {"id": "c", "level": "commune", "name": "Xã C", "parent_id": "68@2025"}, BY)
        move_area(tx, "DV-01", "c", CUT.replace(year=2026), BY)
    assert (count(store, NEW_COMMUNE), count(store, "c")) == (109, 9)


def test_it_gives_every_device_of_a_table_a_state_once(store: Store) -> None:
    with store.transaction() as tx:
        assert create_missing_states(tx, BY.at) == 147
        assert create_missing_states(tx, BY.at) == 0
        assert stored_states(tx)["CAM-DV-0001"] == ("CAM-DV-0001", "UNKNOWN", BY.at, None, None)
