"""Space takes the first call over from every page, as the sheet of keys promises."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.desk.officer import OfficersScreen

PAGES = (
    "/incidents", "/devices", "/groups", "/bell-tests", "/shift", "/layers", "/patrol", "/reported", "/duties",
    "/sirens", "/register", "/import", "/strangers", "/shelved", "/falls", "/devices/BELL-1", "/system",
    "/audit", "/users",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_it_takes_a_call_over_from_every_page(own_screen: OfficersScreen, path: str) -> None:
    page, post = own_screen.page, own_screen.post
    assert page.goto(post.url + path).status == 200  # type: ignore[union-attr]
    expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
    post.press()
    alarm = post.wait_for_alarm(state="UNACKNOWLEDGED", priority=1)
    expect(page.locator("#ringing")).to_have_attribute("data-alarm", str(alarm["id"]))
    page.keyboard.press("Space")
    own_screen.wait_for_state(alarm["id"], "ACKNOWLEDGED")
