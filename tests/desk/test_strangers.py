"""The page of unknown devices: what they say, how a family is set up, who is waited for, and the way to the form."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from monitor.journal.events import add_quarantine
from monitor.pipeline.recording import UNKNOWN_DEVICE
from tests.desk.inventory_post import Inventory, commune_inventory
from tests.desk.readable import SIZES, keep_picture, overflow, violations
from tests.small_post import Desk

SEEN = re.compile("nut-moi: (đã thấy|seen)")


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("strangers"), browser) as inventory:
        post = inventory.post
        row = {"adapter": "zigbee2mqtt", "source": "zigbee2mqtt:nut-la", "topic": "zigbee2mqtt/nut-la"}
        kept = {"received_at": post.clock.now(), "payload": b'{"action":"single"}', "reason": UNKNOWN_DEVICE}
        with post.store.transaction() as tx:
            add_quarantine(tx, row | kept)
        yield inventory


@pytest.mark.parametrize(("size", "theme"), [("wall", "dark"), ("phone", "light")])
def test_it_leads_from_a_stranger_to_the_form(inventory: Inventory, size: str, theme: str) -> None:
    page = inventory.visit("/strangers", SIZES[size], theme=theme)
    expect(page.locator("tr[data-address]")).to_contain_text('{"action":"single"}')
    page.locator("select[name=adapter]").select_option("tasmota")
    expect(page.locator("[data-family=tasmota]")).to_contain_text("SetOption73 1")
    page.locator("input[name=address]").fill("nut-moi")
    expect(page.locator("#waiting")).to_contain_text("nut-moi")
    page.locator("select[name=adapter]").select_option("zigbee2mqtt")
    page.locator("input[name=address]").fill("nut-la")
    expect(page.locator("#waiting")).to_have_text(re.compile("nut-la: (đã thấy|seen)"))
    keep_picture(page, f"strangers-{size}-{theme}")
    assert violations(page) == []
    assert overflow(page) <= 0
    page.locator("tr[data-address] a").first.click()
    expect(page.locator("input[name=address]")).to_have_value("nut-la")
    expect(page.locator("select[name=adapter]")).to_have_value("zigbee2mqtt")
    expect(page.locator("input[name=kind][value=bell]")).to_be_checked()
    inventory.close_pages()


def test_it_tells_when_the_message_that_is_waited_for_has_come(desk: Desk, page: Page) -> None:
    """A real message: over the broker, through the adapter and the writer, to the page that waits for it."""
    desk.login(page)
    page.goto(f"{desk.url}/strangers")
    page.locator("select[name=adapter]").select_option("zigbee2mqtt")
    page.locator("input[name=address]").fill("nut-moi")
    waiting = page.locator("#waiting")
    expect(waiting).to_contain_text("nut-moi")
    expect(waiting).not_to_have_text(SEEN)
    desk.gateway.publish("zigbee2mqtt/nut-moi", '{"battery":97,"linkquality":120}')
    expect(waiting).to_have_text(SEEN, timeout=30_000)
    expect(page.locator("tr[data-address=nut-moi]")).to_contain_text("linkquality")
