"""Taking a list in as a registrar does: thirty faulty rows, decided one by one, written, and taken back.

``DESK_LOOKS=docs/looks pytest tests/desk/test_import.py`` keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from monitor.journal.database import Store
from tests.desk.lists import GROUP, bring, bring_thirty, decide_all, eyes, figure, row
from tests.desk.officer import sign_in
from tests.desk.readable import PHONE, SIZES, WALL, in_every_look, keep_picture, overflow, violations
from tests.empty_store import empty_store
from tests.monitor.inventory.commune import load_areas, load_groups_and_eyes, table
from tests.processes import OFFICER, PASSWORD, STORE, MonitorProcess


@pytest.fixture(scope="module")
def monitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MonitorProcess]:
    """The demo commune, without a broker."""
    settings = {"CHUONG_MQTT_URL": "mqtt://127.0.0.1:9", "CHUONG_POST_NAME": "Công an thị trấn Đinh Văn"}
    monitor = MonitorProcess(tmp_path_factory.mktemp("monitor"), settings)
    store = Store(empty_store(monitor.folder / STORE))
    with closing(store):
        load_groups_and_eyes(store)
        load_areas(store)
    monitor.start(until="/healthz")
    try:
        yield monitor
    finally:
        monitor.close()


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
    with ExitStack() as leaving:

        def open_page(viewport: dict[str, int] = WALL, theme: str = "light") -> Page:
            context = browser.new_context(viewport=viewport, storage_state=signed_in, locale="vi-VN")
            leaving.callback(context.close)
            context.add_cookies([{"name": "theme", "value": theme, "url": monitor.url}])
            page = context.new_page()
            page.goto(f"{monitor.url}/import")
            expect(page.locator("body[data-state=start]")).to_be_attached()
            return page

        yield open_page


@pytest.fixture(autouse=True)
def taken_back(monitor: MonitorProcess) -> Iterator[None]:
    """Every test finds the commune as it was."""
    yield
    for batch in monitor.api.get("/api/v1/imports").raise_for_status().json()["items"]:
        if batch["can_undo"]:
            monitor.api.post(f"/api/v1/imports/{batch['id']}/undo").raise_for_status()


@pytest.mark.parametrize(("viewport", "size"), [(WALL, "wall"), (PHONE, "phone")])
def test_it_takes_thirty_faulty_rows_in_and_back(
    monitor: MonitorProcess, visit: Visit, viewport: dict[str, int], size: str
) -> None:
    page = visit(viewport)
    bring_thirty(page)
    expect(page.locator("#lead")).to_contain_text("21 dòng hợp lệ, 7 cần kiểm tra, 2 lỗi")
    expect(page.locator("#commit")).to_be_disabled()
    decide_all(page)
    assert eyes(monitor) == (118, 9)
    keep_picture(page, f"import-{size}-ready")
    expect(page.locator("#commit")).to_contain_text("Ghi 32 mắt camera vào danh sách")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#outcome-title")).to_contain_text("Đã thêm 32 mắt, bỏ qua 2 dòng")
    keep_picture(page, f"import-{size}-done")
    assert eyes(monitor) == (150, 41)
    page.click("#undo")
    page.click("#undo-sure")
    expect(page.locator("#outcome-title")).to_contain_text("Đã hoàn tác")
    assert eyes(monitor) == (118, 9)


def test_it_counts_and_filters(visit: Visit) -> None:
    page = visit()
    bring_thirty(page)
    expect(figure(page, "new")).to_have_text("21")
    expect(figure(page, "question")).to_have_text("6")
    expect(figure(page, "duplicate")).to_have_text("1")
    expect(figure(page, "error")).to_have_text("2")
    expect(page.locator("#rows tbody tr")).to_have_count(9)
    page.click("#counts [data-bin=new]")
    expect(page.locator("#rows tbody tr")).to_have_count(30)
    expect(row(page, 3).locator("ins")).to_have_text("0912345678")


def test_it_says_what_was_left_out_of_the_file(visit: Visit) -> None:
    page = visit()
    bring_thirty(page)
    expect(page.locator("#read-word")).to_contain_text("15/15 cột")
    page.click("#read summary")
    expect(page.locator("#read-more")).to_contain_text("Dòng 39")


def test_it_is_answered_by_keyboard_alone(visit: Visit) -> None:
    page = visit()
    bring_thirty(page)
    page.focus("#next-open")
    page.keyboard.press("Enter")
    expect(row(page, 5).locator(".answers button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(row(page, 10).locator(".answers button").first).to_be_focused()


def test_it_asks_again_what_was_answered(visit: Visit) -> None:
    page = visit()
    bring_thirty(page)
    row(page, 27).get_by_role("button", name="Bỏ dòng này").click()
    row(page, 27).get_by_role("button", name="Chọn lại").click()
    expect(row(page, 27).locator(".question")).to_be_visible()


def test_it_settles_the_same_fault_of_all_rows_at_once(visit: Visit) -> None:
    lines = ["Chủ hộ,Địa chỉ,SĐT,Số mắt,Vị trí lắp đặt,Đồng ý cung cấp dữ liệu"]
    lines += [f'Hộ {number},"TDP Gia Thạch, TT Đinh Văn",0912345678,1,Ngã ba {number},Có' for number in range(3)]
    page = visit()
    bring(page, "\n".join(lines).encode(), "ba-dong.csv")
    page.get_by_role("button", name="Sửa cả 3 dòng").first.click()
    expect(page.locator(".question")).to_have_count(0)
    expect(page.locator("#commit")).to_be_enabled()


def test_it_shows_what_changes_and_how_far_it_moves(visit: Visit) -> None:
    page = visit()
    lines = "device_id,group_id,location_note,lat,lon,retention_days\nCAM-DV-0001,DV-01,Chợ mới,11.7721,108.2204,61\n"
    bring(page, lines.encode(), "mot-mat.csv")
    changed = page.locator("#rows tbody tr")
    expect(changed).to_contain_text("Cập nhật")
    expect(changed.locator("del").first).to_be_visible()
    expect(changed).to_contain_text("61")
    expect(changed).to_contain_text("Chợ mới")
    expect(changed.locator("[data-heading=place]")).to_contain_text("dời 138 m")
    expect(page.locator("#plot")).to_be_visible()
    keep_picture(page, "changed")


def test_it_shows_a_long_list_piece_by_piece(visit: Visit) -> None:
    page = visit()
    lines = ["device_id,group_id,location_note"]
    lines += [f"CAM-L-{number:04},{'DV-77' if number == 600 else GROUP},Ngã ba {number}" for number in range(1202)]
    bring(page, "\n".join(lines).encode(), "dai.csv")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    expect(page.locator("#rows tbody tr")).to_contain_text("Không có mã “DV-77”")
    page.click("#counts [data-bin=error]")
    expect(page.locator("#rows tbody tr")).to_have_count(200)
    page.click("#rows-more")
    expect(page.locator("#rows tbody tr")).to_have_count(400)


def test_it_shows_where_rows_stand_beside_their_group(visit: Visit) -> None:
    page = visit()
    lines = (
        "device_id,group_id,location_note,lat,lon\nCAM-P-1,DV-01,Gần,11.7721,108.2204\nCAM-P-2,DV-01,Xa,11.80,108.23\n"
    )
    bring(page, lines.encode(), "xa.csv")
    expect(page.locator("#plot-word")).to_contain_text("2 dòng có tọa độ, 1 dòng ngoài 2 km")
    expect(page.locator("#plot-far")).to_contain_text("Dòng 3: ngoài địa bàn")
    expect(page.locator("#plot-canvas")).to_be_visible()
    keep_picture(page, "plot")


def test_it_drops_passwords_with_a_warning(visit: Visit) -> None:
    page = visit()
    lines = "device_id,group_id,location_note,Mật khẩu\nCAM-X-1,DV-01,Ngã ba,hunter2secret\n"
    bring(page, lines.encode(), "mat-khau.csv")
    expect(page.locator("#of-file")).to_contain_text("Mật khẩu")
    assert "hunter2secret" not in page.content()


def test_it_has_nothing_to_write_where_nothing_is_new(visit: Visit) -> None:
    page = visit()
    bring(page, b"\n".join(table("cameras_dinh_van.csv").splitlines()[:4]), "nhu-cu.csv")
    expect(page.locator("#foot-word")).to_have_text("Không có gì để ghi.")
    expect(page.locator("#commit")).to_be_disabled()


def test_it_says_why_a_file_cannot_be_read(visit: Visit) -> None:
    page = visit()
    bring(page, b"\xd0\xcf\x11\xe0 an old workbook", "cu.xls")
    expect(page.locator("#wrong")).to_contain_text("lưu lại thành .xlsx")
    expect(page.locator("body")).to_have_attribute("data-state", "start")


def test_it_compares_anew_where_the_inventory_changed(monitor: MonitorProcess, visit: Visit) -> None:
    page = visit()
    lines = "device_id,group_id,location_note\nCAM-DV-0001,DV-01,Chợ mới\n"
    bring(page, lines.encode(), "doi.csv")
    expect(page.locator("#commit")).to_be_enabled()
    device = monitor.api.get("/api/v1/devices/CAM-DV-0001").json()
    change = {"version": device["version"], "place": "Chợ rất mới"}
    monitor.api.patch("/api/v1/devices/CAM-DV-0001", json=change).raise_for_status()
    expect(page.locator("#freshness")).to_have_attribute("data-link", "live")  # nothing is sent from a page that is old
    page.click("#commit")
    expect(page.locator("#conflict")).to_be_visible()
    expect(page.locator("#rows tbody tr del").first).to_contain_text("Chợ rất mới")
    page.click("#commit")
    expect(page.locator("#outcome-title")).to_be_visible()


def test_it_takes_up_a_draft_after_a_reload(visit: Visit) -> None:
    page = visit()
    bring_thirty(page)
    row(page, 27).get_by_role("button", name="Bỏ dòng này").click()
    expect(row(page, 27).locator(".answered")).to_be_visible()
    page.reload()
    expect(figure(page, "error")).to_have_text("1")


def test_it_gives_the_corrected_file(visit: Visit) -> None:
    page = visit()
    bring_thirty(page)
    with page.expect_download() as coming:
        page.click("#corrected")
    assert coming.value.suggested_filename == "gia-thanh-corrected.xlsx"


def test_it_lists_what_came_before(visit: Visit) -> None:
    page = visit()
    bring_thirty(page)
    page.keyboard.press("Escape")
    expect(page.locator("#history li").first).to_contain_text("gia-thanh.xlsx")
    page.locator("#history li").first.get_by_role("button").click()
    expect(page.locator("body[data-state=review]")).to_be_attached()


def test_it_is_for_those_who_may_register(monitor: MonitorProcess, browser: Browser) -> None:
    monitor.run("user", "add", "ca-dem", "--role", "duty_officer", "--password-stdin", given=f"{PASSWORD}\n")
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, monitor.url, "ca-dem")
    answer = page.goto(f"{monitor.url}/import")
    assert answer
    assert answer.status == 403
    context.close()


@in_every_look
def test_it_can_be_read_by_everybody(visit: Visit, size: str, theme: str) -> None:
    page = visit(SIZES[size], theme)
    keep_picture(page, f"import-{size}-{theme}-start")
    assert (violations(page), overflow(page) <= 0) == ([], True)
    bring_thirty(page)
    row(page, 5).get_by_role("button", name="Đúng").first.click()
    expect(row(page, 5).locator(".answered")).to_be_visible()
    keep_picture(page, f"import-{size}-{theme}")
    assert (violations(page), overflow(page) <= 0) == ([], True)


def test_it_has_targets_for_a_thumb(visit: Visit) -> None:
    page = visit(PHONE)
    bring_thirty(page)
    small = """() => [...document.querySelectorAll("main button, main .button, .page-foot button")]
        .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
        .map((each) => each.outerHTML)"""
    assert page.evaluate(small) == []
