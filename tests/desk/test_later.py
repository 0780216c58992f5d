"""What the first ring does not need comes after it; where that cannot be had it is said, and calls are taken over."""

from __future__ import annotations

from playwright.sync_api import Browser, Route, StorageState, expect

from tests.desk.conftest import SCREEN
from tests.desk.officer import OfficersScreen
from tests.small_post import Desk

PARTS = ("details", "map", "palette", "shelving", "tour", "calm_needs")


def lose(route: Route) -> None:
    route.abort()


def test_it_takes_a_call_over_without_the_parts_that_cannot_be_had(
    post: Desk, browser: Browser, signed_in: StorageState
) -> None:
    with browser.new_context(**SCREEN, storage_state=signed_in) as context:
        screen = OfficersScreen(post, context.new_page())
        page, toast = screen.page, screen.page.locator("#toast")
        for part in PARTS:
            page.route(f"**/js/{part}.js", lose)
        screen.open()
        screen.unlock_sound()
        expect(toast).to_contain_text("Chưa tải được phần này của trang")
        post.press()
        alarm = post.wait_for_alarm(state="UNACKNOWLEDGED", priority=1)
        expect(page.locator("#banner")).to_have_attribute("data-alarm", str(alarm["id"]))
        page.keyboard.press("Enter")
        page.keyboard.press("Space")
        screen.wait_for_state(alarm["id"], "ACKNOWLEDGED")
        for part in PARTS:
            page.unroute(f"**/js/{part}.js", lose)
        page.keyboard.press("Enter")
        expect(page.locator("#details")).to_be_visible()
