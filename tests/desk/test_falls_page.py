"""The page of what goes down most often: where one visit spares the most alarms."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.desk.inventory_post import LOST, RESTLESS, Inventory, commune_inventory
from tests.desk.readable import SIZES, in_every_look, keep_picture, overflow, violations


@pytest.fixture(scope="module")
def lasting_falls(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("falls"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_falls: Inventory) -> Iterator[Inventory]:
    yield lasting_falls
    lasting_falls.close_pages()


def test_it_lists_what_falls_most_first(post: Inventory) -> None:
    page = post.visit("/devices")
    page.click("a[href='/falls']")
    expect(page.locator("#summary")).to_have_text("2 thiết bị mất kết nối từ 2 lần trở lên, 7 ngày qua")
    expect(page.locator("#rows tr").first).to_contain_text(LOST)
    expect(page.locator("#rows tr").first.locator("[data-field=falls]")).to_have_text("3")
    expect(page.locator("#rows tr").first.locator("[data-field=last]")).to_have_text("2 giờ trước")
    expect(page.locator("#rows tr").last).to_contain_text(RESTLESS)
    page.click(f"#rows a[href='/devices/{LOST}']")
    expect(page.locator("#now")).to_contain_text("Mất kết nối")


def test_it_looks_at_as_many_days_as_are_asked_for(post: Inventory) -> None:
    page = post.visit("/falls?days=1")
    expect(page.locator("#rows tr")).to_have_count(1)
    page.locator("[name=days]:checked").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#rows tr")).to_have_count(2)
    expect(page).to_have_url(f"{post.url}/falls?days=7")


def test_it_says_that_nothing_falls(post: Inventory) -> None:
    page = post.visit("/devices")
    page.route("**/api/v1/falls?*", lambda route: route.fulfill(json={"items": []}))
    page.goto(f"{post.url}/falls")
    expect(page.locator("#nothing-words")).to_have_text("7 ngày qua: không thiết bị nào mất kết nối từ 2 lần trở lên.")
    expect(page.locator("#again")).to_be_hidden()


def test_it_says_that_it_could_not_look_and_looks_again(post: Inventory) -> None:
    page = post.visit("/devices")

    def fail(route: Route) -> None:
        route.abort()

    page.route("**/api/v1/falls?*", fail)
    page.goto(f"{post.url}/falls")
    # By itself it looks again when the feed has come; after that only when somebody asks.
    expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
    expect(page.locator("#falls[aria-busy=false] #nothing-words")).to_contain_text("Chưa tải được danh sách")
    page.unroute("**/api/v1/falls?*", fail)
    page.click("#again")
    expect(page.locator("#rows tr")).to_have_count(2)


def test_it_tells_no_age_when_it_is_cut_off(post: Inventory) -> None:
    page = post.visit("/falls")
    expect(page.locator("#rows tr")).to_have_count(2)
    page.context.set_offline(True)
    page.evaluate("performance.now = (now => () => now() * 100)(performance.now.bind(performance))")
    expect(page.locator("body.stale")).to_be_attached()
    expect(page.locator("#rows [data-field=last]").first).to_have_text("—")


@in_every_look
def test_it_can_be_read_by_everybody(post: Inventory, size: str, theme: str) -> None:
    page = post.visit("/falls", SIZES[size], theme=theme)
    expect(page.locator("#rows tr")).to_have_count(2)
    keep_picture(page, f"falls-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0
