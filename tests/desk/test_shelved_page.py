"""The page of what is put aside: who, why and until when, with the way back; and a device's own page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from device_adapters.core.events import AlarmKind
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.set_aside import shelves
from monitor.pipeline.out_of_service import Taken
from monitor.pipeline.shelves import NewShelf
from tests.desk.inventory_post import BELL, Inventory, commune_inventory
from tests.desk.readable import SIZES, in_every_look, keep_picture, overflow, violations

REASON = "Thợ đang thay vỏ hộp, chiều xong"


@pytest.fixture(scope="module")
def lasting_shelves(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("shelved"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_shelves: Inventory) -> Iterator[Inventory]:
    yield lasting_shelves
    lasting_shelves.close_pages()


def put_aside(post: Inventory, device_id: str) -> None:
    alarm = post.post.press(device_id, AlarmKind.TAMPER)
    new = NewShelf(alarm["id"], alarm["version"], REASON, timedelta(hours=1), "truc-ban")
    post.post.set_aside.shelve(new, EVERYWHERE)


def test_it_takes_an_alarm_off_its_shelf(post: Inventory) -> None:
    page = post.visit("/shelved")
    expect(page.locator("#shelves-none")).to_contain_text("Không có báo động nào đang tạm hoãn.")
    put_aside(post, "BELL-DV-002")
    row = page.locator("#shelves li")
    expect(row).to_contain_text(REASON)
    expect(row).to_contain_text("Vẫn còn")
    expect(row).to_contain_text(re.compile(r"còn (59|60) phút|còn 1 giờ"))
    row.get_by_role("button", name="Bỏ tạm hoãn").click()
    expect(page.locator("#ended li")).to_contain_text("bỏ tạm hoãn")
    expect(page.locator("#shelves li")).to_have_count(0)


def test_a_commander_takes_a_device_out_of_service_and_puts_it_back(post: Inventory) -> None:
    page = post.visit(f"/devices/{BELL}")
    page.locator(".device-service summary").click()
    page.fill(".device-service [name=reason]", "Đang sửa quầy")
    page.locator(".device-service form button").click()
    expect(page.locator(".device-service")).to_contain_text("người bấm không biết nút đang ngừng sử dụng")
    assert violations(page) == []
    page.goto(page.url.replace(f"/devices/{BELL}", "/shelved"))
    row = page.locator("#out li")
    expect(row).to_contain_text("Đang sửa quầy")
    row.get_by_role("button", name="Sử dụng lại").click()
    expect(page.locator("#out li")).to_have_count(0)


@in_every_look
def test_it_can_be_read_by_everybody(post: Inventory, size: str, theme: str) -> None:
    with post.post.store.read() as connection:
        is_known = bool(shelves(connection, EVERYWHERE))
    if not is_known:
        put_aside(post, "BELL-DV-003")
        post.post.set_aside.take_out(Taken("BELL-DV-004", "Đang sửa quầy giao dịch", "chi-huy"), EVERYWHERE)
    page = post.visit("/shelved", SIZES[size], theme=theme)
    expect(page.locator("#shelves li").first).to_be_visible()
    keep_picture(page, f"shelved-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0
