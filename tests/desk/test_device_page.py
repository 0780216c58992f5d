"""The page of one device as an operator uses it: looked at, changed, retired and brought back, given a new secret.

``DESK_LOOKS=docs/looks pytest tests/desk/test_device_page.py`` keeps the pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from device_adapters.core.events import AlarmKind
from tests.desk.inventory_post import BELL, LOST, Inventory, commune_inventory
from tests.desk.readable import SIZES, in_every_look, keep_picture, overflow, violations

EYE = "CAM-DV-0001"


@pytest.fixture(scope="module")
def lasting_devices(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("device"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_devices: Inventory) -> Iterator[Inventory]:
    yield lasting_devices
    lasting_devices.close_pages()


def test_it_tells_how_the_device_is(post: Inventory) -> None:
    page = post.visit(f"/devices/{LOST}")
    expect(page.locator("#now")).to_contain_text("Mất kết nối")
    expect(page.locator("#now [data-field=seen]")).to_have_text("2 giờ trước")


def test_it_tells_how_the_device_has_been(post: Inventory) -> None:
    page = post.visit(f"/devices/{LOST}")
    day, quarter = page.locator(".past").all()
    expect(day).to_contain_text("3 lần ngừng, tổng 3,1 giờ, dài nhất 2,0 giờ")
    expect(day.get_by_role("img", name="24 giờ, mỗi vạch 15 phút: 84,5%")).to_be_visible()
    assert day.locator("path").count() == 96
    assert quarter.locator("path").count() == 90


def test_it_tells_no_age_when_it_is_cut_off(post: Inventory) -> None:
    page = post.visit(f"/devices/{LOST}")
    expect(page.locator("#now [data-field=seen]")).to_have_text("2 giờ trước")
    page.context.set_offline(True)
    page.evaluate("performance.now = (now => () => now() * 100)(performance.now.bind(performance))")
    expect(page.locator("body.stale")).to_be_attached()
    expect(page.locator("#now [data-field=seen]")).to_have_text("—")


def test_it_changes_the_device(post: Inventory) -> None:
    page = post.visit(f"/devices/{EYE}")
    page.keyboard.press("e")
    page.fill("#edit-form [name=serial]", "SN-2026-01")
    page.select_option("#edit-form [name=qcvn135]", "conforms")
    page.click("#edit-write")
    expect(page.locator("#toast")).to_have_text("Đã ghi thay đổi.")
    expect(page.locator("[data-part=facts]")).to_contain_text("SN-2026-01")
    expect(page.locator("[data-part=history] li").first).to_contain_text("Chưa rõ → Hợp quy")


def test_it_keeps_what_was_typed_when_somebody_was_faster(post: Inventory) -> None:
    page, other = post.visit(f"/devices/{BELL}"), post.visit(f"/devices/{BELL}")
    for each, field, text in ((page, "maker", "Hãng A"), (other, "model", "Kiểu B")):
        each.keyboard.press("e")
        each.fill(f"#edit-form [name={field}]", text)
    other.click("#edit-write")
    expect(other.locator("#toast")).to_have_text("Đã ghi thay đổi.")
    page.click("#edit-write")
    expect(page.locator("#edit-conflict")).to_contain_text("Kiểu B")
    expect(page.locator("#edit-form [name=maker]")).to_have_value("Hãng A")
    page.click("#edit-write")
    expect(page.locator("[data-part=facts]")).to_contain_text("Hãng A")
    expect(page.locator("[data-part=facts]")).to_contain_text("Kiểu B")


def test_it_retires_and_brings_back(post: Inventory) -> None:
    page = post.visit("/devices/HM-LH-08")
    page.click("[data-step=RETIRED]")
    expect(page.locator("#sure")).to_contain_text("Báo cáo các ngày trước giữ nguyên")
    page.click("#sure-do")
    expect(page.locator("#now")).to_contain_text("Ngừng sử dụng")
    page.click("#undo")
    expect(page.locator("#toast")).to_have_text("Đã trở lại như trước.")
    expect(page.locator("#now")).not_to_contain_text("Ngừng sử dụng")


def test_it_leaves_the_device_when_one_thinks_better_of_it(post: Inventory) -> None:
    page = post.visit("/devices/HM-LH-08")
    page.click("[data-step=RETIRED]")
    page.keyboard.press("Escape")
    expect(page.locator("#sure")).to_be_hidden()
    expect(page.locator("#now")).not_to_contain_text("Ngừng sử dụng")


def test_it_shows_a_new_secret_once(post: Inventory) -> None:
    page = post.visit(f"/devices/{BELL}")
    page.click("[data-act=issue]")
    page.click("#sure-do")
    expect(page.locator("#secret-word")).to_have_text(re.compile("^[A-Z2-7]{26}$"))
    secret = page.locator("#secret-word").inner_text()
    assert violations(page) == []
    with page.context.expect_page() as opened:
        page.click("#secret [data-label] .primary")
    opened.value.close()
    page.click("#secret [data-close]")
    expect(page.locator("[data-part=facts]")).to_contain_text("đang dùng được")
    assert secret not in page.content()


def test_it_revokes_the_account(post: Inventory) -> None:
    page = post.visit("/devices/BELL-DV-002")
    page.click("[data-act=issue]")
    page.click("#sure-do")
    page.click("#secret [data-close]")
    page.click("[data-act=revoke]")
    page.click("#sure-do")
    expect(page.locator("[data-part=facts]")).to_contain_text("đã khóa")


def test_it_tells_what_happened_to_it(post: Inventory) -> None:
    alarm = post.post.press(BELL, AlarmKind.HOLD_UP)
    post.post.end(alarm)
    page = post.visit(f"/devices/{BELL}")
    expect(page.locator("[data-part=alarms]")).to_contain_text("Báo động cướp")


def test_it_is_found_in_the_list(post: Inventory) -> None:
    page = post.visit(f"/devices?q={EYE}")
    page.click(f"#rows .row[data-device='{EYE}'] .c-id a")
    expect(page).to_have_url(f"{post.url}/devices/{EYE}")
    expect(page.locator("h1")).to_be_visible()


@in_every_look
@pytest.mark.parametrize("device_id", [LOST, BELL])
def test_it_can_be_read_by_everybody(post: Inventory, device_id: str, size: str, theme: str) -> None:
    page = post.visit(f"/devices/{device_id}", SIZES[size], theme=theme)
    expect(page.locator("#now [data-field=seen]")).not_to_have_text("Đang tải…")
    keep_picture(page, f"device-{device_id}-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0
    page.click("#edit-open")
    keep_picture(page, f"device-{device_id}-edit-{size}-{theme}")
    assert violations(page) == []
