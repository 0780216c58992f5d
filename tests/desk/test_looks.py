"""How the desk looks, with the demo commune on it: readable for everybody, in every state, theme, language and size.

``DESK_LOOKS=docs/looks pytest tests/desk/test_looks.py`` keeps the pictures, for the documents and for a look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.desk.commune import BANK, COUNTER, GOLD_SHOP, Commune
from tests.desk.conftest import make_quiet
from tests.desk.officer import OfficersScreen, sign_in
from tests.desk.readable import PHONE, WALL, keep_picture, told_by_colour_alone, violations
from tests.processes import PASSWORD
from tests.small_post import Desk

NIGHT_SHIFT = "ca-dem"
MANY_ALIKE = "li:nth-child(n+6), section:nth-of-type(n+6):not(:nth-last-of-type(-n+6))"
SOME_SECONDS_MS = 12_000  # until a timer says more than 00:00


@pytest.fixture(scope="module")
def commune(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One thing of last hour's is still open: quiet is not empty."""
    commune = Commune(tmp_path_factory.mktemp("commune"))
    try:
        post = commune.start()
        post.gateway.publish(f"zigbee2mqtt/{BANK}", '{"battery": 9, "linkquality": 60}')
        acknowledge(post, post.wait_for_alarm(kind="battery_low", state="UNACKNOWLEDGED"))
        yield post
    finally:
        commune.close()


@pytest.fixture(scope="module")
def at_the_desk(commune: Desk, browser: Browser) -> StorageState:
    commune.monitor.run("user", "add", NIGHT_SHIFT, "--role", "duty_officer", "--password-stdin", given=f"{PASSWORD}\n")
    context = browser.new_context()
    sign_in(context.new_page(), commune.url, NIGHT_SHIFT)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def visit(commune: Desk, browser: Browser, at_the_desk: StorageState) -> Iterator[Callable[..., OfficersScreen]]:
    """``visit(lang, theme, viewport)``: the desk with its sound on."""
    with ExitStack() as closing:

        def open_desk(lang: str, theme: str, viewport: dict[str, int]) -> OfficersScreen:
            context = browser.new_context(viewport=viewport, storage_state=at_the_desk)
            closing.callback(context.close)
            choices = {"lang": lang, "theme": theme}
            context.add_cookies([{"name": name, "value": value, "url": commune.url} for name, value in choices.items()])
            screen = OfficersScreen(commune, context.new_page())
            screen.open()
            screen.unlock_sound()
            return screen

        yield open_desk


@contextmanager
def quiet(post: Desk, _screen: OfficersScreen) -> Iterator[None]:
    make_quiet(post, but="battery_low")
    yield


@contextmanager
def alarm(post: Desk, screen: OfficersScreen) -> Iterator[None]:
    """A hold-up that somebody has taken over, and one that nobody has, pressed by a frightened hand."""
    with quiet(post, screen):
        post.press(GOLD_SHOP)
        acknowledge(post, post.wait_for_alarm(place="Tiệm vàng minh họa 1", state="UNACKNOWLEDGED"))
        for _ in range(3):
            post.press(COUNTER)
        expect(screen.banner).to_contain_text("3")
        expect(screen.banner).to_have_attribute("data-state", "ringing")
        yield


@contextmanager
def stale(post: Desk, screen: OfficersScreen) -> Iterator[None]:
    with alarm(post, screen):
        post.monitor.freeze()
        try:
            expect(screen.page.locator("#stale-strip")).to_be_visible(timeout=10_000)
            yield
        finally:
            post.monitor.thaw()


@contextmanager
def blind(post: Desk, screen: OfficersScreen) -> Iterator[None]:
    with quiet(post, screen):
        post.broker.stop()
        try:
            expect(screen.page.locator("#fault-strip")).to_be_visible(timeout=30_000)
            expect(screen.page.locator("#queue .shape[data-priority=s]")).to_be_visible(timeout=30_000)
            yield
        finally:
            post.broker.start()
        expect(screen.page.locator("#fault-strip")).to_be_hidden(timeout=30_000)


def acknowledge(post: Desk, alarm: dict[str, Any]) -> None:
    path, seen = f"/api/v1/alarms/{alarm['id']}/acknowledge", {"version": alarm["version"]}
    post.api.post(path, json=seen).raise_for_status()


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("state", [quiet, alarm, stale])
def test_it_can_be_read_by_everybody(
    commune: Desk, visit: Callable[..., OfficersScreen], state: Any, theme: str
) -> None:
    screen = visit("vi", theme, WALL)
    with state(commune, screen):
        keep_picture(screen.page, f"desk-{state.__name__}-{theme}", SOME_SECONDS_MS)
        assert violations(screen.page) == []


@pytest.mark.parametrize(("theme", "viewport"), [("dark", WALL), ("light", WALL), ("light", PHONE)])
def test_it_can_be_read_while_it_is_blind(
    commune: Desk, visit: Callable[..., OfficersScreen], theme: str, viewport: dict[str, int]
) -> None:
    screen = visit("vi", theme, viewport)
    with blind(commune, screen):
        keep_picture(screen.page, f"blind-{'phone' if viewport is PHONE else theme}")
        assert violations(screen.page) == []
        assert screen.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_it_fits_into_every_width(commune: Desk, visit: Callable[..., OfficersScreen], lang: str) -> None:
    """1280 pixels, the same at twice the size, and a phone: nothing is cut off, nothing needs scrolling sideways."""
    screen = visit(lang, "dark", PHONE)
    with alarm(commune, screen):
        keep_picture(screen.page, f"desk-phone-{lang}", SOME_SECONDS_MS)
        assert violations(screen.page) == []
        for width in (390, 640, 960, 1280, 1920):
            screen.page.set_viewport_size({"width": width, "height": 800})
            beyond = screen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert beyond <= 0, f"{beyond} px too wide at {width}"


def test_it_can_be_told_without_colour(commune: Desk, visit: Callable[..., OfficersScreen]) -> None:
    """Each priority has a shape with its number in it, and a word."""
    screen = visit("vi", "dark", WALL)
    with alarm(commune, screen):
        ringing = screen.queue.locator("li.ringing").first
        expect(ringing.locator("use")).to_have_attribute("href", "#shape-1")
        expect(screen.page.locator("#shape-1 text")).to_have_text("1")
        expect(ringing).to_contain_text("Khẩn cấp")
        assert told_by_colour_alone(screen.page) == []


def test_it_holds_the_border_still_for_who_asks(commune: Desk, visit: Callable[..., OfficersScreen]) -> None:
    screen = visit("vi", "dark", WALL)
    animation = "getComputedStyle(document.querySelector('#banner'), '::before').animationName"
    with alarm(commune, screen):
        assert screen.page.evaluate(animation) == "blink"
        screen.page.emulate_media(reduced_motion="reduce")
        assert screen.page.evaluate(animation) == "none"


def test_it_keeps_the_other_pages_one_step_away(commune: Desk, visit: Callable[..., OfficersScreen]) -> None:
    page = visit("vi", "dark", WALL).page
    assert page.locator(".top").bounding_box()["height"] == 64, "one line"  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("#nav-more summary")
    expect(page.locator("#nav-more a[href='/sirens']")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#nav-more a[href='/sirens']")).to_be_hidden()
    page.keyboard.press("Enter")  # the focus is back on it
    page.click("#nav-more a[href='/sirens']")
    expect(page.locator("#nav-more summary")).to_have_text("Còi")


@pytest.mark.parametrize("path", ["/api/docs", "/there-is-nothing-here"])
def test_it_has_other_pages_that_can_be_read(page: Page, commune: Desk, at_the_desk: StorageState, path: str) -> None:
    page.context.add_cookies(at_the_desk["cookies"])  # type: ignore[arg-type]
    page.goto(commune.url + path)
    # All operations look alike, and so do all shapes: a few of each tell as much as two hundred.
    page.evaluate(f"document.querySelectorAll('{MANY_ALIKE}').forEach(each => each.remove())")
    assert violations(page) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_it_has_a_door_that_can_be_read(commune: Desk, page: Page, lang: str) -> None:
    page.goto(f"{commune.url}/login?lang={lang}")
    page.fill("[name=name]", "nobody")
    page.fill("[name=password]", "a wrong password")
    page.press("[name=password]", "Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == []
