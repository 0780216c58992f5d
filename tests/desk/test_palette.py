"""The palette: a few letters and Enter, from every page."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.desk.officer import OfficersScreen

TARGETS = """
    async () => {
        const { everyChoice } = await import("/static/js/palette.js");
        return everyChoice().filter(each => each.address).map(each => new URL(each.address, location).href);
    }
"""


def test_it_leads_nowhere_but_to_pages(screen: OfficersScreen) -> None:
    targets = screen.page.evaluate(TARGETS)
    answers = {target: screen.page.request.get(target, max_redirects=0).status for target in targets}
    assert len(targets) > 15
    assert set(answers.values()) == {200}, answers


def test_it_finds_a_page_by_letters_without_marks(own_screen: OfficersScreen) -> None:
    page = own_screen.page
    page.keyboard.press("Control+k")
    page.keyboard.type("vu viec")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Vụ việc")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{own_screen.post.url}/incidents")
    expect(page.locator("h1")).to_be_visible()
