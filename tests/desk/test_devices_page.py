"""The device list as an operator uses it: looking for devices, choosing them, changing many at once.

``DESK_LOOKS=docs/looks pytest tests/desk/test_devices_page.py`` keeps the pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from device_adapters.core.events import AlarmKind
from tests.desk.inventory_post import LOST, Inventory, commune_inventory
from tests.desk.readable import PHONE, SIZES, in_every_look, keep_picture, overflow, violations


@pytest.fixture(scope="module")
def lasting_list(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("inventory"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_list: Inventory) -> Iterator[Inventory]:
    yield lasting_list
    lasting_list.close_pages()


def rows(page: Page) -> Locator:
    return page.locator("#rows .row")


def row(page: Page, device_id: str) -> Locator:
    return page.locator(f"#rows .row[data-device='{device_id}']")


def look_for(page: Page, words: str) -> None:
    """Returns when the rows are those of these words, and all are counted."""
    page.fill("#search", words)
    expect(page.locator(f"#rows[data-words='{words}']")).to_be_attached()
    expect(page.locator("#table, #nothing").and_(page.locator(":visible")).first).to_be_visible()


def chip(page: Page, facet: str, value: str) -> Locator:
    return page.locator(f"[data-facet='{facet}'] label:has(input[value='{value}'])")


def test_it_finds_devices_while_one_types(post: Inventory) -> None:
    page = post.visit("/devices")
    page.keyboard.press("/")
    page.keyboard.type("gia thanh")
    expect(page.locator("#summary")).to_have_text("14 thiết bị")
    expect(row(page, "CAM-DV-0001")).to_contain_text("Gia Thạnh")


def test_it_shows_how_a_device_has_been(post: Inventory) -> None:
    page = post.visit("/devices?q=gia+thanh")
    lost = row(page, LOST).locator(".history-strip")
    words = re.compile("^24 giờ qua: có lúc ngừng trong 1[3-6]/8[0-2] khoảng 15 phút$")
    expect(lost).to_have_attribute("aria-label", words)
    expect(row(page, "CAM-DV-0001").get_by_label("24 giờ qua: hoạt động suốt")).to_be_visible()


def test_it_keeps_in_the_address_what_is_looked_for(post: Inventory) -> None:
    page = post.visit("/devices?q=gia+thanh&kind=bell")
    expect(page.locator("#search")).to_have_value("gia thanh")
    expect(page.locator("#summary")).to_have_text("5 thiết bị")
    page.click("#language")
    expect(page.locator("#summary")).to_have_text("5 devices")
    page.click("#language")  # it is kept with the account, which others sign in with
    expect(page.locator("#summary")).to_have_text("5 thiết bị")


def test_it_says_what_was_not_found(post: Inventory) -> None:
    page = post.visit("/devices?q=khong+co+dau")
    expect(page.locator("#nothing-words")).to_contain_text("Không thấy “khong co dau”. Thử bỏ dấu")
    page.click("#nothing-act")
    expect(page.locator("#summary")).to_have_text("147 thiết bị")


def test_it_counts_and_filters(post: Inventory) -> None:
    page = post.visit("/devices")
    expect(chip(page, "kind", "bell")).to_contain_text("21")
    expect(chip(page, "kind", "mast")).to_contain_text("8")
    chip(page, "kind", "mast").click()
    expect(page.locator("#summary")).to_have_text("8 thiết bị")
    expect(page.locator("#set")).to_contain_text("Loại: Camera tầm cao")
    page.locator("#set button").first.click()
    expect(page.locator("#summary")).to_have_text("147 thiết bị")


def test_it_keeps_only_the_rows_in_sight(post: Inventory) -> None:
    page = post.visit("/devices?sort=id")
    expect(row(page, "BELL-DV-001")).to_be_visible()
    assert rows(page).count() < 60
    expect(page.locator("#summary")).to_have_text("147 thiết bị")  # counted, so that there is an end to scroll to
    page.locator("#scroll").evaluate("box => { box.scrollTop = box.scrollHeight }")
    expect(row(page, "HM-LH-08")).to_be_visible()


def test_it_sorts_by_a_column(post: Inventory) -> None:
    page = post.visit("/devices?kind=mast")
    page.click("[data-sort=id]")
    expect(rows(page).first).to_have_attribute("data-device", "HM-LH-01")
    page.click("[data-sort=id]")
    expect(rows(page).first).to_have_attribute("data-device", "HM-LH-08")
    expect(page.locator("[role=columnheader].c-id")).to_have_attribute("aria-sort", "descending")


def test_it_tells_how_old_the_last_signal_is(post: Inventory) -> None:
    page = post.visit(f"/devices?q={LOST}")
    expect(row(page, LOST)).to_contain_text("2 giờ trước")
    expect(row(page, LOST)).to_contain_text("Mất kết nối")


def test_it_tells_no_age_when_it_is_cut_off(post: Inventory) -> None:
    page = post.visit(f"/devices?q={LOST}")
    expect(row(page, LOST)).to_contain_text("2 giờ trước")
    page.context.set_offline(True)
    page.evaluate("performance.now = (now => () => now() * 100)(performance.now.bind(performance))")
    expect(page.locator("body.stale")).to_be_attached()
    expect(row(page, LOST).locator("[data-field=seen]")).to_have_text("—")
    expect(page.locator("#stale-strip")).to_be_visible()


def test_it_chooses_by_keys(post: Inventory) -> None:
    page = post.visit("/devices?kind=mast&sort=id")
    expect(rows(page).first).to_be_visible()
    page.locator("#scroll").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator("#chosen-words")).to_have_text("Đã chọn 1 thiết bị")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#chosen-words")).to_have_text("Đã chọn 3 thiết bị")
    page.keyboard.press("Escape")
    expect(page.locator("#chosen")).to_be_hidden()


def test_it_changes_many_after_their_difference_was_seen(post: Inventory) -> None:
    page = post.visit("/devices?kind=mast&sort=id")
    for device_id in ("HM-LH-01", "HM-LH-02"):
        row(page, device_id).locator("input").click()
    page.keyboard.press("e")
    page.select_option("#bulk-field", "retention_days")
    page.fill("#bulk-text", "45")
    expect(page.locator("#bulk-write")).to_be_disabled()
    page.click("#bulk-try")
    expect(page.locator("#bulk-summary")).to_contain_text("2 thiết bị sẽ đổi, 2 ô")
    expect(page.locator("#bulk-rows tr").first.locator("ins")).to_have_text("45")
    page.click("#bulk-write")
    expect(page.locator("#toast")).to_have_text("Đã sửa 2 thiết bị.")
    page.click("#undo")
    expect(page.locator("#toast")).to_have_text("Đã hoàn tác 2 thiết bị.")


def test_it_writes_nothing_that_somebody_else_has_changed(post: Inventory) -> None:
    page, other = post.visit("/devices?kind=mast&sort=id"), post.visit("/devices?kind=mast&sort=id")
    for each, days in ((page, "31"), (other, "32")):
        row(each, "HM-LH-05").locator("input").click()
        each.keyboard.press("e")
        each.select_option("#bulk-field", "retention_days")
        each.fill("#bulk-text", days)
        each.click("#bulk-try")
        expect(each.locator("#bulk-write")).to_be_enabled()
    page.click("#bulk-write")
    expect(page.locator("#toast")).to_have_text("Đã sửa 1 thiết bị.")
    other.click("#bulk-write")
    expect(other.locator("#bulk-problem")).to_contain_text("vừa được người khác sửa")


def test_it_prints_the_labels_of_what_is_chosen(post: Inventory) -> None:
    page = post.visit("/devices?kind=mast&sort=id")
    for device_id in ("HM-LH-01", "HM-LH-02"):
        row(page, device_id).locator("input").click()
    expect(page.locator("#chosen")).to_contain_text("Nhãn không có mã bí mật")
    with page.context.expect_event("request", lambda request: "/labels" in request.url) as asked:
        page.click("#labels")
    assert asked.value.url.endswith("/api/v1/labels?ids=HM-LH-01&ids=HM-LH-02&format=pdf")


def test_it_keeps_views(post: Inventory) -> None:
    page = post.visit("/devices?kind=mast")
    page.fill("#view-name", "Tầm cao")
    page.click("#view-form [type=submit]")
    expect(page.locator("#views")).to_contain_text("Tầm cao")
    page.goto(f"{post.url}/devices")
    expect(page.locator("#summary")).to_have_text("147 thiết bị")
    page.click("#views [data-act=show]")
    expect(page.locator("#summary")).to_have_text("8 thiết bị")
    page.click("#views [data-act=forget]")
    expect(page.locator("#views li")).to_have_count(0)


def test_it_tells_of_an_alarm_while_one_works(post: Inventory) -> None:
    page = post.visit("/devices")
    expect(page.locator("#ringing")).to_be_hidden()
    alarm = post.post.press("BELL-DV-001", AlarmKind.HOLD_UP)
    try:
        expect(page.locator("#ringing")).to_contain_text("Báo động cướp")
        expect(page).to_have_title(re.compile(r"^\(1\) BÁO ĐỘNG CƯỚP – .+ · Thiết bị · Công an phường$"))
        page.click("#ringing a")
        expect(page.locator("#banner")).to_be_visible()
    finally:
        post.post.end(alarm)


@in_every_look
def test_it_can_be_read_by_everybody(post: Inventory, size: str, theme: str) -> None:
    page = post.visit("/devices", SIZES[size], theme=theme)
    expect(page.locator("#summary")).to_have_text("147 thiết bị")
    keep_picture(page, f"devices-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0
    rows(page).first.locator("input").click()
    page.click("#bulk-open")
    expect(page.locator("#bulk")).to_be_visible()
    assert violations(page) == []


def test_it_is_used_on_a_phone(post: Inventory) -> None:
    page = post.visit("/devices", PHONE)
    page.click("#filters-open")
    chip(page, "kind", "bell").click()
    expect(page.locator("#summary")).to_have_text("21 thiết bị")
    page.click("#filters-open")
    expect(row(page, "BELL-DV-001")).to_be_visible()
    page.click("#menu")
    page.click("#nav a[href='/groups']")
    expect(page).to_have_url(f"{post.url}/groups")
