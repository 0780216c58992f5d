"""The page of gong signals and tips: logged by hand, and tips rated with one press."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import insert

from monitor.inventory.edits import core
from monitor.journal.report_tables import TipRow
from tests.desk.inventory_post import Inventory, commune_inventory
from tests.desk.readable import SIZES, in_every_look, keep_picture, overflow, violations


@pytest.fixture(scope="module")
def lasting_reports(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("reported"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_reports: Inventory) -> Iterator[Inventory]:
    yield lasting_reports
    lasting_reports.close_pages()


def log_both(page: Page) -> None:
    page.select_option("#gong-form [name=code]", "alarm_in_threes")
    page.fill("#gong-form [name=area]", "DV-01")
    page.fill("#gong-form [name=place]", "Nhà văn hóa")
    page.click("#gong-form button")
    expect(page.locator("#signals li").first).to_contain_text("Báo động: nhiều hồi, mỗi hồi 3 tiếng")
    page.fill("#tip-form [name=text]", "Có nhóm lạ tụ tập ở ngã ba")
    page.fill("#tip-form [name=area]", "DV-01")
    page.click("#tip-form button")
    expect(page.locator("#tips li").first).to_contain_text("Có nhóm lạ tụ tập ở ngã ba")


def test_it_logs_a_signal_and_a_tip_and_rates_it(post: Inventory) -> None:
    page = post.visit("/reported")
    expect(page.locator("#signals-none")).to_contain_text("không bao giờ bị coi là mất kết nối")
    log_both(page)
    expect(page.locator("#tip-lines")).to_contain_text("Chưa đánh giá: 1 nguồn tin")
    page.locator("#tips li").first.get_by_role("button", name="Có giá trị").click()
    expect(page.locator("#tip-lines")).to_have_text("30 ngày qua: Nguồn tin có giá trị: 1/1 (100%)")
    expect(page.locator("#tips li").first.locator("[data-act=valuable]")).to_have_attribute("aria-pressed", "true")


def test_it_gives_an_area_to_a_tip_that_came_by_zalo(post: Inventory) -> None:
    now = post.post.clock.now()
    with post.post.store.transaction() as tx:
        tip = {"told_at": now, "source": "zalo", "text": "Xe tải lạ ở bãi", "logged_at": now, "logged_by": "zalo"}
        tx.execute(insert(core(TipRow)), [tip])
    page = post.visit("/reported")
    row = page.locator("#tips li", has_text="Xe tải lạ ở bãi")
    assert violations(page) == []
    row.get_by_label("Địa bàn").fill("DV-01")
    row.get_by_role("button", name="Ghi địa bàn").click()
    expect(row.locator(".placing")).to_be_hidden()
    expect(row.locator("[data-field=where]")).to_contain_text("Zalo")


def test_it_says_that_an_area_is_none(post: Inventory) -> None:
    page = post.visit("/reported")
    page.fill("#gong-form [name=area]", "không có ở đâu")
    page.fill("#gong-form [name=place]", "Đình")
    page.click("#gong-form button")
    expect(page.locator("#gong-form .problem")).to_have_text("Hãy chọn địa bàn trong danh sách.")


@in_every_look
def test_it_can_be_read_by_everybody(post: Inventory, size: str, theme: str) -> None:
    page = post.visit("/reported", SIZES[size], theme=theme)
    log_both(page)
    keep_picture(page, f"reported-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0
