"""What is to be read on a page in a real Chromium, by an officer who is signed in there; and pictures of it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from monitor.errors import ChuongError
from monitor.scenario.seeing import NoPage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

T = TypeVar("T")
MISSING = (
    "a [[want]] of a screen is seen by a real browser: pip install playwright, then playwright install chromium "
    "(or a Chromium of this machine, its path in CHROMIUM)"
)
PATIENCE_MS = 20_000
OK = 200
SIZE = {"width": 1920, "height": 1080}
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Nobody outside is asked anything.
_ALONE = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


def insist_on_browser() -> None:
    """Raises ``ChuongError``."""
    if find_spec("playwright") is None:
        raise ChuongError(MISSING)


class Screen:
    """On a thread of its own: the browser's loop bears no other one beside it."""

    def __init__(self, url: str, name: str, password: str) -> None:
        self._url, self._name, self._password = url, name, password
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="screen")
        self._pages: dict[str, Page] = {}
        self._statuses: dict[str, int] = {}
        self._browser: Browser | None = None
        self._context: BrowserContext | None = None
        self._stop: Callable[[], None] = lambda: None

    def open(self, paths: tuple[str, ...]) -> None:
        """Signs in, and has each page before it."""
        self._do(lambda: self._open(paths))

    def text(self, path: str) -> str:
        """Raises ``NoPage``."""
        if self._statuses[path] != OK:
            raise NoPage(f"answered with {self._statuses[path]}")
        return self._do(lambda: self._pages[path].inner_text("body", timeout=PATIENCE_MS))

    def picture(self, path: str, file: Path) -> None:
        self._do(lambda: self._pages[path].screenshot(path=file))

    def close(self) -> None:
        self._do(self._close)
        self._thread.shutdown()

    def _do(self, work: Callable[[], T]) -> T:
        return self._thread.submit(work).result()

    def _open(self, paths: tuple[str, ...]) -> None:
        from playwright.sync_api import Error, sync_playwright

        playwright = sync_playwright().start()
        self._stop = playwright.stop
        program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
        try:
            self._browser = playwright.chromium.launch(executable_path=program, args=list(_ALONE))
        except Error as error:
            raise ChuongError(f"{MISSING}: {error.message.partition(chr(10))[0]}") from None
        self._context = self._browser.new_context(viewport=SIZE, locale="vi-VN")  # type: ignore[arg-type]
        self._sign_in(self._context.new_page())
        for path in paths:
            page = self._pages[path] = self._context.new_page()
            answer = page.goto(self._url + path, timeout=PATIENCE_MS)
            self._statuses[path] = answer.status if answer is not None else 0

    def _sign_in(self, page: Page) -> None:
        page.goto(f"{self._url}/login", timeout=PATIENCE_MS)
        page.fill("[name=name]", self._name)
        page.fill("[name=password]", self._password)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{self._url}/", timeout=PATIENCE_MS)
        page.close()

    def _close(self) -> None:
        if self._browser is not None:
            self._browser.close()
        self._stop()


def picture_name(number: int, path: str) -> str:
    """``want-3-incidents.png``."""
    return f"want-{number}-{re.sub(r'[^a-z0-9]+', '-', path.strip('/').lower()) or 'desk'}.png"
