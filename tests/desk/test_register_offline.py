"""Registering without a network, or with one that loses the answer: nothing is lost, and nothing comes twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.desk.officer import sign_in
from tests.desk.pole import KEPT, Visit, devices, locate, send
from tests.desk.readable import WALL, keep_picture
from tests.processes import OFFICER, MonitorProcess


def test_it_sends_what_was_saved_without_a_network_exactly_once(inventory: MonitorProcess, visit_form: Visit) -> None:
    page = visit_form()
    locate(page)
    expect(page.locator("#group")).to_have_value("DV-01")
    wait_until_kept(page)
    page.context.set_offline(True)
    send(page, "Không mạng")
    expect(page.locator("#toast")).to_have_text(KEPT)
    expect(page.locator("#outbox-word")).to_contain_text("Đang chờ: 1")
    keep_picture(page, "register-phone-offline")
    page.reload()
    expect(page.locator("#outbox-word")).to_contain_text("Không có mạng")
    expect(page.locator("#outbox-word")).to_contain_text("Đang chờ: 1")
    assert devices(inventory, "Không mạng") == []
    page.context.set_offline(False)
    expect(page.locator("#outbox")).to_be_hidden()
    page.reload()
    expect(page.locator("body[data-ready=yes]")).to_be_attached()
    assert len(devices(inventory, "Không mạng")) == 1


def test_it_registers_once_where_the_answer_is_lost(inventory: MonitorProcess, visit_form: Visit) -> None:
    page = visit_form()
    locate(page)
    lost: list[int] = []

    def lose_answer(route: Route) -> None:
        if route.request.method != "POST" or lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    page.route("**/api/v1/devices", lose_answer)
    send(page, "Mất trả lời")
    expect(page.locator("#toast")).to_have_text(KEPT)
    assert lost == [201]
    page.reload()
    expect(page.locator("#done-title")).to_contain_text("Đã đăng ký")
    expect(page.locator("#outbox")).to_be_hidden()
    assert len(devices(inventory, "Mất trả lời")) == 1


def test_it_keeps_a_draft_over_a_reload(visit_form: Visit) -> None:
    page = visit_form()
    locate(page)
    page.fill("[name=name]", "Nửa chừng")
    expect(page.locator("#saved")).to_have_text("Bản nháp đã lưu trên máy")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator("[name=name]")).to_have_value("Nửa chừng")
    expect(page.locator("#group")).to_have_value("DV-01")


def test_it_sets_a_draft_aside_and_takes_it_up_again(visit_form: Visit) -> None:
    page = visit_form()
    page.fill("[name=name]", "Để sau")
    page.click("#later")
    expect(page.locator("[name=name]")).to_have_value("")
    page.click("#outbox-open")
    page.get_by_role("button", name="Mở lại").click()
    expect(page.locator("[name=name]")).to_have_value("Để sau")


def wait_until_kept(page: Page) -> None:
    """Until the page would open without a network."""
    page.wait_for_function("async () => (await (await caches.open('register')).keys()).length > 15")
    page.wait_for_function("async () => Boolean(await caches.match('/register'))")


def test_it_keeps_nothing_the_server_knows_on_the_phone(visit_form: Visit) -> None:
    page = visit_form()
    locate(page)
    wait_until_kept(page)
    addresses = "async () => (await (await caches.open('register')).keys()).map((each) => new URL(each.url).pathname)"
    kept = page.evaluate(addresses)
    assert {path for path in kept if not path.startswith("/static/")} <= {"/register"}


def test_it_waits_for_the_group_that_is_being_proposed(visit_form: Visit) -> None:
    page = visit_form()
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    page.route("**/api/v1/places*", hold)
    locate(page)
    page.fill("[name=name]", "Mạng chậm")
    page.click("#next")
    expect(page.locator("#group-wrong")).to_be_empty()
    asked[0].continue_()
    expect(page.locator("body")).to_have_attribute("data-step", "2")
    expect(page.locator("#group-wrong")).to_be_empty()


def test_it_sends_nothing_as_another_who_is_signed_in(inventory: MonitorProcess, visit_form: Visit) -> None:
    page = visit_form()
    locate(page)
    page.route("**/api/v1/devices", as_somebody_else)
    send(page, "Của người khác")
    expect(page.locator("#outbox-word")).to_contain_text("Một tài khoản khác đang đăng nhập")
    assert devices(inventory, "Của người khác") == []
    page.unroute("**/api/v1/devices")
    page.reload()
    expect(page.locator("#done-title")).to_contain_text("Đã đăng ký")
    assert len(devices(inventory, "Của người khác")) == 1


def as_somebody_else(route: Route) -> None:
    """As a page says it that a phone has kept from another user's hours."""
    route.continue_(headers=route.request.headers | {"chuong-user": "somebody-else"})


def test_it_says_that_a_photo_was_refused(inventory: MonitorProcess, visit_form: Visit) -> None:
    page = visit_form(WALL)
    locate(page)
    page.set_input_files("#photo-file", {"name": "a.png", "mimeType": "image/png", "buffer": page.screenshot()})
    expect(page.locator("#photo-shown")).to_be_visible()
    refusal = {"error": "bad_photo", "message": "not a picture"}
    page.route("**/photo", lambda route: route.fulfill(status=422, json=refusal))
    send(page, "Ảnh hỏng")
    expect(page.locator("#done-before")).to_contain_text("not a picture")
    assert len(devices(inventory, "Ảnh hỏng")) == 1


def test_it_leaves_no_page_to_the_next_user_of_the_phone(inventory: MonitorProcess, own_door: Page) -> None:
    page = own_door
    page.goto(f"{inventory.url}/register")
    wait_until_kept(page)
    page.locator("#sign-out button").click()
    page.wait_for_url("**/login*")
    page.wait_for_function("async () => !(await caches.match('/register'))")


@pytest.fixture
def own_door(inventory: MonitorProcess, browser: Browser) -> Iterator[Page]:
    """Signed in for this test alone: who signs out ends the session wherever it is used."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="vi-VN")
    page = context.new_page()
    sign_in(page, inventory.url, OFFICER)
    yield page
    context.close()


def test_it_keeps_every_secret_that_is_told_once_in_sight(inventory: MonitorProcess, visit_form: Visit) -> None:
    page = visit_form()
    page.context.set_offline(True)
    for name in ("Chuông một", "Chuông hai"):
        page.locator("[name=kind][value=bell]").press("Space")  # a toast may lie over it
        expect(page.locator("[name=kind][value=bell]")).to_be_checked()
        locate(page)
        page.select_option("#group", "DV-01")
        send(page, name)
        expect(page.locator("#toast")).to_have_text(KEPT)
    page.context.set_offline(False)
    expect(page.locator("#outbox")).to_be_hidden()
    expect(page.locator("#done-before li")).to_have_count(1)
    expect(page.locator("#done [data-field=secret]")).not_to_be_empty()
