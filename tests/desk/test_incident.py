"""From ringing to resolved, by hand: one incident on its page, on the wall and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.desk.officer import OfficersScreen
from tests.desk.readable import SIZES, in_every_look, keep_picture, overflow, violations
from tests.small_post import Desk

PLAN = ("area_officer", "commander", "vault")


def newest(post: Desk) -> dict[str, Any]:
    found: dict[str, Any] = post.api.get("/api/v1/incidents").raise_for_status().json()["items"][0]
    return found


def close_all(post: Desk) -> None:
    """What an earlier test left open."""
    for each in post.api.get("/api/v1/incidents", params={"is_open": True}).json()["items"]:
        path = f"/api/v1/incidents/{each['id']}"
        for alarm in each["alarms"]:
            if "UNACKNOWLEDGED" in alarm["state"]:
                post.api.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"version": alarm["version"]})
        for step in post.api.get(path).json()["plan"]:
            post.api.post(f"{path}/plan", json={"step": step["id"]})
        seen = post.api.get(path).json()["version"]
        body = {"version": seen, "disposition": "unannounced_test", "note": "x"}
        post.api.post(f"{path}/close", json=body).raise_for_status()


@pytest.fixture
def pressed(own_screen: OfficersScreen) -> Iterator[OfficersScreen]:
    """The page of an incident that was just opened."""
    close_all(own_screen.post)
    own_screen.press_and_wait()
    own_screen.page.click("#banner-incident")
    own_screen.page.wait_for_url("**/incidents/*")
    yield own_screen
    close_all(own_screen.post)


def stage(page: Page, name: str) -> None:
    expect(page.locator(f".incident-stages [data-stage={name}]")).to_have_attribute("aria-current", "step")


def test_it_takes_a_press_from_the_banner_to_the_end_by_keyboard(pressed: OfficersScreen) -> None:
    page = pressed.page
    page.keyboard.press("Space")
    stage(page, "ACKNOWLEDGED")
    for key, reached in (("v", "VERIFYING"), ("d", "DISPATCHED"), ("e", "EN_ROUTE"), ("s", "ON_SCENE")):
        page.keyboard.press(key)
        stage(page, reached)
    page.keyboard.press("z")
    stage(page, "EN_ROUTE")
    page.keyboard.press("s")
    stage(page, "ON_SCENE")
    for step in page.locator("[data-plan]").all():
        step.check()
    expect(page.locator("[data-part=missing] .wrong")).to_have_count(0)
    page.check("[value=genuine_crime]")
    page.fill("[name=note]", "Đã bắt quả tang, lập biên bản")
    page.click("#closing button")
    expect(page.locator("[data-part=ended]")).to_contain_text("Báo động cướp: 1 vụ, tiếp nhận sau")
    assert newest(pressed.post)["disposition"] == "genuine_crime"


def test_it_says_what_stands_in_the_way_of_an_end(pressed: OfficersScreen) -> None:
    page = pressed.page
    expect(page.locator("[data-part=missing]")).to_contain_text("1 báo động chưa tiếp nhận")
    page.keyboard.press("Space")
    stage(page, "ACKNOWLEDGED")
    page.check("[value=accidental]")
    page.fill("[name=note]", "Bấm nhầm khi lau quầy")
    page.click("#closing button")
    expect(page.locator("#toast")).to_contain_text("trực chỉ huy")
    stage(page, "ACKNOWLEDGED")
    expect(page.locator("[name=note]")).to_have_value("Bấm nhầm khi lau quầy")


def test_it_shows_a_press_that_comes_while_one_writes(pressed: OfficersScreen) -> None:
    page = pressed.page
    page.keyboard.press("Space")
    stage(page, "ACKNOWLEDGED")
    page.fill("#note-text", "hai người, xe máy")
    pressed.post.press()
    expect(page.locator("[data-act=acknowledge]")).to_be_visible()
    expect(page.locator("#note-text")).to_have_value("hai người, xe máy")
    page.press("#note-text", "Enter")
    expect(page.locator(".incident-timeline")).to_contain_text("hai người, xe máy")


def test_it_says_first_that_nobody_may_call_the_place(pressed: OfficersScreen) -> None:
    expect(pressed.page.locator(".incident-silent")).to_be_visible()
    expect(pressed.page.locator("[data-holder=establishment]")).to_have_count(0)


@in_every_look
def test_it_is_readable(
    pressed: OfficersScreen, browser: Browser, signed_in: StorageState, size: str, theme: str
) -> None:
    context = browser.new_context(viewport=SIZES[size], locale="vi-VN", storage_state=signed_in)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        for name, address in (("incident", pressed.page.url), ("incidents", f"{pressed.post.url}/incidents")):
            page.goto(f"{address}?theme={theme}")
            expect(page.locator("body:not(.loading)")).to_be_attached()
            keep_picture(page, f"{name}-{size}-{theme}")
            assert (violations(page), overflow(page)) == ([], 0)
    finally:
        context.close()
