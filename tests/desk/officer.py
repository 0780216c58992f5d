"""What an officer sees, hears and does at one screen."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.processes import PASSWORD
from tests.small_post import Desk

AS_NEW = """
    chuong.link === "live" && chuong.audio === "on"
    && !document.querySelector("dialog[open], [aria-current=true]")
    && document.querySelector("[data-tab=alarms]").getAttribute("aria-pressed") === "true"
    && document.querySelector("#search").value === ""
    && document.querySelector("#toast").textContent === ""
"""


def sign_in(page: Page, url: str, name: str, password: str = PASSWORD) -> None:
    page.goto(f"{url}/login")
    page.fill("[name=name]", name)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{url}/")


class OfficersScreen:
    def __init__(self, post: Desk, page: Page) -> None:
        self.post = post
        self.page = page

    def open(self) -> None:
        """Through the door where the browser has not been let in yet."""
        self.page.goto(self.post.url)
        if self.page.url.endswith("/login"):
            self.post.login(self.page)
        self.wait_until_live()

    def make_ready(self) -> None:
        """Live, with sound, nothing in front of it; loaded anew only where the last test left it otherwise."""
        self.page.unroute_all()
        for other in self.page.context.pages[1:]:
            other.close()
        if not self.page.url.startswith(self.post.url) or not self.page.evaluate(AS_NEW):
            self.open()
            self.unlock_sound()

    def wait_until_live(self) -> None:
        expect(self.page.locator("body:not(.loading):not(.stale)")).to_be_attached()
        expect(self.chip("freshness")).to_have_attribute("data-link", "live")

    def unlock_sound(self) -> None:
        self.page.keyboard.press("Shift")
        expect(self.chip("sound")).to_have_attribute("data-sound", "on")

    def press_and_wait(self, **more: Any) -> dict[str, Any]:
        """A press at the credit fund, as the alarm it made; returns when the banner shows it."""
        self.post.press(**more)
        alarm = self.post.wait_for_alarm(state="UNACKNOWLEDGED", priority=1)
        expect(self.banner).to_have_attribute("data-alarm", str(alarm["id"]))
        expect(self.banner).to_have_attribute("data-state", "ringing")
        return alarm

    def alarm(self, alarm_id: int) -> dict[str, Any]:
        """The alarm with its story, as the server has it."""
        found: dict[str, Any] = self.post.api.get(f"/api/v1/alarms/{alarm_id}").raise_for_status().json()
        return found

    def wait_for_state(self, alarm_id: int, state: str) -> dict[str, Any]:
        return self.post.wait_for(
            lambda: found if (found := self.alarm(alarm_id))["state"] == state else None, f"alarm {alarm_id} {state}"
        )

    def chip(self, name: str) -> Locator:
        return self.page.locator(f"#{name}")

    def row(self, alarm: dict[str, Any]) -> Locator:
        return self.page.locator(f"#queue li[data-alarm='{alarm['id']}']")

    @property
    def banner(self) -> Locator:
        return self.page.locator("#banner")

    @property
    def queue(self) -> Locator:
        return self.page.locator("#queue")
