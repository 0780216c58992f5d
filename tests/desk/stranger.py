"""A stranger's first night at the desk, by what can be seen alone: ``python -m tests.desk.stranger [FOLDER]``.

Roles and words, no address and no id. Every click and key is counted, each step timed, and kept as a picture in FOLDER.
What is typed into a field counts as one entry: how fast somebody types is no matter of ours.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.chromium import launch
from tests.desk.commune import COUNTER
from tests.desk.looks.living_post import LivingPost, living_post
from tests.desk.readable import PHONE, WALL
from tests.monitor.web.post import PASSWORD

NAME, FALLEN = "ca-dem", "CAM-DV-0119"
STATUS = f"anninh/v1/camera/{FALLEN}/status"


@dataclass
class Step:
    name: str
    clicks: int = 0
    entries: int = 0
    seconds: float = 0.0


@dataclass
class Hand:
    """Whoever sits down there. ``at``: what the eye is on."""

    page: Page
    folder: Path | None = None
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.steps.append(Step(name))
        self.look("before")
        began = time.monotonic()
        yield
        self.steps[-1].seconds = time.monotonic() - began
        self.look("after")

    def look(self, when: str) -> None:
        if self.folder:
            self.page.wait_for_timeout(400)
            self.page.screenshot(path=self.folder / f"{len(self.steps)}-{when}-{self.steps[-1].clicks}.png")

    def button(self, word: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=word).locator("visible=true").first

    def link(self, word: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("link", name=word).locator("visible=true").first

    def click(self, what: Locator) -> None:
        what.click()
        self.steps[-1].clicks += 1
        self.look("click")

    def enter(self, label: str | re.Pattern[str], words: str) -> None:
        self.page.get_by_label(label).locator("visible=true").first.fill(words)
        self.steps[-1].entries += 1


def walk(post: LivingPost, hand: Hand) -> None:
    """One night: in through the door, and out of it with the sheet printed."""
    page = hand.page
    page.goto(post.url)
    with hand.step("log in"):
        hand.enter("Tên đăng nhập", NAME)
        hand.enter("Mật khẩu", PASSWORD)
        hand.click(hand.button("Đăng nhập"))
        expect(page.get_by_text("Trực tiếp").first).to_be_visible()
    with hand.step("take the shift, hear the tone"):
        hand.click(hand.link(re.compile("Bàn trực trống")))
        hand.click(hand.button("Thử chuông"))
        hand.click(page.get_by_role("radio", name="Nghe rõ"))
        hand.click(page.get_by_role("checkbox", name=re.compile("Tôi đã đọc")))
        hand.click(hand.button(re.compile("^Nhận ca")))
        expect(page.get_by_text(re.compile(f"Đang trực: {NAME}"))).to_be_visible()
    post.desk.press(COUNTER)
    expect(page.get_by_text("Quỹ tín dụng nhân dân minh họa").first).to_be_visible()
    with hand.step("answer the hold-up"):
        hand.click(hand.link("Mở trực ban"))
        hand.click(hand.button(re.compile("^Tiếp nhận")))
        expect(page.get_by_text(re.compile("Đã tiếp nhận")).first).to_be_visible()
    _a_camera_falls(post)
    with hand.step("find the camera that fell"):
        hand.click(hand.link("Mắt camera"))
        hand.click(hand.link(FALLEN))
        expect(page.get_by_text(re.compile("Mất kết nối|Mất tín hiệu")).first).to_be_visible()
    with hand.step("print the hand-over"):
        hand.click(hand.link("Ca trực"))
        hand.enter(re.compile("Ghi chú bàn giao"), "Chờ thợ sửa camera ở chợ")
        hand.click(hand.button(re.compile("^Bàn giao ca")))
        hand.click(hand.link("Bản in"))
        expect(page.get_by_role("heading", name="Biên bản bàn giao ca")).to_be_visible()
        page.evaluate("window.print = () => { window.printed = true; }")
        hand.click(hand.button(re.compile("^In")))
        assert page.evaluate("window.printed")


def register(post: LivingPost, hand: Hand) -> None:
    """One more camera, at the foot of its pole, on a phone; goal U15: at most 60 seconds and 12 taps."""
    page = hand.page
    page.goto(post.url)
    with hand.step("log in (phone)"):
        hand.enter("Tên đăng nhập", "dang-ky")
        hand.enter("Mật khẩu", PASSWORD)
        hand.click(hand.button("Đăng nhập"))
        expect(page.get_by_text("Trực tiếp").first).to_be_attached()
    with hand.step("register one more (phone)"):
        hand.click(hand.button("Các trang"))
        hand.click(page.get_by_text("Thêm", exact=True))
        hand.click(hand.link("Đăng ký"))
        hand.click(hand.button(re.compile("Lấy vị trí")))
        hand.enter(re.compile("Tên dễ nhớ"), "Cổng chợ, nhìn ra ngã tư")
        hand.click(hand.button(re.compile("^Tiếp")))
        hand.click(hand.button(re.compile("Lưu và gửi")))
        expect(page.get_by_text(re.compile("Đã đăng ký")).first).to_be_visible()


def _a_camera_falls(post: LivingPost) -> None:
    body = {"id": FALLEN, "name": "Camera chợ Đinh Văn", "class": "camera", "adapter": "native", "address": FALLEN}
    post.post("devices", body | {"group_id": "DV-01", "group_name": "Tổ dân phố Gia Thạnh"})
    for state in ("online", "offline"):
        post.desk.gateway.publish(STATUS, json.dumps({"v": 1, "state": state}))


def main() -> None:
    folder = Path(sys.argv[1]) if sys.argv[1:] else None
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=30_000)
    where = {"geolocation": {"latitude": 11.7722, "longitude": 108.2222, "accuracy": 6}, "permissions": ["geolocation"]}
    with (
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory(prefix="chuong-stranger-") as kept,
        living_post(Path(kept), is_taken=False) as post,
    ):
        browser = launch(playwright)
        night = Hand(browser.new_page(viewport=WALL, locale="vi-VN"), folder)
        night.page.set_default_timeout(30_000)
        walk(post, night)
        pole = Hand(browser.new_context(viewport=PHONE, locale="vi-VN", has_touch=True, **where).new_page(), folder)
        pole.steps += night.steps
        register(post, pole)
        browser.close()
    print("| step | clicks | fields filled | seconds |\n|---|---|---|---|")
    for step in pole.steps:
        print(f"| {step.name} | {step.clicks} | {step.entries} | {step.seconds:.1f} |")


if __name__ == "__main__":
    main()
