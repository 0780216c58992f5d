"""An alarm put aside at the desk by keyboard: gone from the queue, told in its own tab, never a call for help."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.builders import a_zigbee_bell
from tests.desk.officer import OfficersScreen
from tests.desk.readable import keep_picture, overflow, violations


def tamper(screen: OfficersScreen, *, is_open: bool = True) -> None:
    body = '{"tamper": true}' if is_open else '{"tamper": false}'
    screen.post.gateway.publish(f"zigbee2mqtt/{a_zigbee_bell()['address']}", body)


def test_it_shelves_by_keyboard_and_tells_when_the_alarm_ends(own_screen: OfficersScreen) -> None:
    screen, page = own_screen, own_screen.page
    tamper(screen)
    alarm = screen.post.wait_for_alarm(kind="tamper", state="UNACKNOWLEDGED")
    expect(screen.row(alarm)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("s")
    expect(page.locator("#shelving")).to_contain_text("Hết giờ mà vẫn còn thì báo động kêu lại ngay")
    assert violations(page) == []
    keep_picture(page, "shelving")
    page.keyboard.type("Tho dang thay vo")
    page.keyboard.press("Enter")
    screen.wait_for_state(alarm["id"], "SHELVED")
    expect(page.locator("#queue li")).to_have_count(0)
    page.locator("[data-tab=shelved]").click()
    expect(page.locator("#queue li")).to_contain_text("tạm hoãn", ignore_case=True)
    tamper(screen, is_open=False)
    expect(page.locator("#toast")).to_contain_text("Báo động đang tạm hoãn đã hết")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#details")).to_contain_text("truc-ban: Tho dang thay vo")
    keep_picture(page, "shelved-details")
    assert overflow(page) <= 0
    shelf = screen.alarm(alarm["id"])["shelf"]["id"]
    assert screen.post.api.post(f"/api/v1/shelves/{shelf}/end").status_code == 204
    screen.wait_for_state(alarm["id"], "NORMAL")


def test_a_call_for_help_is_not_shelved_and_it_says_why(screen: OfficersScreen) -> None:
    alarm = screen.press_and_wait()
    screen.page.keyboard.press("s")
    expect(screen.page.locator("#toast")).to_contain_text("không bao giờ được tạm hoãn")
    expect(screen.page.locator("#shelving")).to_be_hidden()
    assert screen.alarm(alarm["id"])["state"] == "UNACKNOWLEDGED"
