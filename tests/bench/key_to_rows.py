"""From the key to the rows: an officer looks for a device among 100,000, letter by letter, in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, sync_playwright
from rich.progress import track

from tests.bench.large_fleet import DEVICES
from tests.bench.press_to_officer import Spread
from tests.chromium import launch
from tests.processes import OFFICER, PASSWORD, MonitorProcess

ASKED = ("duong hung vuong", "Đường Lê Lợi", "cam-0512", "sn48", "cho so 9", "to dan pho 7", "ngã ba trần phú")
KEY_MS = 130  # a fast typist

# From the moment a letter stands in the field to the second frame after its rows: then they are on the glass. A space
# at the end asks nothing new.
WATCH = """() => {
  const [search, rows] = [document.getElementById("search"), document.getElementById("rows")];
  window.spans = [];
  let pressedAt = 0;
  search.addEventListener("input", () => { pressedAt = performance.now(); }, true);
  new MutationObserver(() => {
    if (!pressedAt || rows.dataset.words !== search.value) return;
    const began = pressedAt;
    pressedAt = 0;
    requestAnimationFrame(() => requestAnimationFrame(() => window.spans.push(performance.now() - began)));
  }).observe(rows, { attributes: true, attributeFilter: ["data-words"] });
}"""


def measure_search(monitor: MonitorProcess) -> Spread:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="vi-VN").new_page()
        page.goto(f"{monitor.url}/login?next=/devices")
        page.fill("[name=name]", OFFICER)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_selector("#rows .row[data-device^=CAM]")
        page.evaluate(WATCH)
        for words in track(ASKED, description="questions"):
            _type(page, words)
        spans: list[float] = page.evaluate("window.spans")
        browser.close()
    return Spread(f"key → rows, {DEVICES:,} devices", tuple(spans))


def _type(page: Page, words: str) -> None:
    page.fill("#search", "")
    page.wait_for_timeout(2_000)
    page.focus("#search")
    for letter in words:
        page.keyboard.insert_text(letter)
        page.wait_for_timeout(KEY_MS)
    page.wait_for_timeout(1_000)
