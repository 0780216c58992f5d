"""The page of the system itself, and what becomes of a screen that does not show or sound a call for help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.builders import a_zigbee_bell
from tests.desk.inventory_post import Inventory, commune_inventory
from tests.desk.officer import OfficersScreen
from tests.desk.readable import SIZES, in_every_look, keep_picture, overflow, violations
from tests.processes import MonitorProcess
from tests.small_post import Desk


@pytest.fixture(scope="module")
def lasting_system(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("system"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_system: Inventory) -> Iterator[Inventory]:
    yield lasting_system
    lasting_system.close_pages()


@in_every_look
def test_it_can_be_read_by_everybody(post: Inventory, size: str, theme: str) -> None:
    page = post.visit("/system", SIZES[size], theme=theme)
    for part in ("broker", "store", "queue", "duties", "disk", "time"):
        expect(page.locator(f"#parts [data-row={part}]")).to_be_visible()
    expect(page.locator("#parts [data-row^=adapter]").first).to_be_visible()
    expect(page.locator("#screens tr", has_text="máy này")).to_have_count(1)
    keep_picture(page, f"system-{size}-{theme}", 2500)
    assert violations(page) == []
    assert overflow(page) <= 0


def test_it_sounds_every_screen_from_here_and_says_what_each_may(post: Inventory) -> None:
    page = post.visit("/system")
    row = page.locator("#screens tr", has_text="máy này")
    expect(row).to_contain_text("Bị chặn")
    expect(page.locator("#sound")).to_have_attribute("data-sound", "blocked")
    page.keyboard.press("Shift")
    expect(row).to_contain_text("Bật")
    row.get_by_role("button").click()
    expect(row.locator("[data-field=tested]")).to_contain_text("giây trước")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url(f"{post.url}/")


@pytest.fixture
def strict_post(tmp_path: Path) -> Iterator[Desk]:
    """Where a receipt is missed as soon as in a post of people."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Broker(folder)
    broker.configure("BELL-1")
    broker.start()
    monitor = MonitorProcess(tmp_path, {**broker.environ, "CHUONG_RECEIPT_WITHIN_S": "2"})
    try:
        monitor.start()
        with broker.connect(GATEWAY_ACCOUNT) as gateway:
            desk = Desk(broker, monitor, gateway)
            desk.register(a_zigbee_bell())
            yield desk
    finally:
        monitor.close()
        broker.stop()


def test_it_misses_the_receipts_that_do_not_come(strict_post: Desk, browser: Browser) -> None:
    context = browser.new_context(locale="vi-VN")
    screen = OfficersScreen(strict_post, context.new_page())
    screen.open()
    screen.unlock_sound()
    strict_post.wait_for(lambda: screens(strict_post) or None, "a screen that says how it is")
    screen.page.route("**/receipts", lambda route: route.abort())
    screen.press_and_wait()
    fault = strict_post.wait_for_alarm(kind="monitor_fault", state="UNACKNOWLEDGED")
    assert (fault["priority"], fault["detail"]) == (2, "screen")
    expect(screen.page.locator("#fault-strip")).to_contain_text("không hiện hoặc không kêu")
    screen.page.unroute("**/receipts")
    context.close()


def screens(post: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = post.api.get("/api/v1/system").raise_for_status().json()["screens"]
    return found
