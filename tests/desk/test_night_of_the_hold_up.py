"""The hold-up at the credit fund by hand, on the pages: from the press to the line of the report.

With ``NIGHT_AT_ITS_PACE=1`` the officer takes as long as in the story: six minutes, and the line is the story's own.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.brokers import Broker, Wire
from tests.desk.conftest import SCREEN
from tests.desk.officer import OfficersScreen
from tests.desk.readable import keep_picture, overflow, violations
from tests.desk.test_incident import stage
from tests.empty_store import filled_store
from tests.monitor.inventory.commune import load_commune
from tests.processes import STORE, MonitorProcess
from tests.small_post import Desk

CREDIT_FUND, PRESSES = "BELL-DV-009", 4
AT_ITS_PACE = bool(os.environ.get("NIGHT_AT_ITS_PACE"))
ANSWERED_S, ON_SCENE_S = 20.2, 310.2
LINE = (
    "Báo động cướp: 1 vụ, tiếp nhận sau 20 giây, có mặt sau 5 phút 10 giây"
    if AT_ITS_PACE
    else re.compile(r"Báo động cướp: 1 vụ, tiếp nhận sau (\d+ phút )?\d+ giây, có mặt sau (\d+ phút )?\d+ giây")
)

TAKEN = re.compile(r"Đã tiếp nhận \d\d:\d\d:\d\d – truc-ban \((\d+ phút ?)?(\d+ giây)?\)")
ON_SCENE = re.compile(r"Có mặt tại hiện trường\s+\d\d:\d\d:\d\d \(.+\)")


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[OfficersScreen]:
    """The demo commune's inventory behind a real broker and a real monitor; one bell of it has an account."""
    broker = Broker(tmp_path_factory.mktemp("broker"))
    broker.configure(CREDIT_FUND)
    broker.start()
    monitor = MonitorProcess(tmp_path_factory.mktemp("monitor"), broker.environ)
    filled_store(monitor.folder / STORE, load_commune)
    context = browser.new_context(**SCREEN)
    try:
        monitor.start()
        with broker.connect(CREDIT_FUND) as bell:
            screen = OfficersScreen(Desk(broker, monitor, bell), context.new_page())
            screen.open()
            screen.unlock_sound()
            yield screen
    finally:
        context.close()
        monitor.close()
        broker.stop()


def press(bell: Wire, number: int) -> None:
    said = {"v": 1, "id": f"{CREDIT_FUND}-{number}", "boot": "b1", "kind": "alarm", "input": "hold_up"}
    body = said | {"ts": round(time.time() * 1000)}
    bell.publish(f"anninh/v1/bell/{CREDIT_FUND}/alarm", json.dumps(body))


def wait_until(moment_s: float) -> None:
    """Only where the story is played at its own pace."""
    if AT_ITS_PACE:
        time.sleep(max(0.0, moment_s - time.monotonic()))


def a_caller_tells_of_the_same(page: Page, url: str, code: str) -> None:
    page.goto(f"{url}/reported")
    page.fill("#tip-form [name=text]", "Hai người bịt mặt trong quỹ tín dụng")
    page.fill("#tip-form [name=area]", "DV-04")
    page.click("#tip-form button")
    expect(page.locator("#tip-near")).to_contain_text(f"Gộp vào {code}?")
    keep_picture(page, "night-question")
    assert (violations(page), overflow(page)) == ([], 0)
    page.locator("#tip-near").get_by_role("button", name="Có").click()
    expect(page.locator("#tip-near")).to_be_empty()
    page.close()


def the_groups_are_told(page: Page) -> None:
    """Ordinary groups take no message from a program: the texts are copied, and that is said."""
    told = page.locator("#groups-told")
    expect(told).to_have_text("Đã gửi Zalo 0/2 nhóm")
    for sent in (1, 2):
        page.locator("#duties [data-act=done]:visible").first.click()
        expect(told).to_have_text(f"Đã gửi Zalo {sent}/2 nhóm")


def he_asks_for_footage(page: Page) -> None:
    page.locator("#footage [name=eye]").first.check()
    page.get_by_role("button", name="Đề nghị trích xuất hình ảnh").click()
    expect(page.locator("[data-part=timeline]")).to_contain_text("Đề nghị trích xuất hình ảnh: CAM-DV-")


def he_closes_it(page: Page) -> None:
    for step in page.locator("[data-plan]").all():
        step.check()
    expect(page.locator("[data-part=missing] .wrong")).to_have_count(0)
    page.check("[value=genuine_crime]")
    page.fill("[name=note]", "Đã bắt quả tang")
    page.click("#closing button")
    expect(page.locator("[data-part=ended]")).to_contain_text(LINE)


def test_it_takes_the_hold_up_from_the_press_to_its_line(desk: OfficersScreen) -> None:
    wall, numbers = desk.page, count(1)
    pressed_s = time.monotonic()
    for _ in range(PRESSES):
        press(desk.post.gateway, next(numbers))
    expect(desk.banner).to_contain_text("BÁO ĐỘNG CƯỚP – Quỹ tín dụng nhân dân minh họa")
    expect(desk.banner).to_contain_text("Chuông im lặng tại chỗ – KHÔNG gọi lại số của cơ sở")
    expect(desk.banner).to_contain_text(re.compile(r"Quầy giao dịch 1 · Bấm lúc \d\d:\d\d:\d\d"))
    expect(desk.banner).to_contain_text(re.compile(r"Chưa tiếp nhận: \d+ giây"))
    expect(desk.banner).to_contain_text(f"Đã bấm {PRESSES} lần")
    link = wall.locator("#queue .to-incident:not([hidden])")
    expect(link).to_have_text(re.compile(r"BD-\d{6}-0001 · Mới – chưa tiếp nhận"))
    code = str(link.text_content()).partition(" ")[0]
    wait_until(pressed_s + ANSWERED_S)
    wall.keyboard.press("Space")
    expect(link).to_have_text(f"{code} · Đã tiếp nhận")
    expect(desk.banner).to_contain_text(TAKEN)
    wall.keyboard.press("ArrowDown")
    wall.keyboard.press("Enter")
    expect(wall.locator("#details-summary")).to_contain_text(f"{code} · Đã tiếp nhận")
    keep_picture(wall, "night-details")
    page = wall.context.new_page()
    page.goto(f"{desk.post.url}{wall.locator('#details-incident').get_attribute('href')}")
    wall.keyboard.press("Escape")

    expect(page.locator("[data-holder=establishment]")).to_have_count(0)
    first = page.locator(".incident-calls li").first
    expect(first).to_contain_text("Cảnh sát khu vực")
    first.locator("[data-call=answered]").click()
    expect(first).to_contain_text("Gọi được")
    page.keyboard.press("v")
    stage(page, "VERIFYING")
    page.keyboard.press("d")
    stage(page, "DISPATCHED")
    expect(link).to_have_text(f"{code} · Đã điều lực lượng")
    the_groups_are_told(page)
    a_caller_tells_of_the_same(wall.context.new_page(), desk.post.url, code)
    expect(page.locator("[data-part=timeline]")).to_contain_text("Hai người bịt mặt trong quỹ tín dụng")
    page.keyboard.press("e")
    stage(page, "EN_ROUTE")
    wait_until(pressed_s + ON_SCENE_S)
    page.keyboard.press("s")
    stage(page, "ON_SCENE")
    expect(page.locator("[data-stage=ON_SCENE]")).to_contain_text(ON_SCENE)
    he_asks_for_footage(page)
    keep_picture(page, "night-incident")
    assert (violations(page), overflow(page)) == ([], 0)
    keep_picture(wall, "night-wall")
    he_closes_it(page)
    expect(link).to_have_count(0)
