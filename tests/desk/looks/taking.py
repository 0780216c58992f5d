"""Pictures of screens, and what is wrong with them: in both themes, both sizes and both languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, ViewportSize, expect

from tests.desk.looks.living_post import LivingPost
from tests.desk.looks.screens import SCREENS, STALE, Screen
from tests.desk.officer import sign_in
from tests.desk.readable import PHONE, WALL, overflow, told_by_colour_alone, violations
from tests.processes import OFFICER

SIZES: dict[str, ViewportSize] = {
    "wall": {"width": WALL["width"], "height": WALL["height"]},
    "phone": {"width": PHONE["width"], "height": PHONE["height"]},
}
THEMES = ("dark", "light")
# Every theme, size and language is asked, and every pair of them; the third follows from the two.
ASKED = {("vi", "dark"): "wall", ("vi", "light"): "phone", ("en", "dark"): "phone", ("en", "light"): "wall"}
NARROW: tuple[ViewportSize, ...] = ({"width": 480, "height": 540}, {"width": 320, "height": 640})
VISIONS = ("achromatopsia", "deuteranopia", "protanopia", "tritanopia")
TOGETHER = 6  # pages that are open while the monitor stands still
SETTLED_MS = 300
CHANGED = """theme => {
    document.querySelector("#light").media = theme === "light" ? "all" : "not all";
    document.documentElement.dataset.theme = theme;
}"""


@dataclass
class Taken:
    """``problems``: what is wrong, each with where it was seen. ``asked``: how often a page was asked."""

    folder: Path
    problems: list[str] = field(default_factory=list)
    asked: int = 0
    pictures: int = 0

    def found(self, where: str, what: Iterable[str]) -> None:
        for each in what:
            self.problems.append(f"{where}: {each}")
            print(self.problems[-1], flush=True)


@dataclass
class Camera:
    post: LivingPost
    browser: Browser
    taken: Taken
    let_in: StorageState | None = None

    def take(self, screens: Sequence[Screen], state: str) -> None:
        wanted = [screen for screen in screens if state in screen.states]
        for language in ("vi", "en"):
            if state == STALE:
                for first in range(0, len(wanted), TOGETHER):
                    self._take_stale(wanted[first : first + TOGETHER], language)
            else:
                self._take_fresh([screen for screen in wanted if screen.is_inside], state, language)
                self._take_fresh([screen for screen in wanted if not screen.is_inside], state, language)

    def _take_fresh(self, screens: Sequence[Screen], state: str, language: str) -> None:
        if not screens:
            return
        with self._context(language, is_inside=screens[0].is_inside) as context:
            for screen in screens:
                page = self._open(context, screen)
                self._look(page, screen, state, language)
                page.close()

    def _take_stale(self, screens: Sequence[Screen], language: str) -> None:
        with self._context(language) as context:
            pages = [self._open(context, screen) for screen in screens]
            with self.post.frozen():
                for screen, page in zip(screens, pages, strict=True):
                    page.bring_to_front()
                    try:
                        expect(page.locator("body.stale")).to_be_attached(timeout=20_000)
                        expect(page.locator(screen.stale_mark)).to_be_visible()
                    except AssertionError:
                        self.taken.found(f"{screen.name} stale {language}", ["it does not say that it is stale"])
                    self._look(page, screen, STALE, language)

    def take_visions(self) -> None:
        """Desk and wall as eyes see them that cannot tell colours; and nothing there is told by colour alone."""
        with self._context("vi") as context:
            for screen, rows in ((SCREENS[0], "#queue > li"), (SCREENS[1], "#rows > li")):
                page = self._open(context, screen)
                page.wait_for_timeout(2000)
                self.taken.found(f"{screen.name} by colour alone", told_by_colour_alone(page, rows))
                wire = context.new_cdp_session(page)
                for vision, theme in product(VISIONS, THEMES):
                    page.evaluate(CHANGED, theme)
                    wire.send("Emulation.setEmulatedVisionDeficiency", {"type": vision})
                    page.wait_for_timeout(SETTLED_MS)
                    self._picture(page, screen, f"{screen.name}-{vision}-{theme}-vision")

    @contextmanager
    def _context(self, language: str, *, is_inside: bool = True) -> Iterator[BrowserContext]:
        let_in = self._let_in() if is_inside else None
        context = self.browser.new_context(
            viewport=SIZES["wall"], locale="vi-VN", storage_state=let_in, permissions=["geolocation"],
            geolocation={"latitude": 11.7842, "longitude": 108.2412, "accuracy": 6},
        )  # fmt: skip
        context.add_cookies([{"name": "lang", "value": language, "url": self.post.url}])
        try:
            yield context
        finally:
            context.close()

    def _let_in(self) -> StorageState:
        if self.let_in is None:
            context = self.browser.new_context(locale="vi-VN")
            sign_in(context.new_page(), self.post.url, OFFICER)
            self.let_in = context.storage_state()
            context.close()
        return self.let_in

    def _open(self, context: BrowserContext, screen: Screen) -> Page:
        page = context.new_page()
        page.goto(self.post.url + self.post.paths.get(screen.path, screen.path))
        expect(page.locator("body:not(.loading)")).to_be_attached()
        if page.locator("#freshness").count():
            expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
        page.keyboard.press("Shift")
        screen.prepare(page)
        page.wait_for_timeout(SETTLED_MS)
        return page

    def _look(self, page: Page, screen: Screen, state: str, language: str) -> None:
        touch = page.context.new_cdp_session(page)
        for theme, (name, size) in product(THEMES, SIZES.items()):
            where = f"{screen.name} {state} {theme} {name} {language}"
            is_asked = ASKED[language, theme] == name
            if language != "vi" and not is_asked:
                continue
            page.evaluate(CHANGED, theme)
            page.set_viewport_size(size)
            touch.send("Emulation.setTouchEmulationEnabled", {"enabled": name == "phone"})
            page.wait_for_timeout(SETTLED_MS)
            if language == "vi":
                self._picture(page, screen, f"{screen.name}-{state}-{theme}-{name}")
            if is_asked and not screen.part:
                self.taken.asked += 1
                self.taken.found(where, _lasting_violations(page))
            if (beyond := overflow(page)) > 0:
                self.taken.found(where, [f"{beyond} px too wide"])
        for small in NARROW:
            page.set_viewport_size(small)
            if (beyond := overflow(page)) > 0:
                self.taken.found(f"{screen.name} {state} {language}", [f"{beyond} px too wide at {small['width']}"])

    def _picture(self, page: Page, screen: Screen, name: str) -> None:
        self.taken.pictures += 1
        path = self.taken.folder / f"{name}.png"
        part = page.locator(screen.part) if screen.part else None
        (part or page).screenshot(path=path, timeout=60_000)


def _lasting_violations(page: Page) -> list[str]:
    """A target half below a foot that stays in sight is none once the page is scrolled a little."""
    if not (first := violations(page)):
        return []
    page.evaluate("scrollBy(0, 90)")
    again = violations(page)
    page.evaluate("scrollBy(0, -90)")
    return [each for each in first if each in again]
