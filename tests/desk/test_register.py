"""Registering a device as an operator does it: on a phone at the foot of a pole, and at a desk.

``DESK_LOOKS=docs/looks pytest tests/desk/test_register.py`` keeps the pictures.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.desk.pole import GROUPS, LAT, LON, Visit, devices, locate, send
from tests.desk.readable import PHONE, SIZES, WALL, in_every_look, keep_picture, overflow, violations
from tests.processes import MonitorProcess


@pytest.mark.parametrize(("viewport", "size"), [(PHONE, "phone"), (WALL, "wall")])
def test_it_registers_where_one_stands(
    inventory: MonitorProcess, visit_form: Visit, viewport: dict[str, int], size: str
) -> None:
    page = visit_form(viewport)
    locate(page)
    expect(page.locator("#group-word")).to_have_text(GROUPS["DV-01"])
    expect(page.locator("#group")).to_have_value("DV-01")
    send(page, f"Ngã tư, từ {size}")
    expect(page.locator("#done-title")).to_contain_text("Đã đăng ký CAM-DV-")
    (device,) = devices(inventory, f"Ngã tư, từ {size}")
    assert (device["group_id"], device["custodian_id"]) == ("DV-01", "BDH-01")
    assert device["longitude"] == pytest.approx(LON, abs=1e-6)


def test_it_registers_a_silent_bell_of_an_establishment(inventory: MonitorProcess, visit_form: Visit) -> None:
    page = visit_form()
    locate(page)
    page.check("[name=kind][value=bell]")
    page.fill("[data-name=bell]", "Quỹ tín dụng minh họa")
    page.select_option("[name=establishment_kind]", "credit_fund")
    page.fill("[name=position]", "Quầy 1")
    send(page, "Quỹ tín dụng, quầy 1")
    expect(page.locator("#done")).to_be_visible()
    (bell,) = devices(inventory, "Quỹ tín dụng, quầy 1")
    assert (bell["class"], bell["place"], bell["position"]) == ("bell", "Quỹ tín dụng minh họa", "Quầy 1")
    assert (bell["is_silent_at_site"], bell["button_no"], bell["consent"]) == (True, 1, "unknown")


def test_it_prints_the_label_with_the_secret_that_is_shown_once(visit_form: Visit) -> None:
    page = visit_form()
    locate(page)
    page.check("[name=kind][value=bell]")
    send(page, "Chuông có nhãn")
    secret = page.locator("[data-field=secret]")
    expect(secret).to_contain_text("chỉ hiện một lần")
    with page.expect_popup() as printed:
        page.get_by_role("button", name="In nhãn QR").click()
    shown = secret.inner_text().rpartition(": ")[2]
    expect(printed.value.locator("svg")).to_contain_text("anninh/v1/bell/BELL-DV-")
    assert shown[:13] in printed.value.content()


def test_it_keeps_what_one_says_of_an_eye(inventory: MonitorProcess, visit_form: Visit) -> None:
    page = visit_form()
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
    (eye,) = devices(inventory, "Cổng trường")
    assert (eye["bearing_deg"], eye["retention_days"], eye["consent"]) == (225, 30, "given")
    assert (eye["is_notice_posted"], eye["eye_no"]) == (True, 1)
    expect(page.locator("#outbox")).to_be_hidden()  # the picture goes after it
    picture = inventory.api.get(f"/api/v1/devices/{eye['id']}/photo")
    assert picture.content.startswith(b"\xff\xd8")
    assert len(picture.content) <= 300_000


def test_it_asks_whether_it_is_the_same_camera(inventory: MonitorProcess, visit_form: Visit) -> None:
    page = visit_form(north_m=7)
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
    assert len(devices(inventory, "Máy thứ hai")) == 1


def test_it_registers_nothing_where_it_is_the_same(inventory: MonitorProcess, visit_form: Visit) -> None:
    page = visit_form()
    page.fill("[name=name]", "Lại máy cũ")
    page.fill("#serial", "DH-220918")
    expect(page.locator("#twin-list")).to_contain_text("Số máy liền kề")
    page.click("#twin-same")
    expect(page.locator("#toast")).to_contain_text("CAM-DV-0118 đã có trong danh sách")
    expect(page.locator("[name=name]")).to_have_value("")
    assert devices(inventory, "Lại máy cũ") == []


def test_it_asks_to_locate_again_where_the_position_is_poor(visit_form: Visit) -> None:
    page = visit_form(accuracy=60)
    locate(page)
    expect(page.locator("#gps-far")).to_contain_text("Sai số 60 m, quá 25 m")
    page.context.set_geolocation({"latitude": LAT, "longitude": LON, "accuracy": 5})
    page.click("#locate")
    expect(page.locator("#gps-far")).to_be_hidden()


def test_it_asks_where_one_is_far_from_ones_area(visit_form: Visit) -> None:
    page = visit_form(north_m=60_000)
    locate(page)
    page.fill("[name=name]", "Xa")
    page.select_option("#group", "DV-02")
    expect(page.locator("#outside")).to_be_visible()
    page.click("#next")
    expect(page.locator("#toast")).to_contain_text("ngoài địa bàn")
    page.check("[name=is_outside_meant]")
    page.click("#next")
    expect(page.locator("#send")).to_be_visible()


def test_it_says_what_is_missing(visit_form: Visit) -> None:
    page = visit_form()
    page.click("#next")
    expect(page.locator("#name-wrong")).to_have_text("Cần một tên.")
    expect(page.locator("#group-wrong")).to_have_text("Cần chọn tổ dân phố.")


@in_every_look
def test_it_can_be_read_by_everybody(visit_form: Visit, size: str, theme: str) -> None:
    page = visit_form(SIZES[size], theme, north_m=7)
    locate(page)
    expect(page.locator("#twin")).to_be_visible()
    page.fill("[name=name]", "Cổng chợ, nhìn ra ngã tư")
    keep_picture(page, f"register-{size}-{theme}")
    assert violations(page) == []
    page.click("#twin-other")
    if size == "phone":
        page.click("#next")
        page.locator("#bearing").fill("225")
        keep_picture(page, f"register-{size}-{theme}-2")
        assert violations(page) == []
    assert overflow(page) <= 0


def test_it_has_targets_for_a_thumb(visit_form: Visit) -> None:
    page = visit_form()
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
