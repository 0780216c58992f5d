"""A commune's tables become an inventory, and stay what they are when given again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from monitor.errors import Refusal
from monitor.inventory import seeding
from monitor.inventory.counts import InventoryCounts, inventory_counts
from monitor.inventory.edits import core, put
from monitor.inventory.fact_tables import DeclaredFact, EditRow
from monitor.inventory.people import assign_role, eyes_without_custodian, groups_of_officer, keeping_of, roles_of
from monitor.inventory.people_tables import Custodian
from monitor.inventory.place_tables import Establishment
from monitor.inventory.tables import Device
from monitor.journal.database import Store
from tests.monitor.inventory.commune import BY, load, load_commune, load_groups_and_eyes, table

STORES = ("sqlite",)  # PostgreSQL is asked the same by the shorter tests beside

TODAY = date(2026, 3, 14)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    store.migrate()
    yield store
    store.close()


def counts(store: Store) -> InventoryCounts:
    with store.read() as connection:
        return inventory_counts(connection)


def device(store: Store, device_id: str) -> Any:
    with store.read() as connection:
        return connection.execute(select(core(Device)).where(core(Device).c.id == device_id)).one()


def count(store: Store, model: Any) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(core(model))).scalar_one()


def test_r4_1_it_counts_21_groups_118_eyes_57_sites(store: Store) -> None:
    load_groups_and_eyes(store)
    found = counts(store)
    assert (found.groups, found.eyes, found.sites) == (21, 118, 57)


def test_r4_7_it_counts_16_establishments_21_buttons_8_high_mast_eyes(store: Store) -> None:
    load_commune(store)
    assert counts(store) == InventoryCounts(21, 118, 57, 8, 16, 21)


def test_r4_1_it_changes_nothing_when_everything_is_loaded_again(store: Store) -> None:
    load_commune(store)
    before = counts(store), count(store, EditRow)
    load_commune(store)
    assert (counts(store), count(store, EditRow)) == before


def test_it_takes_a_row_as_one_eye_on_our_own_contract(store: Store) -> None:
    load_groups_and_eyes(store)
    eye = device(store, "CAM-DV-0006")
    assert (eye.adapter, eye.address, eye.watch_method) == ("native", "CAM-DV-0006", "onvif")
    assert (eye.site_id, eye.eye_no, eye.group_name) == ("SITE-DV-002", 4, "Tổ dân phố Gia Thạnh")
    assert (eye.retention_days, eye.power_feeder, eye.installed_on) == (7, "LT-1", date(2023, 3, 22))
    assert (eye.qcvn135, eye.funding, eye.owner_kind) == ("fails", "community", "group_board")


def test_it_takes_a_bell_with_its_establishment_and_button(store: Store) -> None:
    load_commune(store)
    bell = device(store, "BELL-DV-010")
    assert (bell.alarm_kind, bell.is_silent_at_site, bell.button_no) == ("hold_up", True, 2)
    assert (bell.establishment_id, bell.position, bell.rings_at) == ("QTD-01", "Phòng giám đốc", "CONSOLE-DV-01")
    assert device(store, "BELL-DV-017").alarm_kind == "intrusion"


def test_r4_7_it_knows_the_kinds_of_establishments(store: Store) -> None:
    load_commune(store)
    table_of = core(Establishment)
    with store.read() as connection:
        found = connection.execute(select(table_of.c.kind, func.count()).group_by(table_of.c.kind)).all()
    assert dict(map(tuple, found)) == {
        "bank": 3,
        "treasury": 1,
        "credit_fund": 1,
        "gold_shop": 2,
        "fuel_station": 2,
        "business": 2,
        "household_cluster": 5,
    }


def test_it_adds_to_a_device_that_was_registered_before(store: Store) -> None:
    plain = {"device_class": "camera", "name": "Mắt 1", "adapter": "zigbee2mqtt", "address": "0x1"}
    with store.transaction() as tx:
        put(tx, Device, {"id": "CAM-DV-0001", "registered_at": BY.at, **plain}, BY)
    load_groups_and_eyes(store)
    eye = device(store, "CAM-DV-0001")
    assert (eye.name, eye.adapter, eye.address) == ("Mắt 1", "zigbee2mqtt", "0x1")
    assert (eye.site_id, eye.custodian_id, eye.group_id) == ("SITE-DV-001", "BDH-01", "DV-01")


def test_r4_5_it_knows_who_keeps_every_eye(store: Store) -> None:
    load_commune(store)
    with store.read() as connection:
        without = eyes_without_custodian(connection, TODAY)
        eyes = [each for each in keeping_of(connection, TODAY) if each.device_id.startswith("CAM")]
    assert [each for each in without if each.startswith("CAM")] == []
    assert len(eyes) == 118
    assert all(each.custodian and each.officers and each.owner_kind and each.funding for each in eyes)
    assert eyes[0].custodian == "Ban điều hành Tổ dân phố Gia Thạnh"


def test_r4_5_it_lists_the_eyes_of_an_office_that_was_closed(store: Store) -> None:
    load_commune(store)
    with store.read() as connection:
        assert eyes_without_custodian(connection, date(2025, 2, 28)) == []
        assert eyes_without_custodian(connection, date(2025, 3, 1)) == [f"HM-LH-0{number}" for number in range(1, 9)]


def test_r4_5_it_lets_one_officer_serve_many_groups(store: Store) -> None:
    load_commune(store)
    with store.read() as connection:
        assert groups_of_officer(connection, "P-04", TODAY) == [f"DV-0{number}" for number in range(1, 8)]


def test_r4_5_it_lets_one_person_hold_two_roles(store: Store) -> None:
    load_commune(store)
    with store.transaction() as tx:
        assign_role(tx, "P-G01", "party_cell_secretary", "DV-01", BY)
    load_commune(store)
    with store.read() as connection:
        assert roles_of(connection, "P-G01", TODAY) == [("group_head", "DV-01"), ("party_cell_secretary", "DV-01")]


def test_it_keeps_one_board_a_group_and_calls_it_by_its_written_name(store: Store) -> None:
    load_commune(store)
    with store.read() as connection:
        boards = connection.execute(select(core(Custodian)).where(core(Custodian).c.kind == "group_board")).all()
    assert len(boards) == 21
    assert {board.id for board in boards} == {f"BDH-{number:02}" for number in range(1, 22)}


def test_it_holds_every_declared_figure(store: Store) -> None:
    load_commune(store)
    facts = core(DeclaredFact)
    with store.read() as connection:
        held = connection.execute(select(facts).where(facts.c.source != BY.source)).all()
        clubs = connection.execute(select(facts.c.parts).where(facts.c.indicator == "model.landlord_clubs")).scalar()
    assert len(held) == 45
    assert clubs == '{"members":622}'


def test_r4_10_it_keeps_how_a_figure_was_meant(store: Store) -> None:
    load_commune(store)
    facts = core(DeclaredFact)
    with store.read() as connection:
        query = select(facts.c.value, facts.c.qualifier, facts.c.area_id)
        people = connection.execute(query.where(facts.c.indicator == "model.participants")).one()
        kinds = connection.execute(query.where(facts.c.id.like("s4/%model.types%"))).one()
    assert people == (13_000, "over", "676@2004")
    assert kinds[:2] == (27, "exact")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ((b"SITE-DV-003,1,", b"SITE-DV-003,x,"), "line 8, eye_no: 'x' is no whole number"),
        (("Cổng chào,Cổng".encode(), b"Mars,Mars"), "line 8, location_kind: 'Mars' is none of the words"),
        ((b"2021-05-06", b"06/05/2021"), "line 8, installed_on: '06/05/2021' is no day like"),
        ((b"eye_no", b"eye"), "line 1: there is no column eye_no"),
    ],
)
def test_it_says_where_a_table_is_wrong_and_writes_nothing(store: Store, wrong: Any, said: str) -> None:
    data = table("cameras_dinh_van.csv").replace(*wrong, 1)
    with pytest.raises(Refusal, match=said), store.transaction() as tx:
        seeding.load_cameras(tx, data, BY)
    assert (count(store, Device), count(store, EditRow)) == (0, 0)


def test_it_loads_groups_of_a_commune_nobody_has_described(store: Store) -> None:
    load(store, seeding.load_groups, "residential_groups.csv")
    assert counts(store).groups == 21
