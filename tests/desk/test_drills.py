"""A drill on the desk: marked wherever it is seen, told to nobody, and below whatever is real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.builders import a_zigbee_bell
from tests.desk.conftest import make_quiet
from tests.desk.officer import OfficersScreen
from tests.desk.readable import PHONE, SIZES, WALL, in_every_look, keep_picture, overflow, violations
from tests.fake_services import FakeService
from tests.processes import MonitorProcess
from tests.small_post import Desk

BELL = a_zigbee_bell()["id"]
MARK = "DIỄN TẬP"
STORY = f"""
[scenario]
id = "cuop-quy"
title_vi = "Cướp quỹ tín dụng"
[[device]]
id = "{BELL}"
class = "bell"
[[step]]
at = "PT0S"
do = "press"
device = "{BELL}"
[[step]]
at = "PT40S"
do = "dispatch"
[[step]]
at = "PT5M"
do = "resolve"
classification = "true_alarm"
"""
CHAINS = """
[chains]
call = [{ after_s = 1, role = "commander" }]
[kinds]
hold_up = "call"
[dispatched]
hold_up = ["commander"]
"""
CHANNELS = """
[channels.hook]
kind = "webhook"
url = "{url}"
[[told]]
role = "commander"
name = "Chỉ huy"
ways = ["hook:commander"]
"""


@pytest.fixture(scope="module")
def outside() -> Iterator[FakeService]:
    """Whatever leaves the machine comes here."""
    with FakeService() as service:
        yield service


@pytest.fixture(scope="module")
def drilled(tmp_path_factory: pytest.TempPathFactory, outside: FakeService) -> Iterator[Desk]:
    """A post whose chain tells the commander after a second; a drill's first press has come."""
    folder, broker = tmp_path_factory.mktemp("drilled"), Broker(tmp_path_factory.mktemp("mosquitto"))
    _configure(folder, outside)
    broker.configure("BELL-1")
    broker.start()
    monitor = MonitorProcess(folder, {**broker.environ, "CHUONG_CONFIG": str(folder / "monitor.toml")})
    try:
        monitor.start()
        with broker.connect(GATEWAY_ACCOUNT) as gateway:
            post = Desk(broker, monitor, gateway)
            post.register(a_zigbee_bell())
            yield post
    finally:
        monitor.close()
        broker.stop()


@pytest.fixture
def page(drilled: Desk, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=WALL, locale="vi-VN")  # type: ignore[arg-type]
    page = context.new_page()
    drilled.login(page)
    yield page
    context.close()


def _configure(folder: Path, outside: FakeService) -> None:
    (folder / "monitor.toml").touch()
    (folder / "escalation.toml").write_text(CHAINS, encoding="utf-8")
    (folder / "channels.toml").write_text(CHANNELS.replace("{url}", outside.url), encoding="utf-8")


def codes(outside: FakeService) -> set[str]:
    """Of everything that anybody outside was told."""
    return {asked.json["groupLabels"]["code"] for asked in list(outside.asked) if asked.method == "POST"}


def test_it_is_begun_answered_and_ended_while_what_is_real_rings(
    drilled: Desk, page: Page, outside: FakeService
) -> None:
    page.goto(f"{drilled.url}/drills")
    file = {"name": "cuop.toml", "mimeType": "application/toml", "buffer": STORY.encode()}
    page.locator("[name=file]").set_input_files(files=[file])  # type: ignore[list-item]
    page.get_by_role("button", name="Bắt đầu diễn tập").click()
    page.wait_for_url(re.compile(r"/drills/\d+$"))
    sheet = page.url
    # The sheet is open when the first press comes, ten seconds later, and shows it by itself.
    expect(page.locator("[data-part=sheet] .drill-marks")).to_be_attached(timeout=40_000)
    screen = OfficersScreen(drilled, page)
    screen.open()
    screen.unlock_sound()

    drilled.patience_s = 40
    drill = drilled.wait_for_alarm(state="UNACKNOWLEDGED", device_id=BELL)
    assert drill["drill_id"]
    expect(screen.banner).to_have_attribute("data-drill", str(drill["drill_id"]))
    expect(screen.banner).to_contain_text(MARK)
    expect(screen.row(drill)).to_contain_text(MARK)
    expect(page).to_have_title(re.compile(rf"\(1\) {MARK}"))
    keep_picture(page, "drill-desk")

    drilled.press()
    real = drilled.wait_for_alarm(state="UNACKNOWLEDGED", drill_id=None, kind="hold_up")
    expect(screen.banner).to_have_attribute("data-alarm", str(real["id"]))
    expect(screen.banner).not_to_have_attribute("data-drill", re.compile(r"\d"))
    expect(screen.banner).not_to_contain_text(MARK)
    expect(page).to_have_title(re.compile(r"\(1\) BÁO ĐỘNG CƯỚP"))
    expect(screen.queue.locator("li").first).to_have_attribute("data-alarm", str(real["id"]))
    keep_picture(page, "drill-desk-real")
    drilled.wait_for(lambda: codes(outside) or None, "the real one is told outside")

    page.keyboard.press("Space")
    expect(screen.banner).to_have_attribute("data-state", "taken")
    screen.wait_for_state(real["id"], "ACKNOWLEDGED")
    page.keyboard.press("Space")
    screen.wait_for_state(drill["id"], "ACKNOWLEDGED")
    incident = drilled.wait_for(lambda: screen.alarm(drill["id"])["incident"], "its incident")
    page.goto(f"{drilled.url}/incidents/{incident['id']}")
    expect(page.locator("main .drill-strip")).to_contain_text(MARK)
    page.get_by_role("button", name="Điều lực lượng").click()
    drilled.wait_for(lambda: screen.alarm(drill["id"])["incident"]["stage"] == "DISPATCHED" or None, "dispatched")

    page.goto(sheet)
    page.get_by_role("button", name="Kết thúc diễn tập").click()
    screen.wait_for_state(drill["id"], "NORMAL")
    assert screen.alarm(real["id"])["state"] == "ACKNOWLEDGED"
    expect(page.locator("tr[data-goal=acknowledged]")).to_contain_text("≤ 30 s")
    expect(page.locator("tr[data-goal=dispatched]")).to_contain_text("✓ Đạt")
    expect(page.locator(".sheet")).to_contain_text("Chỉ huy · hook")
    keep_picture(page, "drill-sheet")
    assert codes(outside) == {real["incident"]["code"]}, "nothing of the drill has left the machine"


@pytest.fixture
def ringing(drilled: Desk) -> dict[str, object]:
    """A drill whose press has come and waits."""
    for running in drilled.api.get("/api/v1/drills").json()["items"]:
        drilled.api.post(f"/api/v1/drills/{running['id']}/end").raise_for_status()
    make_quiet(drilled)
    path, waiting = "/api/v1/drills", {"scenario": STORY}
    drilled.wait_for(lambda: drilled.api.post(path, json=waiting).status_code == 201 or None, "a drill")
    drilled.patience_s = 40
    (number,) = [each["id"] for each in drilled.api.get(path).json()["items"] if not each["ended_at"]]
    return drilled.wait_for_alarm(state="UNACKNOWLEDGED", drill_id=number)


@in_every_look
def test_it_says_so_on_every_screen(
    drilled: Desk, ringing: dict[str, object], page: Page, size: str, theme: str
) -> None:
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    page.context.add_cookies([{"name": "theme", "value": theme, "url": drilled.url}])
    incident = ringing["incident"]["id"]  # type: ignore[index]
    for path in ("/", "/wall", "/devices", f"/incidents/{incident}", "/incidents", f"/patrol/{incident}", "/drills"):
        page.goto(drilled.url + path)
        expect(page.locator("#freshness")).to_have_attribute("data-link", "live")
        seen = "#banner" if path in {"/", "/wall"} else "#ringing" if path == "/devices" else "main"
        expect(page.locator(seen)).to_contain_text(MARK)
        keep_picture(page, f"drill{path.replace('/', '-')}-{size}-{theme}", 1000)
        assert violations(page) == [], path
        assert overflow(page) <= 0, path


def test_its_sheet_fits_a_phone_and_paper(drilled: Desk, ringing: dict[str, object], page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"{drilled.url}/drills/{ringing['drill_id']}")
    expect(page.locator(".drill-strip")).to_contain_text(MARK)
    keep_picture(page, "drill-sheet-phone")
    assert violations(page) == []
    assert overflow(page) <= 0
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print")
    expect(page.locator(".drill-score")).to_be_visible()
    expect(page.locator("#print")).to_be_hidden()
    keep_picture(page, "drill-sheet-print")
