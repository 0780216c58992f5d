"""The page of sirens: told to sound, by two over a wide area, and silenced by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.desk.inventory_post import Inventory, commune_inventory
from tests.desk.readable import SIZES, in_every_look, keep_picture, overflow, violations


@pytest.fixture(scope="module")
def lasting_sirens(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("sirens"), browser) as inventory:
        for number in range(1, 6):
            inventory.post.add_device(f"SIREN-{number}", device_class="siren", name=f"Còi nhà văn hóa {number}")
        yield inventory


@pytest.fixture
def post(lasting_sirens: Inventory) -> Iterator[Inventory]:
    yield lasting_sirens
    lasting_sirens.close_pages()


def test_it_sounds_some_asks_for_a_second_and_silences(post: Inventory) -> None:
    page = post.visit("/sirens")
    expect(page.locator("#summary")).to_have_text("5 thiết bị · 0 đang được lệnh kêu · quá hạn thử: 5")
    expect(page.locator("#sound-sirens")).to_be_disabled()
    page.get_by_label("Chọn Còi nhà văn hóa 1").check()
    page.fill("[name=reason]", "Cướp ở chợ")
    page.get_by_role("button", name="Cho 1 còi kêu").click()
    expect(page.locator("#calls li").first).to_contain_text("Đã ra lệnh: 1")
    row = page.locator("[data-siren=SIREN-1]")
    expect(row).to_contain_text("Chưa lần nào")
    row.get_by_role("button", name="Tắt").click()
    expect(row).to_contain_text("Đang tắt")
    for number in (2, 3, 4, 5):
        page.get_by_label(f"Chọn Còi nhà văn hóa {number}").check()
    page.get_by_role("button", name="Cho 4 còi kêu").click()
    call = page.locator("#calls li").first
    expect(call).to_contain_text("Chờ người thứ hai: 4")
    expect(call.get_by_role("button", name="Đồng ý cho kêu")).to_be_hidden()
    call.get_by_role("button", name="Tắt").click()
    expect(call).to_contain_text("Đã rút lệnh: 4")


@in_every_look
def test_it_can_be_read_by_everybody(post: Inventory, size: str, theme: str) -> None:
    page = post.visit("/sirens", SIZES[size], theme=theme)
    expect(page.locator("#rows tr")).to_have_count(5)
    keep_picture(page, f"sirens-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0
