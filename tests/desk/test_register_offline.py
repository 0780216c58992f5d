"""Registering without a network, or with one that loses the answer: nothing is lost, and nothing comes twice."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.desk.pole import KEPT, Visit, devices, keep_picture, locate, send
from tests.processes import MonitorProcess


def test_it_sends_what_was_saved_without_a_network_exactly_once(inventory: MonitorProcess, visit_form: Visit) -> None:
    page = visit_form()
    locate(page)
    expect(page.locator("#group")).to_have_value("DV-01")
    wait_until_kept(page)
    page.context.set_offline(True)
    send(page, "Không mạng")
    expect(page.locator("#toast")).to_have_text(KEPT)
    expect(page.locator("#outbox-word")).to_contain_text("Đang chờ: 1")
    keep_picture(page, "phone-offline")
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
    assert {path for path in kept if not path.startswith("/static/")} == {"/register"}


def test_it_keeps_every_secret_that_is_told_once_in_sight(inventory: MonitorProcess, visit_form: Visit) -> None:
    page = visit_form()
    page.context.set_offline(True)
    for name in ("Chuông một", "Chuông hai"):
        page.locator("[name=kind][value=bell]").check(force=True)
        locate(page)
        send(page, name)
        expect(page.locator("#toast")).to_have_text(KEPT)
    page.context.set_offline(False)
    expect(page.locator("#outbox")).to_be_hidden()
    expect(page.locator("#done-before li")).to_have_count(1)
    expect(page.locator("#done [data-field=secret]")).not_to_be_empty()
