"""What a restructuring left open, above the list of groups: a person decides it, by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.inventory_post import Inventory, InventoryPost, opened
from tests.desk.readable import SIZES, in_every_look, keep_picture, overflow, violations
from tests.monitor.web.restructured import restructure


@pytest.fixture
def post(tmp_path: Path, browser: Browser) -> Iterator[Inventory]:
    post = InventoryPost(tmp_path)
    post.fill()
    restructure(post.store)
    post.add_device("CAM-G-OLD", device_class="camera", group_id="G-OLD")
    with opened(post, browser) as inventory:
        yield inventory
        inventory.close_pages()


def questions(page: Page) -> list[str]:
    return [legend.strip() for legend in page.locator("#questions legend").all_inner_texts()]


def test_it_lets_a_person_decide_by_keys(post: Inventory) -> None:
    page = post.visit("/groups")
    assert sorted(questions(page)) == [
        "Thôn Giữa thuộc đơn vị nào từ 01/07/2025?",
        "Thôn Một đã kết thúc ngày 01/07/2025: 1 thiết bị thuộc tổ nào?",
        "Xã Nam gồm nơi của nhiều lớp (Ba lớp): thuộc lớp nào từ 01/07/2025?",
    ]
    page.locator("form", has_text="Thôn Giữa").get_by_label("Xã Bắc").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Xã Nam", exact=True)).to_be_checked()
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#questions-title")).to_have_text("2 việc cần người quyết định sau sắp xếp đơn vị")
    assert not [each for each in questions(page) if "Thôn Giữa" in each]
    page.goto(f"{post.url}/groups?area=SOUTH")
    expect(page.locator(".grid tbody")).to_contain_text("Thôn Giữa")


def test_it_moves_the_devices_of_a_closed_group(post: Inventory) -> None:
    page = post.visit("/groups")
    form = page.locator("form", has_text="Thôn Một")
    form.get_by_label("Thôn Mới B").check()
    with page.expect_navigation():
        form.get_by_role("button").click()
    page.goto(f"{post.url}/groups/G-B")
    expect(page.locator(".devices-now")).to_contain_text("CAM-G-OLD")


def test_it_says_what_kept_it_from_being_written(post: Inventory) -> None:
    page = post.visit("/groups")
    page.context.set_offline(True)
    form = page.locator("form", has_text="Thôn Giữa")
    form.get_by_label("Xã Bắc").check()
    form.get_by_role("button").click()
    expect(form.get_by_role("status")).to_contain_text("Chưa nối được máy chủ")
    expect(form.get_by_label("Xã Bắc")).to_be_checked()


@in_every_look
def test_it_can_be_read_by_everybody(post: Inventory, size: str, theme: str) -> None:
    page = post.visit("/groups", SIZES[size], theme=theme)
    expect(page.locator("#questions")).to_be_visible()
    keep_picture(page, f"questions-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0
