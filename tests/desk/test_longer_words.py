"""A language whose words are 40 % longer: nothing is cut off, nothing pushes the page aside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.desk.inventory_post import Inventory, commune_inventory
from tests.desk.readable import PHONE, overflow

# What is shown of a line that may end in dots is no loss; neither is what can be scrolled.
LONGER = """
    () => {
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        const texts = [];
        while (walk.nextNode()) texts.push(walk.currentNode);
        for (const text of texts) {
            const word = text.data.trim();
            if (word.length < 4 || !/[a-z]/.test(word)) continue;
            if (text.parentElement.closest("script, template, .vh")) continue;
            text.data += " " + "lorem ".repeat(Math.ceil(word.length * 0.4 / 6)).trim();
        }
        const isCut = node => {
            const style = getComputedStyle(node);
            return node.checkVisibility() && style.overflowX === "hidden" && style.textOverflow !== "ellipsis"
                && style.webkitLineClamp === "none" && node.scrollWidth > node.clientWidth + 1
                && !node.closest(".vh, #sound-word, .foot, canvas");
        };
        return [...document.querySelectorAll("main *")].filter(isCut).map(node => node.outerHTML.slice(0, 120));
    }
"""
PAGES = ("/", "/incidents", "/devices", "/groups", "/shift", "/duties", "/system", "/users", "/patrol")
ALL = (*PAGES, "/wall", "/incidents/1", "/patrol/1", "/devices/BELL-DV-001", "/bell-tests", "/layers", "/reported",
       "/sirens", "/register", "/import", "/strangers", "/shelved", "/falls", "/audit")  # fmt: skip
NARROW = (320, 480)


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("longer"), browser) as inventory:
        yield inventory
        inventory.close_pages()


def test_it_has_room_for_longer_words(post: Inventory) -> None:
    page = post.visit("/", PHONE, lang="en")
    for path in PAGES:
        page.goto(post.url + path)
        expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
        assert page.evaluate(LONGER) == [], path
        assert overflow(page) <= 0, path


def test_it_fits_into_narrow_windows(post: Inventory) -> None:
    """320 pixels are 1280 at four times the size."""
    post.post.call("BELL-DV-001")
    page = post.visit("/", PHONE)
    beyond = {}
    for path in ALL:
        page.goto(post.url + path)
        expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
        for width in NARROW:
            page.set_viewport_size({"width": width, "height": 800})
            beyond[path, width] = overflow(page)
    assert {where: pixels for where, pixels in beyond.items() if pixels > 0} == {}
