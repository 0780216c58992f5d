"""The demo commune's inventory behind a real socket, without broker: for pages that ask and write, and ring nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect
from sqlalchemy import insert, select

from monitor.clock import SystemClock
from monitor.inventory.device_index import index_missing
from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.journal.accounts import Role
from monitor.journal.span_rows import SPAN
from monitor.journal.tables import DeviceStateRow
from monitor.journal.times import unix_ms
from monitor.journal.transitions import DeviceTurn, add_turn
from monitor.machines.alarm import Given
from monitor.web.ports import DeviceLife
from tests.desk.officer import sign_in
from tests.desk.readable import WALL
from tests.monitor.inventory.commune import load_commune
from tests.monitor.web.post import PASSWORD, Post
from tests.monitor.web.serving import serving

LOST, RESTLESS, BELL = "CAM-DV-0003", "CAM-DV-0007", "BELL-DV-001"


class InventoryPost(Post):
    """Every device is alive but one. Ages are told by the real clock, as the page counts them."""

    def fill(self) -> None:
        self.clock = SystemClock()  # type: ignore[assignment]
        load_commune(self.store)
        with self.store.transaction() as tx:
            index_missing(tx)
            ids = tx.execute(select(core(Device).c.id)).scalars().all()
        now = self.clock.now()
        for device_id in ids:
            self.lives[device_id] = DeviceLife("ONLINE", now - timedelta(hours=48), now - timedelta(seconds=12), None)
        self.lives[LOST] = DeviceLife("OFFLINE", now - timedelta(hours=2), now - timedelta(hours=2), None)
        self._store_lives()
        self._tell_history(ids, unix_ms(now))
        self._tell_falls(now)
        self.add_user(Role.ADMINISTRATOR.value, Role.ADMINISTRATOR)

    def _store_lives(self) -> None:
        names = ("state", "since_at", "last_seen_at", "battery_pct")
        rows = [
            {"device_id": device_id, **{name: getattr(life, name) for name in names}}
            for device_id, life in self.lives.items()
        ]
        with self.store.transaction() as tx:
            tx.execute(insert(core(DeviceStateRow)), rows)

    def _tell_falls(self, now: datetime) -> None:
        """Three of the lost one within a day, two of another within a week, one that is none of the list."""
        falls = {LOST: (9, 5.1, 2), RESTLESS: (30, 100), "CAM-DV-0001": (50,)}
        with self.store.transaction() as tx:
            for device_id, hours in falls.items():
                for each in hours:
                    at = now - timedelta(hours=each)
                    add_turn(tx, DeviceTurn(device_id, "silent", at, "monitor", "ONLINE", "OFFLINE"))

    def _tell_history(self, ids: Sequence[str], now_ms: int) -> None:
        """All worked for two days but the lost one, which came and went before it was lost; two for a season."""
        lost = [("ONLINE", 20, 9.0), ("OFFLINE", 9, 8.0), ("ONLINE", 8, 5.1), ("OFFLINE", 5.1, 5.0), ("ONLINE", 5, 2.0)]
        stories = {each: [("ONLINE", 48.0, 0.0)] for each in ids}
        stories |= dict.fromkeys((BELL, RESTLESS), _through_a_season((1700, 1100, 640, 100, 30), 2.5))
        stories[LOST] = [*lost, ("OFFLINE", 2, 0)]
        rows = [
            {
                "device_id": device_id,
                "state": state,
                "began_ms": now_ms - int(began * 3_600_000),
                "ended_ms": now_ms - int(ended * 3_600_000) if ended else None,
                "is_planned": False,
                "changes": 1,
            }
            for device_id, story in stories.items()
            for state, began, ended in story
        ]
        with self.store.transaction() as tx:
            tx.execute(insert(SPAN), rows)

    def end(self, alarm: dict[str, Any]) -> None:
        who = Role.ADMINISTRATOR.value
        self.act(alarm["id"], alarm["version"], who, Given.ACKNOWLEDGE)
        self.act(alarm["id"], alarm["version"] + 1, who, Given.RESTORE)


def _through_a_season(fell_ago_h: Sequence[float], dark_h: float) -> list[tuple[str, float, float]]:
    """Since 80 days, and dark for so long each time."""
    story, since = [], 80 * 24.0
    for ago in fell_ago_h:
        story += [("ONLINE", since, ago), ("OFFLINE", ago, max(ago - dark_h, 0.1))]
        since = max(ago - dark_h, 0.1)
    return [*story, ("ONLINE", since, 0.0)]


class Inventory:
    """``url``: where it answers."""

    def __init__(self, post: InventoryPost, port: int, browser: Browser) -> None:
        self.post, self.url, self._browser = post, f"http://127.0.0.1:{port}", browser
        self._contexts: list[BrowserContext] = []
        self._signed_in: StorageState = {"cookies": [], "origins": []}

    def visit(self, path: str, size: Any = None, **choices: str) -> Page:
        """As the administrator, who goes through the door once; returns when the page is live."""
        page = self._new_page(size, choices)
        page.goto(self.url + path)
        if "/login" in page.url:
            sign_in(page, self.url, Role.ADMINISTRATOR.value, PASSWORD)
            self._signed_in["cookies"] = [one for one in page.context.storage_state()["cookies"] if one["httpOnly"]]
            page.goto(self.url + path)
        expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
        return page

    def _new_page(self, size: Any, choices: dict[str, str]) -> Page:
        viewport: Any = size or WALL
        context = self._browser.new_context(viewport=viewport, locale="vi-VN", storage_state=self._signed_in)
        self._contexts.append(context)
        context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in choices.items()])
        return context.new_page()

    def lock_the_door(self) -> None:
        """The next visit has to sign in again."""
        self._signed_in["cookies"] = []

    def close_pages(self) -> None:
        for context in self._contexts:
            context.close()
        self._contexts.clear()


@contextmanager
def commune_inventory(folder: Path, browser: Browser) -> Iterator[Inventory]:
    post = InventoryPost(folder)
    post.fill()
    with opened(post, browser) as inventory:
        yield inventory


@contextmanager
def opened(post: InventoryPost, browser: Browser) -> Iterator[Inventory]:
    with serving(post) as port:
        yield Inventory(post, port, browser)
    post.store.close()
