"""A session ends after its time whatever happens: it is told ahead, and its end is seen and heard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from monitor.journal.accounts import Role
from monitor.settings import Settings
from tests.desk.inventory_post import Inventory, commune_inventory
from tests.desk.readable import keep_picture, overflow, violations
from tests.desk.test_stale import wait_until_stale
from tests.monitor.web.post import PASSWORD

SOUNDED = "new Promise(done => setInterval(() => chuong.tone && done(chuong.tone), 50))"
NAME = "Công an phường"


@pytest.fixture(scope="module")
def lasting_post(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("session"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_post: Inventory) -> Iterator[Inventory]:
    lasting_post.lock_the_door()
    yield lasting_post
    lasting_post.close_pages()


def sign_in_again(post: Inventory, page: Page) -> None:
    """In the tab that the strip opens; its session lasts."""
    post.post.settings = Settings(post_name=NAME)
    with page.context.expect_page() as opened:
        page.locator("#session-strip a").click()
    door = opened.value
    door.fill("[name=name]", Role.ADMINISTRATOR.value)
    door.fill("[name=password]", PASSWORD)
    door.press("[name=password]", "Enter")
    door.wait_for_url(f"{post.url}/")


@pytest.mark.parametrize("path", ["/", "/incidents", "/wall"])
def test_it_tells_the_end_ahead(post: Inventory, path: str) -> None:
    post.post.settings = Settings(post_name=NAME, session_lifetime_s=600)
    page = post.visit(path)
    expect(page.locator("#session-strip")).to_contain_text("Phiên đăng nhập hết hạn lúc")
    keep_picture(page, f"session-{path.strip('/') or 'desk'}")
    assert (violations(page), overflow(page)) == ([], 0)
    sign_in_again(post, page)
    expect(page.locator("#session-strip")).to_be_hidden()


@pytest.mark.parametrize("path", ["/", "/incidents", "/wall"])
def test_it_sounds_at_the_end_and_goes_on_after_a_new_way_in(post: Inventory, path: str) -> None:
    post.post.settings = Settings(post_name=NAME, session_lifetime_s=10)
    page = post.visit(path)
    page.keyboard.press("Shift")
    wait_until_stale(page)
    expect(page.locator("#session-strip")).to_contain_text("báo động mới không tới được màn hình này")
    assert page.evaluate(SOUNDED) == "s"
    assert page.url == post.url + path
    sign_in_again(post, page)
    expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
    expect(page.locator("#session-strip")).to_be_hidden()


def test_a_screen_with_a_token_goes_on_by_itself(post: Inventory, browser: Browser) -> None:
    """In at its first start, and again when its session ends."""
    post.post.settings = Settings(post_name=NAME, session_lifetime_s=6)
    ways_in: list[Route] = []

    def let_in(route: Route) -> None:
        ways_in.append(route)
        if len(ways_in) == 2:  # the one for the time to come
            post.post.settings = Settings(post_name=NAME)
        route.continue_()

    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/login/screen", let_in)
        page.goto(f"{post.url}/wall#token={post.post.token(Role.READER)}")
        expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
        expect(page.locator("#session-strip")).to_be_visible()
        expect(page.locator("#session-strip")).to_be_hidden(timeout=30_000)
        expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
        page.goto("about:blank")
        page.goto(f"{post.url}/wall#token=another")
        expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{post.url}/wall#token=another")
        expect(page.locator("#screen-refused")).to_contain_text("mã của nó sai")
