"""The page of the shift: taken by ear and eye, handed over, planned; read by everybody, printed on one sheet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.desk.inventory_post import Inventory, commune_inventory
from tests.desk.readable import SIZES, in_every_look, keep_picture, overflow, violations


@pytest.fixture(scope="module")
def lasting_shifts(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("shift"), browser) as inventory:
        inventory.post.press("BELL-DV-001")
        yield inventory


@pytest.fixture
def post(lasting_shifts: Inventory) -> Iterator[Inventory]:
    yield lasting_shifts
    lasting_shifts.close_pages()


def plan(page: Page, line: str) -> None:
    page.click("#planning summary")
    page.fill("#table-form [name=text]", line)
    page.click("#table-form button[value=try]")


def test_it_is_taken_by_ear_and_eye_and_handed_over(post: Inventory) -> None:
    page = post.visit("/")
    expect(page.locator("#desk-officer-name")).to_have_text("Bàn trực trống")
    page.goto(f"{post.url}/shift")
    expect(page.locator("#on-duty")).to_have_text("Chưa ai nhận ca: bàn trực đang trống")
    expect(page.locator("#pending")).to_have_text("Còn 1 việc chưa xong")
    expect(page.locator("#open-items")).to_contain_text("1 mắt hỏng")
    page.keyboard.press("n")
    expect(page.locator("#take-form .problem")).to_contain_text("Bấm thử chuông")
    page.keyboard.press("p")
    expect(page.locator("#tone-said")).to_contain_text("Máy đã phát tiếng")
    page.check("[name=heard][value=yes]", force=True)
    page.check("[name=read]")
    page.keyboard.press("n")
    expect(page.locator("#on-duty")).to_contain_text("Đang trực: administrator")
    expect(page.locator("#log li").first).to_contain_text("Nhận ca, đã đọc việc chưa xong")
    page.keyboard.press("b")
    page.keyboard.type("Trông chừng ngã ba")
    page.click("#hand-form [type=submit]")
    expect(page.locator("#on-duty")).to_contain_text("chờ người nhận")
    page.goto(f"{post.url}/")
    expect(page.locator("#my-role")).to_have_text("Quản trị · chờ nhận ca")
    page.goto(f"{post.url}/shift")
    page.click("#take-back")
    expect(page.locator("#log li").first).to_contain_text("Rút lại bàn giao")
    page.reload()
    expect(page.locator("#on-duty")).to_contain_text("Đang trực: administrator")


def test_a_table_is_pasted_and_shows_who_and_where_nobody(post: Inventory) -> None:
    page = post.visit("/shift")
    today = page.evaluate("new Date(Date.now() + 7 * 3600000).toISOString().slice(0, 10)")
    plan(page, f"{today}\t0:00\t24:00\tchỉ hui\tChỉ huy ca")
    expect(page.locator("#table-said")).to_contain_text("không có vai trò “chỉ hui”. Có phải “chi huy”?")
    page.fill("#table-form [name=text]", f"{today}\t0:00\t24:00\tChỉ huy\tChỉ huy ca")
    page.click("#table-form button[value=try]")
    page.click("#table-write")
    expect(page.locator("#roster .is-now")).to_contain_text("00:00–00:00 Chỉ huy ca")
    expect(page.locator("#gaps")).to_contain_text("Không có Chỉ huy từ 00:00")
    page.click("#roster [data-act=remove]")
    expect(page.locator("#roster del")).to_be_visible()
    page.click("#roster [data-act=remove]")
    expect(page.locator("#roster .is-now")).to_be_visible()


@in_every_look
def test_it_can_be_read_by_everybody(post: Inventory, size: str, theme: str) -> None:
    page = post.visit("/shift", SIZES[size], theme=theme)
    expect(page.locator("#on-duty")).not_to_have_text("Đang tải…")
    keep_picture(page, f"shift-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0


def test_a_shift_is_one_sheet_of_paper(post: Inventory) -> None:
    page = post.visit("/shift")
    taken = {"has_read_back": True, "is_heard": True, "seen": None, "screen": "s1"}  # where no other test has
    page.request.post(f"{post.url}/api/v1/shift/take", data=taken, headers={"Sec-Fetch-Site": "same-origin"})
    page.goto(f"{post.url}/shift/1")
    expect(page.locator("h1")).to_have_text("Biên bản bàn giao ca")
    pages = page.pdf(format="A4").count(b"/Type /Page\n")
    assert pages == 1
    assert violations(page) == []
