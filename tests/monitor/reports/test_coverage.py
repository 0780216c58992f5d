"""The figures of the demo commune, as they are printed."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import cycle
from typing import Any

import pytest
from sqlalchemy import insert, select

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.declared import declared_by
from monitor.inventory.device_index import index_devices
from monitor.inventory.device_records import change_lifecycle, retire
from monitor.inventory.edits import core, put_all
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.device_queries import devices_by_ids
from monitor.journal.device_search import DeviceFinder, DeviceQuestion, Facet
from monitor.journal.tables import TransitionRow
from monitor.reports.coverage_lines import CoverageWording
from tests.monitor.inventory.commune import (
    BY,
    NEW_COMMUNE,
    OLD_COMMUNE,
    OLD_DISTRICT,
    load_areas,
    load_commune,
    load_groups_and_eyes,
)
from tests.monitor.reports.conftest import NOW, TODAY, Reporter

STORES = ("sqlite",)  # PostgreSQL is asked the same by the shorter tests beside

FAULTY = ("CAM-DV-0003", "CAM-DV-0045", "CAM-DV-0090")
ON_MASTS = [f"HM-LH-0{number}" for number in range(1, 9)]


def power_cut(reporter: Reporter) -> dict[str, str]:
    """Every eye works but those on feeder LT-2 and three that were faulty before."""
    table = core(Device)
    with reporter.store.read() as connection:
        eyes = connection.execute(select(table.c.id, table.c.power_feeder)).all()
    return {eye.id: "OFFLINE" if eye.power_feeder == "LT-2" or eye.id in FAULTY else "ONLINE" for eye in eyes}


def some_cameras(number: int, groups: list[str], **more: Any) -> list[dict[str, Any]]:
    plain = {"device_class": "camera", "adapter": "native", "registered_at": BY.at, **more}
    return [
        {"id": f"C-{n:04}", "name": f"C-{n:04}", "address": f"C-{n:04}", "group_id": group, **plain}
        for n, group in zip(range(number), cycle(groups), strict=False)
    ]


def test_r4_1_it_covers_21_of_21_groups(reporter):
    load_groups_and_eyes(reporter.store)
    assert "Độ phủ: 21/21 tổ dân phố (100%)" in reporter.lines(OLD_COMMUNE)
    assert reporter.of(OLD_COMMUNE).coverage.eyes.registered == 118


def test_r4_1_it_counts_each_group_as_its_table_says(reporter):
    load_groups_and_eyes(reporter.store)
    counted = [unit.eyes.registered for unit in reporter.of(OLD_COMMUNE).coverage.units]
    assert counted == [9, 8, 8, 7, 7, 7, 6, 6, 6, 6, 5, 5, 5, 5, 5, 4, 4, 4, 4, 4, 3]


def test_r4_2_it_puts_the_declared_figure_beside_the_counted_one(reporter):
    load_commune(reporter.store)
    assert "Số báo cáo: khoảng 118 – Đăng ký: 118 – lệch 0" in reporter.lines(OLD_COMMUNE)


def test_r4_2_it_leaves_the_declared_figure_when_two_eyes_are_retired(reporter):
    load_commune(reporter.store)
    with reporter.store.transaction() as tx:
        retire(tx, ["CAM-DV-0001", "CAM-DV-0118"], date(2024, 5, 1), BY)
    assert "Số báo cáo: khoảng 118 – Đăng ký: 116 – lệch −2" in reporter.lines(OLD_COMMUNE, date(2024, 5, 1))
    assert "Số báo cáo: khoảng 118 – Đăng ký: 118 – lệch 0" in reporter.lines(OLD_COMMUNE, date(2024, 4, 30))


def test_r4_3_it_tells_effective_coverage_from_registered(reporter):
    load_commune(reporter.store)
    reporter.states = power_cut(reporter)
    lines = reporter.lines(NEW_COMMUNE, TODAY)
    assert "Độ phủ: 21/21 tổ dân phố (100%)" in lines
    assert "Độ phủ hiệu lực: 13/21 (61,9%)" in lines
    assert "Đang hoạt động: 75/118 mắt" in lines


def test_r4_3_it_knows_from_the_journal_who_worked_on_an_earlier_day(reporter):
    load_commune(reporter.store)
    cut_at = NOW - timedelta(days=10)
    row = {"machine": "liveness", "from_state": "", "reason": "heard", "actor": "monitor"}
    states = power_cut(reporter).items()
    rows = [{**row, "device_id": each, "to_state": "ONLINE", "at": cut_at - timedelta(hours=1)} for each, _ in states]
    rows += [{**row, "device_id": each, "to_state": state, "at": cut_at} for each, state in states]
    with reporter.store.transaction() as tx:
        tx.execute(insert(core(TransitionRow)), rows)
    assert reporter.of(NEW_COMMUNE, TODAY - timedelta(days=10)).coverage.effective == 13
    assert reporter.of(NEW_COMMUNE, TODAY - timedelta(days=11)).coverage.effective is None


def test_r4_3_it_claims_nothing_of_a_day_nobody_listened(reporter):
    load_commune(reporter.store)
    lines = reporter.lines(OLD_COMMUNE)
    assert "Độ phủ hiệu lực: chưa có số liệu" in lines
    assert not [line for line in lines if "Đang hoạt động" in line]


def test_r4_4_it_counts_high_masts_apart(reporter):
    load_commune(reporter.store)
    report = reporter.of(OLD_DISTRICT)
    assert (report.coverage.eyes.registered, report.coverage.high_mast.registered) == (118, 8)
    assert "Tổng số báo cáo của 16 xã, phường, thị trấn: 436 mắt; tầm cao 8 mắt" in reporter.lines(OLD_DISTRICT)
    assert (report.declared.eyes.value, report.declared.high_mast.value) == (436, 8)


def test_r4_4_it_gives_the_share_and_the_mean(reporter):
    load_commune(reporter.store)
    lines = reporter.lines(OLD_COMMUNE)
    assert "Tỷ lệ trong Huyện Lâm Hà: 118/436 (27,1%)" in lines
    assert "Trung bình 5,6 mắt/tổ" in lines


def test_r4_6_it_counts_by_location_to_the_same_total(reporter):
    load_commune(reporter.store)
    counted = reporter.of(OLD_COMMUNE).coverage.by_location
    assert counted == {
        "accident_spot": 14,
        "alley": 17,
        "crossroads": 14,
        "disorder_spot": 17,
        "market": 15,
        "school": 15,
        "t_junction": 15,
        "welcome_gate": 11,
    }
    assert sum(counted.values()) == 118
    assert any("hẻm 17" in line and "cổng chào 11" in line for line in reporter.lines(OLD_COMMUNE))


def test_r2_1_it_never_works_out_a_declared_base_anew(reporter):
    load_commune(reporter.store)
    with reporter.store.transaction() as tx:
        communes = [area_row(f"ht-{n}", "commune", f"Xã {n}", parent_id="ht") for n in range(69)]
        put_all(tx, Area, [area_row("ht", "province", "Tỉnh Hà Tĩnh", parent_id=None), *communes], BY)
    with reporter.store.read() as connection:
        covered = declared_by(connection, "Tỉnh Hà Tĩnh", "zalo.communes_covered")[-1]
        members = declared_by(connection, "Tỉnh Hà Tĩnh", "zalo.members")[-1]
    words = CoverageWording("vi")
    assert words.declared_ratio(covered, "commune") == "Độ phủ: 216/216 xã, phường, thị trấn (100%)"
    assert words.figure(members) == "trên 90.000"
    assert round(members.value / covered.value) == 417


def test_r1_1_it_covers_9_of_9_communes(reporter):
    communes = [area_row(f"ip-{n}", "commune", f"Xã {n}", parent_id="ip") for n in range(9)]
    groups = [area_row(f"g-{n}", "residential_group", f"Thôn {n}", parent_id=f"ip-{n}") for n in range(9)]
    with reporter.store.transaction() as tx:
        put_all(tx, Area, [area_row("ip", "district", "Huyện Ia Pa", parent_id=None), *communes, *groups], BY)
        put_all(tx, Device, some_cameras(20, [group["id"] for group in groups]), BY)
    assert "Độ phủ: 9/9 xã (100%)" in reporter.lines("ip", TODAY, level="commune")


@pytest.fixture
def town(reporter):
    """1,202 cameras in two groups of each of four wards."""
    wards = {"p-mp": "Phường Mỹ Phước", "p-th": "Phường Tân Định", "p-hl": "Phường Hòa Lợi", "x-at": "Xã An Tây"}
    areas = [area_row("bc", "district", "Thị xã Bến Cát", parent_id=None)]
    areas += [area_row(ward, "commune", name, parent_id="bc") for ward, name in wards.items()]
    groups = {f"{ward}-{n}": (ward, f"Khu phố {n}") for ward in wards for n in (1, 2)}
    areas += [area_row(group, "residential_group", name, parent_id=ward) for group, (ward, name) in groups.items()]
    cameras = some_cameras(1_202, list(groups))
    for camera in cameras:
        ward = wards[groups[camera["group_id"]][0]]
        camera |= {"street_address": ward}
    with reporter.store.transaction() as tx:
        put_all(tx, Area, areas, BY)
        put_all(tx, Device, cameras, BY)
        index_devices(tx, [camera["id"] for camera in cameras])
    return reporter


def test_r3_1_it_counts_1202_cameras_ward_by_ward(town):
    coverage = town.of("bc", TODAY, level="commune").coverage
    assert coverage.eyes.registered == 1_202
    assert {unit.area.id: unit.eyes.registered for unit in coverage.units} == {
        "p-mp": 302,
        "p-th": 300,
        "p-hl": 300,
        "x-at": 300,
    }
    assert "Đăng ký: 1.202 mắt" in town.lines("bc", TODAY, level="commune")


def test_r3_1_it_pages_through_what_a_search_without_marks_finds(town):
    pages, after = [], None
    question = DeviceQuestion("my phuoc", {Facet.KIND: ("camera",)})
    with town.store.read() as connection:
        finder = DeviceFinder(connection, question, EVERYWHERE, BY.at)
        while not pages or after:
            ids, after = finder.walk(100, after)
            pages.append(devices_by_ids(connection, ids, EVERYWHERE))
    assert [len(page) for page in pages] == [100, 100, 100, 2]
    assert {item["street_address"] for page in pages for item in page} == {"Phường Mỹ Phước"}


def test_it_names_units_of_several_kinds(town):
    assert "Độ phủ: 4/4 phường, xã (100%)" in town.lines("bc", TODAY, level="commune")


def test_it_counts_an_eye_from_the_day_it_was_put_up(reporter):
    load_groups_and_eyes(reporter.store)
    assert reporter.of(OLD_COMMUNE, date(2021, 1, 9)).coverage.eyes.registered == 0
    assert 0 < reporter.of(OLD_COMMUNE, date(2022, 12, 31)).coverage.eyes.registered < 118


def test_it_counts_a_planned_eye_only_where_it_hangs_and_never_as_working(reporter):
    load_groups_and_eyes(reporter.store)
    cameras = some_cameras(2, ["DV-21"], lifecycle="PLANNED")
    cameras[0]["installed_on"] = date(2025, 1, 1)
    with reporter.store.transaction() as tx:
        put_all(tx, Device, cameras, BY)
    reporter.states = {"C-0000": "ONLINE", "C-0001": "ONLINE"}
    unit = reporter.of(OLD_COMMUNE, TODAY).coverage.units[-1]
    assert (unit.eyes.registered, unit.eyes.working) == (4, 0)


@pytest.mark.parametrize(("state", "works"), [("LATE", 1), ("DEGRADED", 0), ("MAINTENANCE", 0), ("UNKNOWN", 0)])
def test_it_calls_an_eye_working_that_is_heard(reporter, state, works):
    load_groups_and_eyes(reporter.store)
    reporter.states = {"CAM-DV-0001": state}
    assert reporter.of(OLD_COMMUNE, TODAY).coverage.effective == works


def test_it_does_not_know_who_works_while_the_monitor_is_blind(reporter):
    load_groups_and_eyes(reporter.store)
    reporter.states, reporter.is_blind = {"CAM-DV-0001": "ONLINE"}, True
    assert reporter.of(OLD_COMMUNE, TODAY).coverage.effective is None
    assert "Độ phủ hiệu lực: không rõ, vì máy giám sát đang mù" in reporter.lines(OLD_COMMUNE, TODAY)


def test_it_lists_how_many_eyes_stand_in_no_area(reporter):
    load_commune(reporter.store)
    assert "Chưa thuộc địa bàn nào: 8 mắt" in reporter.lines("VN", TODAY)
    assert reporter.of("VN").coverage.unplaced == 0


def test_it_refuses_an_area_that_was_not_there_on_that_day(reporter):
    load_areas(reporter.store)
    with pytest.raises(Refusal, match="ended on 2025-06-30"):
        reporter.of(OLD_COMMUNE, date(2025, 7, 1))
    with pytest.raises(Refusal, match="begins on 2025-07-01"):
        reporter.of(NEW_COMMUNE, date(2025, 6, 30))
    with pytest.raises(UnknownRecord):
        reporter.of("mars")


def test_it_never_brings_a_retired_device_back(reporter):
    load_groups_and_eyes(reporter.store)
    with reporter.store.transaction() as tx:
        retire(tx, ["CAM-DV-0001"], TODAY, BY)
        with pytest.raises(Refusal, match="is RETIRED and cannot become ACTIVE"):
            change_lifecycle(tx, ["CAM-DV-0001"], Lifecycle.ACTIVE, TODAY, BY)


def test_it_retires_all_of_them_or_none(reporter):
    load_groups_and_eyes(reporter.store)
    with reporter.store.transaction() as tx, pytest.raises(UnknownRecord, match="no device C-404"):
        retire(tx, ["CAM-DV-0001", "C-404"], TODAY, BY)
    assert reporter.of(OLD_COMMUNE, TODAY).coverage.eyes.registered == 118


def test_it_speaks_english_too(reporter):
    load_commune(reporter.store)
    lines = CoverageWording("en").lines(reporter.of(OLD_COMMUNE))
    assert lines[:2] == ["Boundaries as of 31/12/2023", "Coverage: 21/21 groups (100%)"]
    assert "Declared: about 118 – Registered: 118 – difference 0" in lines
