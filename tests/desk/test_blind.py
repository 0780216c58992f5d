"""While the monitor is blind the desk says so, in a tone of its own, and claims of no device that it is well."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.desk.officer import OfficersScreen

DEVICE = "[data-device=BELL-QTD-1]"


@pytest.fixture
def deaf(screen: OfficersScreen) -> Iterator[OfficersScreen]:
    """The desk without its broker, which is back when the test is over."""
    heard = screen.press_and_wait()
    screen.page.keyboard.press("Space")
    screen.wait_for_state(heard["id"], "ACKNOWLEDGED")
    screen.post.broker.stop()
    yield screen
    if screen.post.broker.process is None:
        screen.post.broker.start()
    expect(screen.page.locator("#fault-strip")).to_be_hidden(timeout=30_000)


def test_it_says_that_it_is_blind_and_closes_that_by_itself(deaf: OfficersScreen) -> None:
    page, post = deaf.page, deaf.post
    strip, tile = page.locator("#fault-strip"), page.locator("[data-kind=bell].tile")
    expect(strip).to_contain_text("Máy giám sát đang mù: không nghe được máy chủ MQTT", timeout=30_000)
    expect(strip).to_contain_text("Kiểm tra máy chủ MQTT")
    expect(page).to_have_title(re.compile("^⚠ Máy giám sát đang mù"))
    alarm = post.wait_for_alarm(kind="monitor_fault", state="UNACKNOWLEDGED")
    expect(deaf.row(alarm).locator(".shape")).to_have_attribute("data-priority", "s")
    expect(page.locator(f"{DEVICE} [data-field=state]")).to_have_text("Không rõ")
    expect(tile.locator("[data-field=working]")).to_have_text("–")
    expect(deaf.chip("freshness")).to_contain_text("mù")
    post.wait_for(lambda: page.evaluate("chuong.tone") == "s" or None, "its own tone")
    page.keyboard.press("Space")
    deaf.wait_for_state(alarm["id"], "ACKNOWLEDGED")
    expect(strip).to_be_visible()
    post.broker.start()
    deaf.wait_for_state(alarm["id"], "NORMAL")
    expect(strip).to_be_hidden(timeout=30_000)
    expect(page.locator(f"{DEVICE} [data-field=state]")).to_have_text("Hoạt động")
    assert {each["kind"] for each in post.alarms(state=["UNACKNOWLEDGED", "ACKNOWLEDGED"])} <= {"hold_up"}
