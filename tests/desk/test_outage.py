"""Many devices down by one cause: one row in the queue."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.builders import a_camera
from tests.desk.officer import OfficersScreen

EYES = [f"CAM-LT-{number:02}" for number in range(98)]
MOST_ROWS = 5


def tell(screen: OfficersScreen, state: str) -> None:
    for eye in EYES:
        screen.post.gateway.publish(f"zigbee2mqtt/{eye}/availability", json.dumps({"state": state}))


@pytest.fixture
def feeder(screen: OfficersScreen) -> Iterator[OfficersScreen]:
    """The desk with all eyes of one feeder, which has power again when the test is over."""
    if not screen.post.api.get(f"/api/v1/devices/{EYES[0]}").is_success:
        screen.post.register(*(a_camera(id=eye, adapter="zigbee2mqtt", power_feeder="LT-2") for eye in EYES))
    tell(screen, "online")
    yield screen
    tell(screen, "online")


def test_it_shows_an_outage_as_one_row_with_its_count(feeder: OfficersScreen) -> None:
    screen = feeder
    tell(screen, "offline")
    alarm = screen.post.wait_for_alarm(kind="outage")
    row = screen.row(alarm)
    for words in ("Mất kết nối diện rộng: 98 mắt – tuyến LT-2", "Có thể: Mất điện", "Ghi nhận – gọi điện lực"):
        expect(row).to_contain_text(words)
    screen.page.click("[data-tab=faults]")
    expect(screen.page.locator("#queue")).not_to_contain_text("CAM-LT-0")
    tell(screen, "online")
    screen.wait_for_state(alarm["id"], "NORMAL")
    expect(row).not_to_be_attached()


def test_it_hears_a_call_above_a_feeder_without_power(feeder: OfficersScreen) -> None:
    screen = feeder
    tell(screen, "offline")
    row = screen.row(screen.post.wait_for_alarm(kind="outage", state="UNACKNOWLEDGED"))
    expect(row).to_contain_text("98 mắt – tuyến LT-2")
    call = screen.press_and_wait()
    expect(screen.queue.locator("li").first).to_have_attribute("data-alarm", str(call["id"]))
    assert screen.queue.locator("li").count() <= MOST_ROWS
    screen.post.wait_for(lambda: screen.page.evaluate("chuong.tone") == "1" or None, "the tone of a call")
