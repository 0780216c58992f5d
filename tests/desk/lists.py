"""What a registrar does with a list on the page that takes lists in, and what is there to see."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.monitor.inventory.spreadsheets.workbooks import thirty_rows_as_workbook
from tests.processes import MonitorProcess

THIRTY = thirty_rows_as_workbook()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GROUP = "DV-01"
# Row → what is pressed; the others take the first answer that is offered.
ANSWERS = {22: "Bỏ dòng này", 24: "Ghi, chưa kích hoạt", 27: "Bỏ dòng này"}
NO_PLACE, PLACE = 25, "11,77210 108,22030"


def bring(page: Page, content: bytes = THIRTY, name: str = "gia-thanh.xlsx") -> None:
    given: FilePayload = {"name": name, "mimeType": XLSX, "buffer": content}
    page.set_input_files("#file", given)


def bring_thirty(page: Page) -> None:
    bring(page)
    expect(page.locator("body[data-state=review]")).to_be_attached()
    expect(page.locator("#rows .question").first).to_be_visible()


def row(page: Page, number: int) -> Locator:
    return page.locator(f"#row-{number}")


def decide_all(page: Page) -> None:
    for number in (5, 10, 12, 14, 20, 22, 24, NO_PLACE, 27):
        asked = row(page, number)
        if number == NO_PLACE:
            asked.get_by_label("Vị trí hoặc tọa độ").fill(PLACE)
            asked.get_by_role("button", name="Dùng").click()
        else:
            asked.get_by_role("button", name=ANSWERS.get(number, "Đúng")).first.click()
        expect(asked.locator(".question")).to_have_count(0)
        expect(asked.locator(".answered")).to_be_visible()


def eyes(monitor: MonitorProcess) -> tuple[int, int]:
    """Of the commune, and of the group."""
    devices = monitor.api.get("/api/v1/snapshot").raise_for_status().json()["devices"]
    of_groups = [group for kind, group in zip(devices["class"], devices["group_id"], strict=True) if kind == "camera"]
    return len(of_groups), of_groups.count(GROUP)


def figure(page: Page, name: str) -> Locator:
    return page.locator(f"#counts [data-bin={name}] b")
