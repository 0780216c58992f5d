"""How much of the time devices worked, by the areas they stood in at the time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.device_moves import move_devices
from monitor.inventory.edits import Edit, put_all
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE, Territory, territory_of
from monitor.journal.blind_rows import BLIND
from monitor.journal.database import Store
from monitor.journal.span_rows import SPAN
from monitor.journal.times import begin_of, unix_ms
from monitor.reports.availability_lines import AvailabilityWording
from monitor.reports.availability_reading import Asked, AvailabilityReport, availability
from monitor.reports.periods import Period, period_of

NOW = datetime(2026, 3, 14, 11, tzinfo=UTC)
BY = Edit("operator", datetime(2025, 1, 1, tzinfo=UTC), "tables")
# Ten whole days that are over.
TEN_DAYS = Period(date(2026, 3, 1), date(2026, 3, 10))
DAY_MS = 86_400_000


class Reports:
    def __init__(self, store: Store) -> None:
        self.store = store

    def devices(self, **groups: str) -> None:
        rows = [{**_DEVICE, "id": each, "name": each, "address": each, "group_id": at} for each, at in groups.items()]
        with self.store.transaction() as tx:
            put_all(tx, Device, rows, BY)

    def span(self, device_id: str, state: str, days: tuple[float, float], **more: Any) -> None:
        """``days``: from and to, in days from the beginning of the period."""
        began_ms = TEN_DAYS.began_ms()
        times = {"began_ms": began_ms + int(days[0] * DAY_MS), "ended_ms": began_ms + int(days[1] * DAY_MS)}
        row = {"device_id": device_id, "state": state, "is_planned": False, "changes": 1, **times, **more}
        with self.store.transaction() as tx:
            tx.execute(insert(SPAN).values(**row))

    def blind(self, days: tuple[float, float]) -> None:
        began_ms = TEN_DAYS.began_ms()
        times = {"began_ms": began_ms + int(days[0] * DAY_MS), "ended_ms": began_ms + int(days[1] * DAY_MS)}
        with self.store.transaction() as tx:
            tx.execute(insert(BLIND).values(**times, reason="unlinked"))

    def of(self, area_id: str | None = None, within: Territory = EVERYWHERE, **more: Any) -> AvailabilityReport:
        asked = Asked(area_id, more.pop("level", "residential_group"), more.pop("period", TEN_DAYS), **more)
        with self.store.read() as connection:
            return availability(connection, asked, NOW, within)


_DEVICE = {"device_class": "camera", "adapter": "native", "registered_at": datetime(2025, 1, 1, tzinfo=UTC)}


@pytest.fixture
def reports(database_url: str) -> Iterator[Reports]:
    store = Store(database_url)
    store.migrate()
    areas = [
        area_row("P", "province", "Tỉnh"),
        *(area_row(f"C-{n}", "commune", f"Xã {n}", parent_id="P") for n in (1, 2)),
        *(area_row(f"G-{n}", "residential_group", f"Tổ {n}", parent_id="C-1") for n in (1, 2)),
        area_row("G-3", "residential_group", "Tổ 3", parent_id="C-2"),
    ]
    with store.transaction() as tx:
        put_all(tx, Area, areas, BY)
    yield Reports(store)
    store.close()


def shares(report: AvailabilityReport) -> dict[str, float | None]:
    return {area.id: figures.share for area, figures in report.units}


def test_it_tells_how_much_of_the_time_a_device_worked(reports: Reports) -> None:
    reports.devices(A="G-1")
    reports.span("A", "ONLINE", (-5, 9))
    reports.span("A", "OFFLINE", (9, 12))
    assert reports.of().whole.share == pytest.approx(0.9)


def test_it_leaves_out_what_nobody_could_hear_and_planned_work(reports: Reports) -> None:
    reports.devices(A="G-1")
    reports.span("A", "ONLINE", (0, 4))
    reports.span("A", "OFFLINE", (4, 8))
    reports.span("A", "OFFLINE", (8, 10), is_planned=True)
    reports.blind((5, 8))
    told = reports.of()
    assert told.whole.share == pytest.approx(0.8)
    assert (told.blind_ms, told.whole.spent.planned_ms) == (3 * DAY_MS, 2 * DAY_MS)


def test_it_judges_nobody_before_the_first_sign_and_counts_who_never_gave_one(reports: Reports) -> None:
    reports.devices(A="G-1", B="G-1")
    reports.span("A", "ONLINE", (9, 12))
    assert (reports.of().whole.share, reports.of().whole.devices, reports.of().whole.never_heard) == (1.0, 2, 1)


def test_it_adds_up_by_group_and_by_commune(reports: Reports) -> None:
    reports.devices(A="G-1", B="G-2", C="G-3")
    for device_id, dark_days in (("A", 0), ("B", 5), ("C", 10)):
        reports.span(device_id, "ONLINE", (0, 10 - dark_days))
        reports.span(device_id, "OFFLINE", (10 - dark_days, 10))
    assert shares(reports.of()) == {"G-1": 1.0, "G-2": 0.5, "G-3": 0.0}
    assert shares(reports.of(level="commune")) == {"C-1": 0.75, "C-2": 0.0}
    assert shares(reports.of("C-1")) == {"G-1": 1.0, "G-2": 0.5}


def test_it_counts_what_a_device_did_where_it_stood_when_it_did_it(reports: Reports) -> None:
    reports.devices(A="G-1")
    reports.span("A", "ONLINE", (0, 4))
    reports.span("A", "OFFLINE", (4, 10))
    before = reports.of("G-1", period=Period(date(2026, 2, 1), date(2026, 3, 3))).whole
    with reports.store.transaction() as tx:
        move_devices(tx, ["A"], "G-3", date(2026, 3, 5), BY)
    assert shares(reports.of()) == {"G-1": 1.0, "G-3": 0.0}
    assert reports.of("G-1", period=Period(date(2026, 2, 1), date(2026, 3, 3))).whole == before


def test_it_is_the_same_after_a_busy_day_was_merged(reports: Reports) -> None:
    reports.devices(A="G-1")
    merged = {"working_ms": 3 * DAY_MS // 4, "down_ms": DAY_MS // 4, "unknown_ms": 0, "planned_ms": 0, "blind_ms": 0}
    reports.span("A", "OFFLINE", (2, 3), changes=500, **merged)
    assert reports.of().whole.share == pytest.approx(0.75)


def test_it_compares_with_the_adjacent_previous_period(reports: Reports) -> None:
    reports.devices(A="G-1")
    reports.span("A", "OFFLINE", (-10, -5))
    reports.span("A", "ONLINE", (-5, 10))
    assert (reports.of().before.share, reports.of().whole.share) == (0.5, 1.0)


def test_it_prints_what_it_counted_and_what_it_left_out(reports: Reports) -> None:
    reports.devices(A="G-1", B="G-1")
    reports.span("A", "OFFLINE", (-10, -1))
    reports.span("A", "ONLINE", (-1, 8))
    reports.span("A", "OFFLINE", (8, 10))
    reports.blind((0, 3.5 / 24))
    lines = AvailabilityWording("vi").lines(reports.of())
    assert lines[:2] == [
        "Thời gian hoạt động: 79,7% (2 thiết bị, 01/03/2026 – 10/03/2026)",
        "So với kỳ liền kề trước: 10% (+69,7 điểm phần trăm)",
    ]
    assert lines[3:] == [
        "Không tính: 3,5 giờ trung tâm không nhận được tín hiệu",
        "Chưa từng kết nối: 1 thiết bị, không tính vào tỷ lệ",
    ]


def test_it_claims_nothing_where_nothing_was_heard(reports: Reports) -> None:
    reports.devices(A="G-1")
    assert reports.of().whole.share is None
    assert AvailabilityWording("vi").lines(reports.of())[0].startswith("Thời gian hoạt động: chưa có số liệu")


def test_it_tells_an_account_of_one_area_of_no_other(reports: Reports) -> None:
    reports.devices(A="G-1", C="G-3")
    reports.span("A", "ONLINE", (0, 10))
    reports.span("C", "OFFLINE", (0, 10))
    with reports.store.read() as connection:
        within = territory_of(connection, "C-1")
    assert shares(reports.of("C-1", within)) == {"G-1": 1.0}
    with pytest.raises(UnknownRecord):
        reports.of("C-2", within)


def test_it_goes_no_further_than_now(reports: Reports) -> None:
    reports.devices(A="G-1")
    today = Period(NOW.date(), NOW.date())
    reports.span("A", "ONLINE", (0, 10), ended_ms=None)
    spent_ms = reports.of(period=today).whole.spent.working_ms
    assert spent_ms == unix_ms(NOW) - unix_ms(begin_of(NOW.date()))


def test_it_takes_thirty_days_where_nobody_says_how_many() -> None:
    assert period_of(None, None, NOW) == Period(NOW.date() - timedelta(days=29), NOW.date())


@pytest.mark.parametrize(("first", "last"), [("2026-03-02", "2026-03-01"), ("2026-04-01", None), ("2010-01-01", None)])
def test_it_refuses_a_period_that_is_none(first: str, last: str | None) -> None:
    with pytest.raises(Refusal):
        period_of(date.fromisoformat(first), date.fromisoformat(last) if last else NOW.date(), NOW)
