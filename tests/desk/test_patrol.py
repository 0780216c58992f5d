"""An incident on the phone of whoever drives there: what he says is kept until the server has it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.desk.officer import OfficersScreen
from tests.desk.readable import PHONE, SIZES, in_every_look, keep_picture, overflow, violations
from tests.desk.test_incident import close_all, newest


@pytest.fixture
def dispatched(own_screen: OfficersScreen) -> OfficersScreen:
    close_all(own_screen.post)
    own_screen.press_and_wait()
    own_screen.page.keyboard.press("Space")
    post, incident = own_screen.post, newest(own_screen.post)
    path = f"/api/v1/incidents/{incident['id']}"
    post.wait_for(lambda: newest(post)["stage"] == "ACKNOWLEDGED" or None, "it is acknowledged")
    post.api.post(f"{path}/steps", json={"version": newest(post)["version"], "step": "DISPATCHED"}).raise_for_status()
    return own_screen


def test_it_keeps_what_could_not_be_sent_and_says_so(dispatched: OfficersScreen) -> None:
    page, post = dispatched.page, dispatched.post
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{post.url}/patrol/{newest(post)['id']}")
    expect(page.locator("#stage")).to_have_text("Đã điều lực lượng")
    page.route("**/patrol", lambda route: route.abort())
    page.get_by_role("button", name="Tôi đến").click()
    expect(page.locator("#said li.waits")).to_contain_text("lưu trên máy, sẽ gửi")
    assert newest(post)["stage"] == "DISPATCHED"
    page.unroute("**/patrol")
    expect(page.locator("#said li")).to_contain_text("máy chủ đã ghi")
    expect(page.locator("#stage")).to_have_text("Đang đến")
    page.get_by_role("button", name="Cần chi viện").click()
    expect(page.locator("#said li:not(.waits)")).to_have_count(2)
    told = post.api.get(f"/api/v1/incidents/{newest(post)['id']}").json()["timeline"]
    assert "TUẦN TRA CẦN CHI VIỆN" in str(told)
    close_all(post)


def test_it_keeps_in_sight_what_was_refused(dispatched: OfficersScreen) -> None:
    page, post = dispatched.page, dispatched.post
    page.goto(f"{post.url}/patrol/{newest(post)['id']}")
    page.route("**/patrol", lambda route: route.fulfill(status=409, json={"message": "it is over"}))
    page.get_by_role("button", name="Tôi đến").click()
    expect(page.locator("#said li.refused")).to_contain_text("MÁY CHỦ TỪ CHỐI: it is over. Gọi trực ban.")
    page.reload()
    expect(page.locator("#said li.refused")).to_have_count(1)
    page.unroute("**/patrol")
    page.get_by_role("button", name="Đã tới nơi").click()
    expect(page.locator("#said li").first).to_contain_text("máy chủ đã ghi")
    expect(page.locator("#said li.refused")).to_have_count(1)
    keep_picture(page, "patrol-refused")
    close_all(post)


@in_every_look
def test_it_can_be_read_by_everybody(dispatched: OfficersScreen, size: str, theme: str) -> None:
    page, post = dispatched.page, dispatched.post
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    page.context.add_cookies([{"name": "theme", "value": theme, "url": post.url}])
    page.goto(f"{post.url}/patrol/{newest(post)['id']}")
    expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
    keep_picture(page, f"patrol-{size}-{theme}", 1500)
    assert violations(page) == []
    assert overflow(page) <= 0
    tallest = page.locator("[data-word=coming]").bounding_box()
    assert tallest
    assert tallest["height"] >= 76
    close_all(post)
