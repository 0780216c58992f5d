"""The page of bell tests: who is due, who is overdue, and each press on test as it comes in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import insert, update

from monitor.journal.device_states import STATE
from monitor.pipeline.trial_log import TRIAL
from tests.desk.inventory_post import Inventory, InventoryPost, opened
from tests.desk.officer import OfficersScreen
from tests.desk.readable import PHONE, SIZES, in_every_look, keep_picture, overflow, violations

LATE, LATER = "BELL-DV-020", "BELL-DV-014"


def tell_tests(post: InventoryPost) -> None:
    """A year of monthly tests of all 21 buttons; two are overdue, one failed of late, one was not pressed once."""
    now = post.clock.now()
    with post.store.transaction() as tx:
        for number in range(1, 22):
            device_id = f"BELL-DV-{number:03}"
            ago = {LATE: 33.2, LATER: 34.2}.get(device_id, float(number))
            tx.execute(
                update(STATE).where(STATE.c.device_id == device_id).values(last_test_at=now - timedelta(days=ago))
            )
            for month in reversed(range(3 + number % 10)):
                given: dict[str, Any] = {"device_id": device_id, "is_over": True, "presses": 1, "version": 0}
                given |= {"result": "passed", "at": now - timedelta(days=ago + 30 * month)}
                given |= {"shown_s": 0.3 + number / 20, "sounded_s": 2.5 + number / 20}
                if month == 2 and number % 7 == 0:
                    given |= {"result": "failed", "note": "Còi không kêu", "judged_by": "truc-ban"}
                if month == 1 and number % 5 == 0:
                    given |= {"result": "unpressed", "presses": 0, "shown_s": None, "sounded_s": None}
                tx.execute(insert(TRIAL).values(**given))


@pytest.fixture(scope="module")
def lasting_calendar(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    post = InventoryPost(tmp_path_factory.mktemp("bell-tests"))
    post.fill()
    tell_tests(post)
    with opened(post, browser) as inventory:
        yield inventory


@pytest.fixture
def calendar(lasting_calendar: Inventory) -> Iterator[Inventory]:
    yield lasting_calendar
    lasting_calendar.close_pages()


def start(page: Page, *device_ids: str) -> None:
    for device_id in device_ids:
        page.check(f"tr[data-device={device_id}] .tick")
    page.click("#start")
    page.fill("#code-word", "Hoa sen")
    page.click("#starting-go")


def test_it_lists_the_buttons_that_are_overdue_first(calendar: Inventory) -> None:
    page = calendar.visit("/devices")
    page.click("nav a[href='/bell-tests']")
    expect(page.locator("#rows tr")).to_have_count(21)
    expect(page.locator("#summary")).to_contain_text("Đúng hạn 19/21 · quá hạn 2")
    first = page.locator("#rows tr").first
    expect(first).to_have_attribute("data-device", LATER)
    expect(first.locator("[data-field=due]")).to_have_text("Quá hạn kiểm tra 4 ngày")
    expect(page.locator("#rows tr").nth(1).locator("[data-field=due]")).to_have_text("Quá hạn kiểm tra 3 ngày")
    page.click("[data-status=overdue]")
    expect(page.locator("#rows tr")).to_have_count(2)


def test_it_puts_buttons_on_test_and_ends_it(calendar: Inventory) -> None:
    page = calendar.visit("/bell-tests")
    start(page, "BELL-DV-001", "BELL-DV-002")
    session = page.locator(".session").first
    expect(session.locator("[data-field=word]")).to_have_text("Hoa sen")
    expect(session.locator("li")).to_have_count(2)
    expect(session.locator("[data-field=left]")).to_contain_text("còn 14:")
    expect(page.locator("tr[data-device=BELL-DV-001] .tick")).to_be_disabled()
    expect(page.locator("#start")).to_be_disabled()
    session.locator("li").first.get_by_role("button", name="Không đạt").click()
    page.fill("#failing-reason", "Còi không kêu")
    page.click("#failing footer .primary")
    expect(session.locator("li").first).to_contain_text("Không đạt: Còi không kêu")
    session.get_by_role("button", name="Kết thúc phiên").click()
    expect(session.locator("h2")).to_have_text("Phiên thử đã kết thúc: đạt 0/2 nút")
    expect(page.locator("#toast")).to_contain_text("Phiên thử đã kết thúc")


def test_it_says_why_a_button_cannot_be_tested(calendar: Inventory) -> None:
    page = calendar.visit("/bell-tests")
    alarm = calendar.post.press("BELL-DV-005")
    start(page, "BELL-DV-005")
    expect(page.locator("#starting-problem")).to_contain_text("đang báo động")
    calendar.post.end(alarm)


def test_it_prints_a_sheet_to_sign(calendar: Inventory, tmp_path: Path) -> None:
    page = calendar.visit("/bell-tests")
    expect(page.locator("#rows tr")).to_have_count(21)
    page.emulate_media(media="print")
    expect(page.locator(".signatures")).to_be_visible()
    expect(page.locator("#counts")).to_be_hidden()
    keep_picture(page, "bell-tests-print")
    page.pdf(path=tmp_path / "sheet.pdf", prefer_css_page_size=True)
    assert (tmp_path / "sheet.pdf").read_bytes().count(b"/Type /Page\n") <= 2


def test_it_teaches_where_there_is_no_button(tmp_path: Path, browser: Browser) -> None:
    post = InventoryPost(tmp_path)
    post.add_user("administrator", "administrator")  # type: ignore[arg-type]
    with opened(post, browser) as inventory:
        page = inventory.visit("/bell-tests")
        expect(page.locator("#nothing-teaches")).to_contain_text("Đăng ký chuông")
        expect(page.locator("#nothing-register")).to_be_visible()
        inventory.close_pages()


@in_every_look
def test_it_can_be_read_by_everybody(calendar: Inventory, size: str, theme: str) -> None:
    page = calendar.visit("/bell-tests", SIZES[size], theme=theme)
    expect(page.locator("#rows tr")).to_have_count(21)
    keep_picture(page, f"bell-tests-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0
    page.check("tr[data-device=BELL-DV-003] .tick")
    page.click("#start")
    keep_picture(page, f"bell-tests-start-{size}-{theme}")
    assert violations(page) == []


def test_a_press_on_test_is_measured_and_another_button_rings(screen: OfficersScreen) -> None:
    post, other = screen.post, screen.page.context.new_page()
    other.goto(f"{post.url}/bell-tests")
    start(other, "BELL-QTD-1")
    expect(other.locator(".session .outcome")).to_have_text("Chờ bấm")
    screen.page.bring_to_front()
    post.press()
    test = post.wait_for_alarm(kind="test")
    expect(screen.row(test)).to_have_class("on-test")
    assert screen.page.locator("#banner").get_attribute("data-state") != "ringing"
    assert screen.page.locator("#queue .shape.full[data-priority='3']").count() == 0
    keep_picture(screen.page, "desk-on-test")
    with post.broker.connect("BELL-1") as bell:
        body = {"v": 1, "id": "t1-000001", "boot": "t1", "kind": "alarm", "input": "hold_up", "ts": 1_773_486_000_000}
        bell.publish("anninh/v1/bell/BELL-1/alarm", json.dumps(body))
    real = post.wait_for_alarm(kind="hold_up", device_id="BELL-1")
    expect(screen.banner).to_have_attribute("data-alarm", str(real["id"]))
    other.bring_to_front()
    expect(other.locator(".session .outcome")).to_have_text("Đạt")
    expect(other.locator(".session .figures")).to_have_text(re.compile(r"màn hình \d+,\d s · loa \d+,\d s"))
    expect(other.locator(".session .figures")).not_to_contain_text("—")
    other.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    keep_picture(other, "bell-tests-live-phone")
    other.locator(".session [data-act=end]").click()
    expect(other.locator(".session.ended")).to_be_visible()
    post.wait_for_alarm(id=test["id"], state="NORMAL")
    other.close()
