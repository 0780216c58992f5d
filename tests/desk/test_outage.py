"""Many devices down by one cause: one row in the queue."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.builders import a_camera
from tests.desk.officer import OfficersScreen

EYES = [f"CAM-LT-{number}" for number in range(4)]


def tell(screen: OfficersScreen, state: str) -> None:
    for eye in EYES:
        screen.post.gateway.publish(f"zigbee2mqtt/{eye}/availability", json.dumps({"state": state}))


@pytest.fixture
def feeder(screen: OfficersScreen) -> Iterator[OfficersScreen]:
    """The desk with four eyes on one feeder, which has power again when the test is over."""
    screen.post.register(*(a_camera(id=eye, adapter="zigbee2mqtt", power_feeder="LT-2") for eye in EYES))
    tell(screen, "online")
    yield screen
    tell(screen, "online")


def test_it_shows_an_outage_as_one_row_with_its_count(feeder: OfficersScreen) -> None:
    screen = feeder
    tell(screen, "offline")
    alarm = screen.post.wait_for_alarm(kind="outage")
    row = screen.row(alarm)
    for words in ("Mất kết nối diện rộng: 4 mắt – tuyến LT-2", "Có thể: Mất điện", "Ghi nhận – gọi điện lực"):
        expect(row).to_contain_text(words)
    screen.page.click("[data-tab=faults]")
    expect(screen.page.locator("#queue")).not_to_contain_text("CAM-LT-0")
    tell(screen, "online")
    screen.wait_for_state(alarm["id"], "NORMAL")
    expect(row).not_to_be_attached()
