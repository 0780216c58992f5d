"""A press, from the broker to the officer's eye and hand."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.builders import a_zigbee_bell
from tests.desk.officer import OfficersScreen, sign_in
from tests.processes import PASSWORD
from tests.small_post import Desk


def test_it_says_what_where_and_which_button(screen: OfficersScreen) -> None:
    screen.press_and_wait()
    for words in (
        "Khẩn cấp",
        "BÁO ĐỘNG CƯỚP – Quỹ tín dụng nhân dân minh họa",
        "Quầy giao dịch 1 · Bấm lúc",
        "Đường số 1",
    ):
        expect(screen.banner).to_contain_text(words)


def test_it_forbids_to_call_a_silent_site_back(screen: OfficersScreen) -> None:
    screen.press_and_wait()
    expect(screen.banner).to_contain_text("KHÔNG gọi lại số của cơ sở")


def test_it_is_calm_where_nothing_happens(screen: OfficersScreen) -> None:
    expect(screen.page.locator("#calm")).to_contain_text("Không có báo động")
    expect(screen.banner).to_be_hidden()


def test_it_names_the_emergency_in_the_tab(screen: OfficersScreen) -> None:
    screen.press_and_wait()
    assert screen.page.title().startswith("(1) BÁO ĐỘNG CƯỚP – Quỹ tín dụng nhân dân minh họa")


def test_it_tells_a_screen_reader_once_and_at_once(screen: OfficersScreen) -> None:
    screen.press_and_wait()
    alerts = screen.page.get_by_role("alert")
    assert [alert for alert in alerts.all_inner_texts() if "Báo động cướp" in alert] == [alerts.first.inner_text()]


def test_it_is_acknowledged_with_one_key(screen: OfficersScreen) -> None:
    alarm = screen.press_and_wait()
    screen.page.keyboard.press("Space")
    assert screen.wait_for_state(alarm["id"], "ACKNOWLEDGED")["acknowledged_by"] == "truc-ban"
    expect(screen.banner).to_have_attribute("data-state", "taken")


def test_it_is_closed_with_one_more(screen: OfficersScreen) -> None:
    alarm = screen.press_and_wait()
    screen.page.keyboard.press("Space")
    expect(screen.banner).to_have_attribute("data-state", "taken")
    screen.page.keyboard.press("c")
    screen.wait_for_state(alarm["id"], "NORMAL")
    expect(screen.banner).to_be_hidden()
    expect(screen.page.locator("#done")).to_contain_text("Quỹ tín dụng nhân dân minh họa")


def test_it_acknowledges_another_with_two_keys(screen: OfficersScreen) -> None:
    first = screen.press_and_wait()
    screen.post.press("Chưa ai biết/Nút 9")
    second = screen.post.wait_for_alarm(device_id=None, state="UNACKNOWLEDGED")
    expect(screen.row(second)).to_be_visible()
    screen.page.keyboard.press("ArrowDown")
    screen.page.keyboard.press("Space")
    screen.wait_for_state(second["id"], "ACKNOWLEDGED")
    assert screen.alarm(first["id"])["state"] == "UNACKNOWLEDGED"


def test_it_shows_a_device_that_nobody_registered(screen: OfficersScreen) -> None:
    screen.post.press("Chưa ai biết/Nút 9")
    alarm = screen.post.wait_for_alarm(device_id=None, state="UNACKNOWLEDGED")
    expect(screen.row(alarm)).to_contain_text("Thiết bị chưa đăng ký")
    expect(screen.banner).to_contain_text("zigbee2mqtt:Chưa ai biết/Nút 9")


def test_it_counts_presses_and_rings_again(screen: OfficersScreen) -> None:
    screen.press_and_wait()
    screen.page.keyboard.press("Space")
    expect(screen.banner).to_have_attribute("data-state", "taken")
    screen.post.press()
    expect(screen.banner).to_have_attribute("data-state", "ringing")
    expect(screen.banner).to_contain_text("Đã bấm 2 lần")


def test_it_counts_merged_duplicates(screen: OfficersScreen) -> None:
    body = json.dumps({"action": "emergency", "last_seen": "2026-01-01T00:00:00.000Z", "linkquality": 7})
    for _ in range(3):
        screen.post.gateway.publish(f"zigbee2mqtt/{a_zigbee_bell()['address']}", body)
    expect(screen.banner).to_contain_text("Gộp 2 tín hiệu trùng")


def test_it_tells_the_story_in_a_window(screen: OfficersScreen) -> None:
    screen.press_and_wait()
    screen.page.keyboard.press("Enter")
    details = screen.page.get_by_role("dialog")
    expect(details).to_contain_text("Đã hiện trên màn hình")
    expect(details).to_contain_text("zigbee2mqtt/Quỹ tín dụng/Quầy giao dịch 1")
    screen.page.keyboard.press("Space")
    expect(screen.banner).to_have_attribute("data-state", "taken")


def test_it_shows_the_newer_alarm_where_somebody_was_faster(screen: OfficersScreen) -> None:
    alarm = screen.press_and_wait()

    def press_in_between(route: Route) -> None:
        screen.post.press()
        screen.post.wait_for_alarm(id=alarm["id"], presses=2)
        route.continue_()

    screen.page.route("**/acknowledge", press_in_between)
    screen.page.keyboard.press("Space")
    expect(screen.page.locator("#toast")).to_contain_text("Báo động vừa thay đổi")
    assert screen.alarm(alarm["id"])["state"] == "UNACKNOWLEDGED"


def test_it_says_so_where_the_server_could_not_store_it(screen: OfficersScreen) -> None:
    screen.press_and_wait()
    screen.page.route("**/acknowledge", lambda route: route.abort())
    screen.page.keyboard.press("Space")
    expect(screen.page.locator("#toast")).to_contain_text("Chưa ghi được")
    expect(screen.banner).to_have_attribute("data-state", "ringing")


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"isComposing": True}, id="composing"),
        pytest.param({"keyCode": 229}, id="input-method"),
        pytest.param({"ctrlKey": True}, id="with-a-modifier"),
        pytest.param({"repeat": True}, id="held-down"),
    ],
)
def test_it_takes_no_key_that_was_meant_otherwise(screen: OfficersScreen, event: dict[str, object]) -> None:
    asked: list[str] = []
    screen.page.on("request", lambda request: asked.append(request.url))
    screen.press_and_wait()
    given = {"code": "Space", "key": " ", "bubbles": True} | event
    screen.page.evaluate("given => document.body.dispatchEvent(new KeyboardEvent('keydown', given))", given)
    screen.page.keyboard.press("t")  # by then the other key would have acted
    assert not [url for url in asked if url.endswith("/acknowledge")]


def test_it_lets_an_officer_type_in_a_field(screen: OfficersScreen) -> None:
    screen.press_and_wait()
    screen.page.keyboard.press("/")
    screen.page.keyboard.type("quỹ m")
    expect(screen.page.locator("#search")).to_have_value("quỹ m")
    expect(screen.banner).to_have_attribute("data-state", "ringing")
    expect(screen.chip("sound")).to_have_attribute("data-sound", "on")


def test_it_gives_the_space_key_back_after_a_click(screen: OfficersScreen) -> None:
    alarm = screen.press_and_wait()
    screen.page.locator("[data-tab=faults]").click()
    screen.page.keyboard.press("Space")
    screen.wait_for_state(alarm["id"], "ACKNOWLEDGED")


def test_it_leaves_the_arrows_to_a_list_that_has_the_focus(screen: OfficersScreen) -> None:
    alarm = screen.press_and_wait()
    screen.page.locator("#device-scroll").focus()
    screen.page.keyboard.press("ArrowDown")
    expect(screen.row(alarm)).not_to_have_attribute("aria-current", "true")


def test_it_offers_nobody_what_they_may_not_do(post: Desk, page: Page) -> None:
    post.monitor.run("user", "add", "nguoi-xem", "--role", "reader", "--password-stdin", given=f"{PASSWORD}\n")
    sign_in(page, post.url, "nguoi-xem")
    post.press()
    expect(page.locator("#banner").get_by_role("button")).to_have_text(re.compile("Mở"))
    page.keyboard.press("Space")
    expect(page.locator("#toast")).to_contain_text("Bạn không có quyền tiếp nhận")
