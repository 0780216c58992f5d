"""What an officer has of his own: a profile, a list of what waits for him, a tour; and a name that is his."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from device_adapters.core.events import AlarmKind
from monitor.journal.accounts import Role
from monitor.machines.alarm import Given
from tests.desk.inventory_post import Inventory, commune_inventory
from tests.desk.readable import PHONE, keep_picture, overflow, violations
from tests.monitor.web.post import PASSWORD

TOUR = 5  # steps
ANOTHER = "another long password"


@pytest.fixture(scope="module")
def lasting_post(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("own"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_post: Inventory) -> Iterator[Inventory]:
    yield lasting_post
    lasting_post.close_pages()


def looked_at(page: Page, name: str) -> None:
    keep_picture(page, name)
    page.set_viewport_size(PHONE)
    keep_picture(page, f"{name}-phone")
    assert (violations(page), overflow(page)) == ([], 0)


def test_its_choices_follow_the_account_to_another_browser(post: Inventory) -> None:
    page = post.visit("/profile")
    page.check("[name=theme][value=dark]", force=True)
    expect(page.locator("#profile-said")).to_have_text("Đã giữ theo tài khoản.")
    page.check("[name=letters_off]")
    expect(page.locator("#letters-off")).to_be_checked()
    looked_at(page, "profile")
    post.lock_the_door()
    other = post.visit("/incidents")
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    other.keyboard.press("t")
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    other.click("#theme")
    expect(other.locator("html")).to_have_attribute("data-theme", "light")
    other.goto(f"{post.url}/profile")
    expect(other.locator("[name=theme][value=light]")).to_be_checked()
    other.uncheck("[name=letters_off]")
    expect(other.locator("#profile-said")).to_have_text("Đã giữ theo tài khoản.")


@pytest.mark.parametrize(
    ("now", "new", "again", "words"),
    [
        (PASSWORD, ANOTHER, "another one", "hai lần nhập mật khẩu mới không giống nhau"),
        ("not the one I have", ANOTHER, ANOTHER, "mật khẩu đang dùng không đúng"),
        (PASSWORD, ANOTHER, ANOTHER, "Đã đổi mật khẩu"),
        (ANOTHER, PASSWORD, PASSWORD, "Đã đổi mật khẩu"),
    ],
)
def test_it_says_what_came_of_a_new_password(post: Inventory, now: str, new: str, again: str, words: str) -> None:
    page = post.visit("/profile")
    for name, typed in (("current", now), ("password", new), ("again", again)):
        page.fill(f"#password-form [name={name}]", typed)
    page.locator("#password-form button").click()
    expect(page.locator("#password-said")).to_contain_text(words)
    expect(page.locator("#password-form [name=current]")).to_have_value("" if "Đã đổi" in words else now)


def test_it_lists_what_waits_and_leads_there(post: Inventory) -> None:
    page = post.visit("/needs")
    expect(page.locator("#needs")).to_contain_text("Ca trực chưa ai nhận")
    alarm = post.post.press("BELL-DV-001", AlarmKind.HOLD_UP)
    try:
        first = page.locator("#needs a").first
        expect(first).to_contain_text("1 báo động chưa tiếp nhận")
        expect(first).to_contain_text(re.compile(r"từ \d+ giây trước"))
        looked_at(page, "needs")
        first.click()
        expect(page.locator("#banner")).to_be_visible()
    finally:
        post.post.end(alarm)
    expect(page.locator("#calm-needs")).to_contain_text("việc đang chờ")


def test_it_is_a_tour_by_keyboard_that_anything_that_rings_ends(post: Inventory) -> None:
    page = post.visit("/")
    page.click("#tour-begin")
    expect(page.locator("#tour-at")).to_have_text(f"1/{TOUR}")
    looked_at(page, "tour")
    alarm = post.post.press("BELL-DV-001", AlarmKind.HOLD_UP)
    expect(page.locator("#tour")).to_be_hidden()
    page.keyboard.press("Space")
    expect(page.locator("#banner")).to_have_attribute("data-state", "taken")
    post.post.act(alarm["id"], alarm["version"] + 1, Role.ADMINISTRATOR.value, Given.RESTORE)
    page.click("#tour-begin")
    for _ in range(TOUR):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#tour")).to_be_hidden()
    expect(page.locator("#tour-offer")).to_be_hidden()
    page.reload()
    expect(page.locator("body:not(.loading)")).to_be_attached()
    expect(page.locator("#tour-offer")).to_be_hidden()
    page.keyboard.press("?")
    page.click("#tour-open")
    expect(page.locator("#tour")).to_be_visible()


def test_it_shows_the_name_of_who_signed_in_since(post: Inventory) -> None:
    post.post.add_user("ca-dem", Role.DUTY_OFFICER)
    page = post.visit("/incidents")
    door = page.context.new_page()
    door.goto(f"{post.url}/login?again=true")
    door.fill("[name=name]", "ca-dem")
    door.fill("[name=password]", PASSWORD)
    door.press("[name=password]", "Enter")
    door.wait_for_url(f"{post.url}/")
    expect(page.locator("#me")).to_have_text("ca-dem")
