"""The map in the middle of the desk, and the wall: what rings is brought into sight, with its nearest working eyes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.desk.inventory_post import BELL, Inventory, commune_inventory
from tests.desk.readable import PHONE, SIZES, WALL, in_every_look, keep_picture, overflow, violations

COUNTER = "BELL-DV-007"
SMALLEST_PX = """
    [...document.querySelectorAll("body *")]
        .filter(node => node.checkVisibility() && !node.closest(".vh, svg")
            && [...node.childNodes].some(each => each.nodeType === 3 && each.textContent.trim()))
        .map(node => parseFloat(getComputedStyle(node).fontSize))
        .reduce((a, b) => Math.min(a, b))
"""
FRAMES = """
    async () => {
        const canvas = document.querySelector("#map-canvas"), box = canvas.getBoundingClientRect();
        const at = (name, x) => canvas.dispatchEvent(new PointerEvent(name, {
            pointerId: 1, clientX: box.left + x, clientY: box.top + 200, bubbles: true }));
        canvas.setPointerCapture = () => {};
        at("pointerdown", 100);
        let frames = 0;
        const began = performance.now();
        while (performance.now() - began < 1000) {
            at("pointermove", 100 + (frames % 60));
            await new Promise(requestAnimationFrame);
            frames += 1;
        }
        at("pointerup", 100);
        return frames;
    }
"""


@pytest.fixture(scope="module")
def lasting_commune(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Inventory]:
    with commune_inventory(tmp_path_factory.mktemp("map"), browser) as inventory:
        yield inventory


@pytest.fixture
def post(lasting_commune: Inventory) -> Iterator[Inventory]:
    yield lasting_commune
    lasting_commune.close_pages()


def test_it_brings_what_rings_into_sight_and_hides_layers_by_key(post: Inventory) -> None:
    page = post.visit("/")
    expect(page.locator(".devices")).to_have_attribute("data-view", "map")
    alarm = post.post.press(COUNTER)
    canvas = page.locator("#map-canvas")
    expect(canvas).to_have_attribute("data-alarm", str(alarm["id"]))
    expect(canvas).to_have_attribute("aria-label", "Bản đồ. Kho bạc Nhà nước – Phòng giao dịch minh họa. "
                                     "Camera gần nhất: 2/3 hoạt động")  # fmt: skip
    page.keyboard.press("3")
    expect(page.locator("[data-layer=bell]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("3")
    expect(page.locator("[data-layer=bell]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    page.locator("#middle-ways [data-view=map]").click()
    keep_picture(page, "map-alarm-wall-dark", 1500)
    assert violations(page) == []
    assert page.evaluate(FRAMES) > 0
    post.post.end(alarm)
    expect(canvas).not_to_have_attribute("data-alarm", str(alarm["id"]))


@in_every_look
def test_it_can_be_read_from_three_metres(post: Inventory, size: str, theme: str) -> None:
    page = post.visit("/wall", SIZES[size], theme=theme)
    expect(page.locator("#calm")).to_be_visible()
    keep_picture(page, f"wall-quiet-{size}-{theme}", 1500)
    bell = post.post.press(BELL)
    other = post.post.press(COUNTER)
    expect(page.locator("#banner")).to_have_attribute("data-alarm", str(bell["id"]))
    expect(page.locator("#rows li")).to_have_count(1)
    keep_picture(page, f"wall-alarm-{size}-{theme}", 1500)
    assert violations(page) == []
    assert overflow(page) <= 0
    if size == "wall":
        assert page.evaluate(SMALLEST_PX) >= 32
        assert page.evaluate("document.documentElement.scrollHeight") <= WALL["height"]
    assert page.locator("button").count() == 0
    for alarm in (bell, other):
        post.post.end(alarm)
    expect(page.locator("#banner")).to_be_hidden()


def test_it_goes_to_the_wall_and_back_by_a_key(post: Inventory) -> None:
    page = post.visit("/devices", PHONE)
    page.keyboard.press("w")
    page.wait_for_url(f"{post.url}/wall")
    expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
    page.keyboard.press("w")
    page.wait_for_url(f"{post.url}/")
