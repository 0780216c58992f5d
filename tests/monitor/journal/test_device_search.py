"""Finding devices the way people look for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from monitor.inventory.area_tables import Area, AreaSuccession
from monitor.inventory.areas import area_row
from monitor.inventory.device_index import index_devices, index_missing
from monitor.inventory.edits import core
from monitor.inventory.people_tables import Contact, Custodian
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE, Territory, territory_of
from monitor.journal import device_search
from monitor.journal.database import Store
from monitor.journal.device_search import DeviceFinder, DeviceQuestion, Facet, SortBy
from monitor.journal.tables import DeviceStateRow
from monitor.machines.bell_test import days_overdue

NOW = datetime(2026, 3, 14, 11, tzinfo=UTC)


class Inventory:
    def __init__(self, store: Store) -> None:
        self.store = store

    def add(self, device_id: str, **more: Any) -> None:
        plain = {"device_class": "camera", "name": device_id, "adapter": "native", "address": device_id}
        with self.store.transaction() as tx:
            tx.execute(insert(core(Device)).values(**plain | more, id=device_id, registered_at=NOW))
            index_devices(tx, [device_id])

    def put(self, model: Any, **row: Any) -> None:
        with self.store.transaction() as tx:
            tx.execute(insert(core(model)).values(**row))

    def area(self, area_id: str, level: str, name: str, **more: Any) -> None:
        self.put(Area, **area_row(area_id, level, name, **more))

    def find(self, words: str = "", within: Territory = EVERYWHERE, **more: Any) -> list[str]:
        with self.store.read() as connection:
            return list(DeviceFinder(connection, DeviceQuestion(words, **more), within, NOW).page(0, 100))

    def facets(self, words: str = "", within: Territory = EVERYWHERE, **more: Any) -> dict[Facet, dict[str, int]]:
        with self.store.read() as connection:
            return DeviceFinder(connection, DeviceQuestion(words, **more), within, NOW).facets()[1]

    def territory(self, scope: str) -> Territory:
        with self.store.read() as connection:
            return territory_of(connection, scope)


@pytest.fixture
def inventory(database_url: str) -> Iterator[Inventory]:
    store = Store(database_url)
    store.migrate()
    yield Inventory(store)
    store.close()


def test_it_walks_on_from_where_a_page_ended_whoever_comes_between(inventory: Inventory) -> None:
    for number, name in enumerate(("Trương Định", "Trường Định", "Trường", "Trường A"), start=1):
        inventory.add(f"cam-{number}", name=name)
    question = DeviceQuestion("trường")
    with inventory.store.read() as connection:
        first, place = DeviceFinder(connection, question, EVERYWHERE, NOW).walk(2)
    inventory.add("cam-5", name="Trường")  # stands before what was met
    inventory.add("cam-6", name="Trường Z")
    with inventory.store.read() as connection:
        rest, end = DeviceFinder(connection, question, EVERYWHERE, NOW).walk(10, place)
    assert (first, rest, end) == (["cam-3", "cam-4"], ["cam-2", "cam-6", "cam-1"], None)


def test_it_finds_without_marks_and_without_the_bar_of_d(inventory: Inventory) -> None:
    inventory.add("A", name="Đường Hùng Vương")
    inventory.add("B", name="Ngã ba Lê Lợi")
    assert inventory.find("duong hung vuong") == ["A"]


def test_it_finds_the_towns_of_the_brief(inventory: Inventory) -> None:
    """R3.1: `my phuoc` finds `Mỹ Phước`."""
    inventory.add("A", name="Chợ Mỹ Phước")
    assert inventory.find("my phuoc") == ["A"]


def test_it_puts_what_is_written_so_first(inventory: Inventory) -> None:
    inventory.add("A", name="Ba Đinh")
    inventory.add("B", name="Bà Đình")
    inventory.add("C", name="Bá Định")
    assert inventory.find("bà đình") == ["B", "A", "C"]


@pytest.mark.parametrize("words", ["lê lợi", "lợi", "le loi"])
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_it_gives_by_pages_what_a_walk_gives(inventory: Inventory, words: str, size: int) -> None:
    for number, name in enumerate(
        ("Lê Lợi 2", "Lê Lới", "Lợi Lê", "Le Loi", "Lê Lợi 1", "Lợi Lễ", "Bờ Lê Lợi"), start=1
    ):
        inventory.add(f"cam-{number}", name=name)
    with inventory.store.read() as connection:
        finder = DeviceFinder(connection, DeviceQuestion(words), EVERYWHERE, NOW)
        pages = [each for offset in range(0, 8, size) for each in finder.page(offset, size)]
        assert pages == finder.walk(100)[0]
        assert len(pages) == 7


def test_it_finds_decomposed_words(inventory: Inventory) -> None:
    inventory.add("A", name="Đường Hùng Vương")
    assert inventory.find("Hu\u0300ng") == ["A"]


@pytest.mark.parametrize("words", ["SN-77", "sn-77", "cam-1", "đèo", "ban dieu hanh"])
def test_it_finds_by_id_serial_place_and_keeper(inventory: Inventory, words: str) -> None:
    inventory.put(Custodian, id="K", name="Ban điều hành TDP 1", kind="group_board")
    inventory.add("CAM-1", serial="SN-77", place="Chân đèo", custodian_id="K")
    inventory.add("CAM-2")
    assert inventory.find(words) == ["CAM-1"]


@pytest.mark.parametrize("holder", ["device", "establishment", "custodian"])
def test_it_finds_by_a_whole_telephone_number(inventory: Inventory, holder: str) -> None:
    inventory.add("A", establishment_id="A", custodian_id="A")
    inventory.add("B")
    inventory.put(Contact, id="1", holder=holder, holder_id="A", kind="phone", value="0912345678")
    assert inventory.find("0912 345 678") == inventory.find("+84 912345678") == ["A"]


def test_it_finds_nothing_by_a_part_of_a_number(inventory: Inventory) -> None:
    inventory.add("A")
    inventory.put(Contact, id="1", holder="device", holder_id="A", kind="phone", value="0912345678")
    assert inventory.find("091234567") == inventory.find("912345678") == []


def test_it_finds_devices_of_a_commune_by_its_name(inventory: Inventory) -> None:
    inventory.area("C", "commune", "Thị trấn Đinh Văn")
    inventory.area("G", "residential_group", "Tổ dân phố 1", parent_id="C")
    inventory.add("A", group_id="G")
    inventory.add("B")
    assert inventory.find("dinh van") == ["A"]


def test_it_finds_devices_of_the_new_unit_by_its_old_name(inventory: Inventory) -> None:
    inventory.area("OLD", "commune", "Xã Đạ Đờn", valid_to=date(2025, 6, 30))
    inventory.area("NEW", "commune", "Xã Đinh Văn Lâm Hà", valid_from=date(2025, 7, 1))
    inventory.area("G", "residential_group", "Thôn 1", parent_id="NEW")
    inventory.put(AreaSuccession, old_id="OLD", new_id="NEW", kind="merge", effective_on=date(2025, 7, 1))
    inventory.add("A", group_id="G")
    inventory.add("B")
    assert inventory.find("xa da don") == inventory.find("Đạ Đờn") == ["A"]


def test_it_takes_signs_of_the_database_literally(inventory: Inventory) -> None:
    inventory.add("A", name="100%")
    inventory.add("B", name="1000")
    assert inventory.find("100%") == ["A"]
    assert inventory.find("_") == []


def test_it_sorts_as_people_do(inventory: Inventory) -> None:
    for device_id, name in (("A", "Tổ 10"), ("B", "Tổ 2"), ("C", "Đa Sar"), ("D", "Dran"), ("E", "Ấp 1")):
        inventory.add(device_id, name=name)
    assert inventory.find(sort=SortBy.NAME) == ["E", "D", "C", "B", "A"]
    assert inventory.find(sort=SortBy.NAME, is_descending=True) == ["A", "B", "C", "D", "E"]


def test_it_sorts_ids_by_their_numbers(inventory: Inventory) -> None:
    for device_id in ("CAM-10", "CAM-9", "CAM-100"):
        inventory.add(device_id)
    assert inventory.find(sort=SortBy.ID) == ["CAM-9", "CAM-10", "CAM-100"]


def test_it_filters_by_several_values_of_several_facets(inventory: Inventory) -> None:
    inventory.add("A", funding="household")
    inventory.add("B", funding="community")
    inventory.add("C", device_class="bell", funding="community")
    inventory.add("D", is_high_mast=True)
    assert inventory.find(chosen={Facet.KIND: ("camera",), Facet.FUNDING: ("community",)}) == ["B"]
    assert inventory.find(chosen={Facet.KIND: ("bell", "mast")}) == ["C", "D"]
    assert inventory.find(chosen={Facet.FUNDING: ("", "household")}) == ["A", "D"]


def test_it_counts_each_facet_as_if_nothing_were_chosen_in_it(inventory: Inventory) -> None:
    inventory.add("A", funding="household")
    inventory.add("B", funding="community")
    inventory.add("C", device_class="bell", funding="community")
    counted = inventory.facets(chosen={Facet.KIND: ("camera",)})
    assert counted[Facet.KIND] == {"camera": 2, "bell": 1}
    assert counted[Facet.FUNDING] == {"household": 1, "community": 1}
    assert counted[Facet.STATE] == {"UNKNOWN": 2}


def test_it_shows_retired_devices_only_to_who_asks(inventory: Inventory) -> None:
    inventory.add("A", lifecycle="RETIRED")
    inventory.add("B")
    assert inventory.find() == ["B"]
    assert inventory.find(chosen={Facet.LIFECYCLE: ("RETIRED",)}) == ["A"]
    assert inventory.facets()[Facet.LIFECYCLE] == {"ACTIVE": 1, "RETIRED": 1}


LATE = timedelta(days=33, minutes=2)


def test_it_tells_bells_whose_test_is_overdue(inventory: Inventory) -> None:
    for device_id, tested_at in (("A", NOW - LATE), ("B", NOW - LATE + timedelta(seconds=1))):
        assert bool(days_overdue(tested_at, 30, NOW)) is (device_id == "A")
        inventory.add(device_id, device_class="bell", test_interval_days=30)
        life = {"device_id": device_id, "state": "ONLINE", "since_at": NOW, "last_test_at": tested_at}
        inventory.put(DeviceStateRow, **life)
    inventory.add("C")
    assert inventory.find(chosen={Facet.TEST: ("overdue",)}) == ["A"]
    assert inventory.facets()[Facet.TEST] == {"overdue": 1, "on_time": 1}
    assert inventory.find(chosen={Facet.TEST: ("on_time",)}) == ["B"]


def test_it_stays_within_a_territory(inventory: Inventory) -> None:
    inventory.area("C", "commune", "Xã A")
    inventory.area("G", "residential_group", "Thôn 1", parent_id="C")
    inventory.add("A", group_id="G")
    inventory.add("B", area_id="C")
    inventory.add("X", group_id="ELSEWHERE", area_id="C")
    inventory.add("Y")
    inside = inventory.territory("C")
    assert inventory.find(within=inside) == ["A", "B"]
    assert sum(inventory.facets(within=inside)[Facet.KIND].values()) == 2


def test_it_finds_no_number_of_elsewhere(inventory: Inventory) -> None:
    inventory.area("C", "commune", "Xã A")
    inventory.add("A", group_id="ELSEWHERE")
    inventory.put(Contact, id="1", holder="device", holder_id="A", kind="phone", value="0912345678")
    assert inventory.find("0912345678", within=inventory.territory("C")) == []


def test_it_finds_what_came_before_the_index(inventory: Inventory) -> None:
    row = {"device_class": "camera", "name": "Chợ", "adapter": "native", "address": "A"}
    inventory.put(Device, id="A", registered_at=NOW, **row)
    with inventory.store.transaction() as tx:
        assert index_missing(tx) == 1
        assert index_missing(tx) == 0
    assert inventory.find("cho") == ["A"]


def test_it_follows_a_change(inventory: Inventory) -> None:
    inventory.add("A", name="Chợ")
    with inventory.store.transaction() as tx:
        tx.execute(update(core(Device)).values(name="Trường học"))
        index_devices(tx, ["A"])
    assert inventory.find("cho") == []
    assert inventory.find("truong hoc") == ["A"]


@pytest.fixture
def fleet(inventory: Inventory, monkeypatch: pytest.MonkeyPatch) -> Inventory:
    """Counted as a large one is: three ONLINE, one of them retired, and one OFFLINE."""
    monkeypatch.setattr(device_search, "_MANY_DEVICES", 0)
    for device_id, kind, state, more in (
        ("A", "camera", "ONLINE", {}),
        ("B", "camera", "OFFLINE", {}),
        ("C", "bell", "ONLINE", {}),
        ("D", "camera", "ONLINE", {"lifecycle": "RETIRED"}),
    ):
        inventory.add(device_id, device_class=kind, **more)
        inventory.put(DeviceStateRow, device_id=device_id, state=state, since_at=NOW)
    return inventory


@pytest.mark.parametrize(
    ("states", "kinds"),
    [
        ((), {"camera": 2, "bell": 1}),
        (("ONLINE",), {"camera": 1, "bell": 1}),
        (("OFFLINE",), {"camera": 1}),
        (("ONLINE", "OFFLINE"), {"camera": 2, "bell": 1}),
    ],
)
def test_it_counts_a_large_fleet_as_it_counts_a_small_one(
    fleet: Inventory, states: tuple[str, ...], kinds: dict[str, int]
) -> None:
    facets = fleet.facets(chosen={Facet.STATE: states})
    assert (facets[Facet.STATE], facets[Facet.KIND]) == ({"ONLINE": 2, "OFFLINE": 1}, kinds)


def test_it_counts_a_device_of_a_large_fleet_that_has_no_state_yet(fleet: Inventory) -> None:
    fleet.add("E")
    assert fleet.facets()[Facet.STATE] == {"ONLINE": 2, "OFFLINE": 1, "UNKNOWN": 1}
