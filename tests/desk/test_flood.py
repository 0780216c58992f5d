"""More alarms than one pair of hands can take: it is said, what can wait is silent, and who calls for help is heard."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from device_adapters.core.events import AlarmKind
from tests.desk.inventory_post import BELL, commune_inventory
from tests.desk.readable import keep_picture, overflow, violations

MANY = 12
TONE = "new Promise(done => setTimeout(() => done(chuong.tone), 300))"


def wait_for_tone(page: Page, pattern: str) -> None:
    while page.evaluate(TONE) != pattern:
        pass


def test_it_hears_a_call_through_a_flood(tmp_path: Path, browser: Browser) -> None:
    with commune_inventory(tmp_path, browser) as inventory:
        page = inventory.visit("/")
        page.keyboard.press("Shift")
        for number in range(1, MANY + 1):
            inventory.post.press(f"CAM-DV-{number:04}", AlarmKind.TROUBLE)
        expect(page.locator("#flood-strip")).to_be_visible()
        wait_for_tone(page, "")
        inventory.post.press("CAM-DV-0099", AlarmKind.TROUBLE)
        expect(page.locator("#queue li")).to_have_count(MANY + 1)
        assert page.evaluate(TONE) == ""
        call = inventory.post.press(BELL)
        expect(page.locator("#banner")).to_have_attribute("data-alarm", str(call["id"]))
        expect(page.locator("#queue li").first).to_have_attribute("data-alarm", str(call["id"]))
        wait_for_tone(page, "1")
        expect(page.locator("#flood-strip")).to_be_visible()
        keep_picture(page, "flood-wall-dark")
        assert (violations(page), overflow(page)) == ([], 0)
        inventory.close_pages()
