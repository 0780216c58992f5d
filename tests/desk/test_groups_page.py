"""The pages of groups and of the areas above: coverage in print, on any day, readable for everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.desk.inventory_post import LOST, Inventory, commune_inventory
from tests.desk.readable import SIZES, in_every_look, keep_picture, overflow, violations
from tests.monitor.inventory.commune import NEW_COMMUNE, OLD_COMMUNE


@pytest.fixture(scope="module")
def lasting_groups(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("groups"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_groups: Inventory) -> Iterator[Inventory]:
    yield lasting_groups
    lasting_groups.close_pages()


def test_r4_1_it_prints_21_of_21(post: Inventory) -> None:
    page = post.visit(f"/groups?area={OLD_COMMUNE}&as_of=2023-12-31")
    expect(page.locator(".figures dd").first).to_have_text("21/21")
    expect(page.locator(".lines")).to_contain_text("Độ phủ: 21/21 tổ dân phố (100%)")
    expect(page.locator(".grid tbody tr")).to_have_count(21)


def test_r4_3_it_tells_effective_coverage_apart(post: Inventory) -> None:
    page = post.visit(f"/groups/{NEW_COMMUNE}")
    expect(page.locator(".lines")).to_contain_text("Độ phủ hiệu lực: 21/21 (100%)")
    expect(page.locator(".lines")).to_contain_text("Đang hoạt động: 117/118 mắt")


def test_it_tells_how_much_of_the_time_devices_worked(post: Inventory) -> None:
    page = post.visit("/groups")
    page.get_by_role("link", name="Tổ dân phố Gia Thạnh").click()
    expect(page.locator("#page")).to_contain_text("Thời gian hoạt động: 99,1% (14 thiết bị")
    expect(page.locator("tr", has_text=LOST).get_by_role("img")).to_be_visible()


def test_it_goes_to_another_day(post: Inventory) -> None:
    page = post.visit(f"/groups/{OLD_COMMUNE}?as_of=2023-12-31")
    expect(page.locator(".lines")).to_contain_text("Số báo cáo: khoảng 118 – Đăng ký: 118 – lệch 0")
    page.fill("[name=as_of]", "2026-01-01")
    page.click(".asked [type=submit]")
    expect(page.locator("#page")).to_contain_text("Ngày này chưa có hoặc không còn đơn vị này")
    page.get_by_role("link", name="Xã Đinh Văn Lâm Hà").click()
    expect(page.locator(".lines")).to_contain_text("21/21")


def test_it_leads_from_a_group_to_its_devices(post: Inventory) -> None:
    page = post.visit("/groups")
    page.get_by_role("link", name="Tổ dân phố Gia Thạnh").click()
    expect(page.locator("#page")).to_contain_text("Ban điều hành Tổ dân phố Gia Thạnh")
    expect(page.locator("tr", has_text=LOST)).to_contain_text("Mất kết nối")
    page.get_by_role("link", name="Mở trong danh sách").click()
    expect(page.locator("#summary")).to_have_text("14 thiết bị")


def test_it_prints_without_what_is_not_the_page(post: Inventory) -> None:
    page = post.visit("/groups/DV-01")
    page.emulate_media(media="print")
    for part in (".above", ".page-acts"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()


@in_every_look
@pytest.mark.parametrize("path", ["/groups", "/groups/DV-01", f"/groups/{NEW_COMMUNE}"])
def test_it_can_be_read_by_everybody(post: Inventory, path: str, size: str, theme: str) -> None:
    page = post.visit(path, SIZES[size], theme=theme)
    keep_picture(page, f"{path.strip('/').replace('/', '-')}-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0
