"""Registering a device as an operator does it: on a phone at the foot of a pole, with a network or without.

``DESK_LOOKS=docs/looks pytest tests/desk/test_register.py`` keeps the pictures.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, StorageState, expect

from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.edits import Edit, put_all
from monitor.inventory.people_tables import Custodian
from monitor.journal.database import Store
from tests.brokers import Broker
from tests.builders import a_bell, a_camera
from tests.desk.officer import sign_in
from tests.processes import OFFICER, MonitorProcess

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1920, "height": 1080}
LAT, LON = 11.772, 108.22
METRE = 1 / 111_195  # degrees of latitude
GROUPS = {"DV-01": "Tổ dân phố Gia Thạnh", "DV-02": "Tổ dân phố Minh Họa 1"}
PLACES = count(100, 30)
KEPT = "Đã lưu trên máy, sẽ gửi khi có mạng"


@pytest.fixture(scope="module")
def monitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MonitorProcess]:
    broker = Broker(tmp_path_factory.mktemp("mosquitto"))
    broker.configure()
    broker.start()
    monitor = MonitorProcess(tmp_path_factory.mktemp("monitor"), broker.environ)
    store = Store(f"sqlite:///{monitor.folder}/chuong.sqlite3")
    store.migrate()
    with closing(store), store.transaction() as tx:
        by = Edit("test", datetime.now(UTC), "test")
        put_all(tx, Area, [area_row(key, "residential_group", name) for key, name in GROUPS.items()], by)
        board = {"id": "BDH-01", "name": "Ban điều hành Gia Thạnh", "kind": "group_board", "group_id": "DV-01"}
        put_all(tx, Custodian, [board], by)
    monitor.start()
    try:
        here = {"group_id": "DV-01", "group_name": GROUPS["DV-01"], "longitude": LON}
        add(monitor, a_camera(id="CAM-DV-0118", name="Cổng chợ", latitude=LAT, serial="DH-220917", **here))
        for number, north in enumerate((40, 62, -35, -58, 25)):
            where = {"latitude": LAT + north * METRE, "longitude": LON + (number * 23 - 50) * METRE}
            build, prefix = (a_bell, "BELL-DV") if number % 2 else (a_camera, "CAM-DV")
            add(monitor, build(id=f"{prefix}-000{number}", **(here | where)))
        yield monitor
    finally:
        monitor.close()
        broker.stop()


def add(monitor: MonitorProcess, device: dict[str, Any]) -> None:
    assert monitor.api.post("/api/v1/devices", json=device).status_code == 201


@pytest.fixture(scope="module")
def signed_in(monitor: MonitorProcess, browser: Browser) -> StorageState:
    assert monitor.token
    context = browser.new_context()
    sign_in(context.new_page(), monitor.url, OFFICER)
    state = context.storage_state()
    context.close()
    return state


Visit = Callable[..., Page]


@pytest.fixture
def visit(monitor: MonitorProcess, browser: Browser, signed_in: StorageState) -> Iterator[Visit]:
    """``visit(viewport, theme, accuracy, north_m)``: the form, at so many metres north of a camera."""
    with ExitStack() as leaving:

        def open_form(
            viewport: dict[str, int] = PHONE, theme: str = "light", accuracy: float = 6, north_m: float | None = None
        ) -> Page:
            # What another test has left may not be taken for the same device.
            north_m = next(PLACES) if north_m is None else north_m
            position = {"latitude": LAT + north_m * METRE, "longitude": LON, "accuracy": accuracy}
            context: BrowserContext = browser.new_context(
                viewport=viewport,
                storage_state=signed_in,
                locale="vi-VN",
                geolocation=position,
                permissions=["geolocation"],
            )
            leaving.callback(context.close)
            context.add_cookies([{"name": "theme", "value": theme, "url": monitor.url}])
            page = context.new_page()
            page.goto(f"{monitor.url}/register")
            expect(page.locator("body[data-ready=yes]")).to_be_attached()
            return page

        yield open_form


def locate(page: Page) -> None:
    page.click("#locate")
    expect(page.locator("#gps")).to_have_attribute("data-state", "known")


def send(page: Page, name: str) -> None:
    page.fill("[name=name]", name)
    if page.locator("#next").is_visible():
        page.click("#next")
    page.click("#send")


def devices(monitor: MonitorProcess, name: str) -> list[dict[str, Any]]:
    items = monitor.api.get("/api/v1/devices", params={"limit": 500}).raise_for_status().json()["items"]
    return [device for device in items if device["name"] == name]


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("DESK_LOOKS"):
        page.wait_for_timeout(400)
        page.screenshot(path=Path(folder) / f"register-{name}.png")


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


@pytest.mark.parametrize(("viewport", "size"), [(PHONE, "phone"), (DESK, "desk")])
def test_it_registers_where_one_stands(
    monitor: MonitorProcess, visit: Visit, viewport: dict[str, int], size: str
) -> None:
    page = visit(viewport)
    locate(page)
    expect(page.locator("#group-word")).to_have_text(GROUPS["DV-01"])
    expect(page.locator("#group")).to_have_value("DV-01")
    send(page, f"Ngã tư, từ {size}")
    expect(page.locator("#done-title")).to_contain_text("Đã đăng ký CAM-DV-")
    (device,) = devices(monitor, f"Ngã tư, từ {size}")
    assert (device["group_id"], device["custodian_id"]) == ("DV-01", "BDH-01")
    assert device["longitude"] == pytest.approx(LON, abs=1e-6)


def test_it_registers_a_silent_bell_of_an_establishment(monitor: MonitorProcess, visit: Visit) -> None:
    page = visit()
    locate(page)
    page.check("[name=kind][value=bell]")
    page.fill("[data-name=bell]", "Quỹ tín dụng minh họa")
    page.select_option("[name=establishment_kind]", "credit_fund")
    page.fill("[name=position]", "Quầy 1")
    send(page, "Quỹ tín dụng, quầy 1")
    expect(page.locator("#done")).to_be_visible()
    (bell,) = devices(monitor, "Quỹ tín dụng, quầy 1")
    assert (bell["class"], bell["place"], bell["position"]) == ("bell", "Quỹ tín dụng minh họa", "Quầy 1")
    assert (bell["is_silent_at_site"], bell["button_no"], bell["consent"]) == (True, 1, "unknown")


def test_it_keeps_what_one_says_of_an_eye(monitor: MonitorProcess, visit: Visit) -> None:
    page = visit()
    locate(page)
    page.fill("[name=name]", "Cổng trường")
    page.select_option("[name=location_kind]", "school")
    page.click("#next")
    page.locator("#bearing").fill("225")
    expect(page.locator("#bearing-out")).to_have_text("225° · Tây Nam")
    page.set_input_files("#photo-file", {"name": "a.png", "mimeType": "image/png", "buffer": page.screenshot()})
    expect(page.locator("#photo-shown")).to_be_visible()
    page.check("[name=retention_days][value='30']")
    page.check("[name=consent][value=given]")
    page.check("[name=is_notice_posted]")
    page.click("#send")
    expect(page.locator("#done")).to_be_visible()
    (eye,) = devices(monitor, "Cổng trường")
    assert (eye["bearing_deg"], eye["retention_days"], eye["consent"]) == (225, 30, "given")
    assert (eye["is_notice_posted"], eye["eye_no"]) == (True, 1)
    picture = monitor.api.get(f"/api/v1/devices/{eye['id']}/photo")
    assert picture.content.startswith(b"\xff\xd8")
    assert len(picture.content) <= 300_000


def test_it_asks_whether_it_is_the_same_camera(monitor: MonitorProcess, visit: Visit) -> None:
    page = visit(north_m=7)
    locate(page)
    expect(page.locator("#twin-question")).to_have_text("Đây có phải cùng một camera?")
    expect(page.locator("#twin-list")).to_contain_text("Cách 7 m: CAM-DV-0118, Cổng chợ")
    page.fill("[name=name]", "Máy thứ hai")
    page.click("#next")
    expect(page.locator("#toast")).to_contain_text("Trả lời trước")
    page.click("#twin-other")
    expect(page.locator("#twin")).to_be_hidden()
    send(page, "Máy thứ hai")
    expect(page.locator("#done")).to_be_visible()
    assert len(devices(monitor, "Máy thứ hai")) == 1


def test_it_registers_nothing_where_it_is_the_same(monitor: MonitorProcess, visit: Visit) -> None:
    page = visit()
    page.fill("[name=name]", "Lại máy cũ")
    page.fill("#serial", "DH-220918")
    expect(page.locator("#twin-list")).to_contain_text("Số máy liền kề")
    page.click("#twin-same")
    expect(page.locator("#toast")).to_contain_text("CAM-DV-0118 đã có trong danh sách")
    expect(page.locator("[name=name]")).to_have_value("")
    assert devices(monitor, "Lại máy cũ") == []


def test_it_asks_to_locate_again_where_the_position_is_poor(visit: Visit) -> None:
    page = visit(accuracy=60)
    locate(page)
    expect(page.locator("#gps-far")).to_contain_text("Sai số 60 m, quá 25 m")
    page.context.set_geolocation({"latitude": LAT, "longitude": LON, "accuracy": 5})
    page.click("#locate")
    expect(page.locator("#gps-far")).to_be_hidden()


def test_it_asks_where_one_is_far_from_ones_area(visit: Visit) -> None:
    page = visit(north_m=60_000)
    locate(page)
    page.fill("[name=name]", "Xa")
    page.select_option("#group", "DV-02")
    expect(page.locator("#outside")).to_be_visible()
    page.click("#next")
    expect(page.locator("#toast")).to_contain_text("ngoài địa bàn")
    page.check("[name=is_outside_meant]")
    page.click("#next")
    expect(page.locator("#send")).to_be_visible()


def test_it_says_what_is_missing(visit: Visit) -> None:
    page = visit()
    page.click("#next")
    expect(page.locator("#name-wrong")).to_have_text("Cần một tên.")
    expect(page.locator("#group-wrong")).to_have_text("Cần chọn tổ dân phố.")


def test_it_sends_what_was_saved_without_a_network_exactly_once(monitor: MonitorProcess, visit: Visit) -> None:
    page = visit()
    locate(page)
    expect(page.locator("#group")).to_have_value("DV-01")
    wait_until_kept(page)
    page.context.set_offline(True)
    send(page, "Không mạng")
    expect(page.locator("#toast")).to_have_text(KEPT)
    expect(page.locator("#outbox-word")).to_contain_text("Đang chờ: 1")
    keep_picture(page, "phone-offline")
    page.reload()
    expect(page.locator("#outbox-word")).to_contain_text("Không có mạng")
    expect(page.locator("#outbox-word")).to_contain_text("Đang chờ: 1")
    assert devices(monitor, "Không mạng") == []
    page.context.set_offline(False)
    expect(page.locator("#outbox")).to_be_hidden()
    page.reload()
    expect(page.locator("body[data-ready=yes]")).to_be_attached()
    assert len(devices(monitor, "Không mạng")) == 1


def test_it_registers_once_where_the_answer_is_lost(monitor: MonitorProcess, visit: Visit) -> None:
    page = visit()
    locate(page)
    lost: list[int] = []

    def lose_answer(route: Route) -> None:
        if route.request.method != "POST" or lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    page.route("**/api/v1/devices", lose_answer)
    send(page, "Mất trả lời")
    expect(page.locator("#toast")).to_have_text(KEPT)
    assert lost == [201]
    page.reload()
    expect(page.locator("#done-title")).to_contain_text("Đã đăng ký")
    expect(page.locator("#outbox")).to_be_hidden()
    assert len(devices(monitor, "Mất trả lời")) == 1


def test_it_keeps_a_draft_over_a_reload(visit: Visit) -> None:
    page = visit()
    locate(page)
    page.fill("[name=name]", "Nửa chừng")
    expect(page.locator("#saved")).to_have_text("Bản nháp đã lưu trên máy")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator("[name=name]")).to_have_value("Nửa chừng")
    expect(page.locator("#group")).to_have_value("DV-01")


def test_it_sets_a_draft_aside_and_takes_it_up_again(visit: Visit) -> None:
    page = visit()
    page.fill("[name=name]", "Để sau")
    page.click("#later")
    expect(page.locator("[name=name]")).to_have_value("")
    page.click("#outbox-open")
    page.get_by_role("button", name="Mở lại").click()
    expect(page.locator("[name=name]")).to_have_value("Để sau")


def wait_until_kept(page: Page) -> None:
    """Until the page would open without a network."""
    page.wait_for_function("async () => (await (await caches.open('register')).keys()).length > 15")
    page.wait_for_function("async () => Boolean(await caches.match('/register'))")


def test_it_keeps_nothing_the_server_knows_on_the_phone(visit: Visit) -> None:
    page = visit()
    locate(page)
    wait_until_kept(page)
    addresses = "async () => (await (await caches.open('register')).keys()).map((each) => new URL(each.url).pathname)"
    kept = page.evaluate(addresses)
    assert {path for path in kept if not path.startswith("/static/")} == {"/register"}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("viewport", "size"), [(PHONE, "phone"), (DESK, "desk")])
def test_it_can_be_read_by_everybody(visit: Visit, viewport: dict[str, int], size: str, theme: str) -> None:
    page = visit(viewport, theme, north_m=7)
    locate(page)
    expect(page.locator("#twin")).to_be_visible()
    page.fill("[name=name]", "Cổng chợ, nhìn ra ngã tư")
    keep_picture(page, f"{size}-{theme}")
    assert violations(page) == []
    page.click("#twin-other")
    if size == "phone":
        page.click("#next")
        page.locator("#bearing").fill("225")
        keep_picture(page, f"{size}-{theme}-2")
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_it_has_targets_for_a_thumb(visit: Visit) -> None:
    page = visit()
    locate(page)
    asked = "button, select, input:not(.vh, [type=radio], .tick), summary, label.choice, label.check-line"
    small = f"""() => [...document.querySelectorAll("main :is({asked}), .page-foot button")]
        .filter((each) => each.offsetParent && each.getBoundingClientRect().height < 48)
        .map((each) => each.outerHTML)"""
    assert page.evaluate(small) == []
    page.select_option("#group", "DV-01")
    page.fill("[name=name]", "x")
    page.click("#next")
    assert page.evaluate(small) == []
