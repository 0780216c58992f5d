"""One live connection for a whole browser, and nothing from outside."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.desk.officer import OfficersScreen
from tests.small_post import Desk

MORE_THAN_HTTP_1_ALLOWS = 7


def test_it_keeps_many_tabs_live(screen: OfficersScreen) -> None:
    tabs = [screen.page.context.new_page() for _ in range(MORE_THAN_HTTP_1_ALLOWS)]
    for tab in tabs:
        tab.goto(screen.post.url)
    screen.post.press()
    for tab in tabs:
        expect(tab.locator("#banner")).to_have_attribute("data-state", "ringing")


def test_it_shows_on_every_screen_who_took_it(screen: OfficersScreen, browser: Browser) -> None:
    context = browser.new_context()
    other = OfficersScreen(screen.post, context.new_page())
    other.open()
    alarm = screen.press_and_wait()
    other.page.keyboard.press("Space")
    expect(screen.banner).to_have_attribute("data-state", "taken")
    expect(screen.row(alarm)).to_contain_text("truc-ban nhận")
    context.close()


def test_it_works_where_there_is_no_shared_worker(post: Desk, lonely_page: Page) -> None:
    screen = OfficersScreen(post, lonely_page)
    screen.open()
    screen.press_and_wait()


def test_it_asks_nobody_outside(post: Desk, page: Page) -> None:
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    screen = OfficersScreen(post, page)
    screen.open()
    screen.press_and_wait()
    assert asked
    assert [url for url in asked if not url.startswith(post.url)] == []


def test_it_breaks_no_rule_of_its_own_policy(post: Desk, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    screen = OfficersScreen(post, page)
    screen.open()
    screen.press_and_wait()
    page.goto(f"{post.url}/api/docs")
    assert [text for text in said if "AudioContext was not allowed" not in text] == []


def test_it_changes_the_language_and_keeps_it(own_screen: OfficersScreen) -> None:
    own_screen.page.get_by_role("link", name="English").click()
    expect(own_screen.page.locator("#calm")).to_contain_text(re.compile("No (emergency )?alarms"))
    own_screen.page.goto(own_screen.post.url)
    expect(own_screen.page.locator("html")).to_have_attribute("lang", "en")
    own_screen.page.get_by_role("link", name="Tiếng Việt").click()  # it is kept with the account, too
    expect(own_screen.page.locator("html")).to_have_attribute("lang", "vi")


def test_it_changes_light_and_dark_and_keeps_it(own_screen: OfficersScreen) -> None:
    background = "getComputedStyle(document.body).backgroundColor"
    before = own_screen.page.evaluate(background)
    own_screen.page.keyboard.press("t")
    after = own_screen.page.evaluate(background)
    assert after != before
    own_screen.page.reload()
    own_screen.wait_until_live()
    assert own_screen.page.evaluate(background) == after
    own_screen.page.keyboard.press("t")
