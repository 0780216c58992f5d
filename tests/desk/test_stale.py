"""Old data never looks alive: a frozen server, a dead one, a session that ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Route, StorageState, expect

from tests.black_hole import BlackHole
from tests.desk.conftest import SCREEN
from tests.desk.officer import OfficersScreen
from tests.small_post import Desk

SLEEP = "setTimeout(() => { const end = performance.now() + 4000; while (performance.now() < end); })"
# The clock that counts what passes stands still in a laptop that sleeps; the one on the wall does not.
LAPTOP_SLEPT = """
    () => new Promise(done => {
        const links = [];
        new MutationObserver(() => {
            links.push(chuong.link);
            if (links.includes("stale") && chuong.link === "live") done(true);
        }).observe(document.body, { attributeFilter: ["class"] });
        const { now } = Date;
        Date.now = () => now() + 3_600_000;
    })
"""
AWAKE = "new Promise(done => setTimeout(() => done(chuong.link), 500))"  # what waited has been heard by then
# A feed of its own; one event is lost on its way, as the number in the next beat tells.
MISSING = """
    async () => {
        const { FeedCore } = await import("/static/js/feed_core.js");
        const told = [];
        const core = new FeedCore(message => told.push(message), "alarms");
        const snapshots = () => told.filter(({ type }) => type === "snapshot");
        const until = async n => { while (snapshots().length < n) await new Promise(done => setTimeout(done, 20)); };
        await until(1);
        const lost = { seq: core.seq + 1, now: new Date().toISOString(), health: {} };
        core.onEvent("beat", { data: JSON.stringify(lost), lastEventId: String(lost.seq) });
        await until(2);
        core.isSignedOut = true;
        core.source.close();
        return { before: snapshots()[0].isAnew, after: snapshots()[1].isAnew };
    }
"""
STALE = re.compile(r"\bstale\b")


@contextmanager
def frozen(post: Desk) -> Iterator[None]:
    post.monitor.freeze()
    try:
        yield
    finally:
        post.monitor.thaw()


def wait_until_stale(page: Page) -> None:
    expect(page.locator("body")).to_have_class(STALE, timeout=10_000)


def test_it_says_that_the_server_is_frozen(screen: OfficersScreen) -> None:
    with frozen(screen.post):
        wait_until_stale(screen.page)
        expect(screen.page.locator("#stale-strip")).to_contain_text("Màn hình mất kết nối máy chủ – đang nối lại")
        expect(screen.chip("freshness")).to_have_attribute("data-link", "stale")


def test_it_names_the_emergency_that_was_open(screen: OfficersScreen) -> None:
    screen.press_and_wait()
    with frozen(screen.post):
        wait_until_stale(screen.page)
        expect(screen.page.locator("#stale-strip")).to_contain_text("Quỹ tín dụng nhân dân minh họa, Đường số 1")


def test_it_stops_every_timer(screen: OfficersScreen) -> None:
    alarm = screen.press_and_wait()
    with frozen(screen.post):
        wait_until_stale(screen.page)
        expect(screen.row(alarm).locator(".timer")).to_have_text("—")
        expect(screen.page.locator("[data-device=BELL-QTD-1] [data-field=seen]")).to_have_text("—")


def test_it_takes_every_act_away(screen: OfficersScreen) -> None:
    alarm = screen.press_and_wait()
    expect(screen.row(alarm)).to_be_visible()
    screen.page.keyboard.press("ArrowDown")
    expect(screen.row(alarm)).to_have_attribute("aria-current", "true")
    with frozen(screen.post):
        wait_until_stale(screen.page)
        expect(screen.row(alarm).get_by_role("button", name="Tiếp nhận")).to_be_disabled()
        screen.page.keyboard.press("Space")
        expect(screen.page.locator("#toast")).to_contain_text("chưa tiếp nhận được")


def test_it_recovers_with_what_happened_meanwhile(screen: OfficersScreen) -> None:
    with frozen(screen.post):
        wait_until_stale(screen.page)
        screen.post.press()
        screen.post.press()
    screen.wait_until_live()
    expect(screen.banner).to_contain_text("Đã bấm 2 lần")
    expect(screen.page.locator("#stale-strip")).to_be_hidden()


def test_it_stays_stale_until_everything_is_loaded_anew(post: Desk, lonely_page: Page) -> None:
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    screen = OfficersScreen(post, lonely_page)
    screen.open()
    lonely_page.route("**/api/v1/snapshot", refuse)
    with frozen(screen.post):
        wait_until_stale(screen.page)
    lonely_page.wait_for_event("requestfailed", lambda request: request.url in asked)
    expect(screen.page.locator("body")).to_have_class(STALE)
    lonely_page.unroute("**/api/v1/snapshot")
    screen.wait_until_live()


def test_it_finds_a_server_that_was_started_again(screen: OfficersScreen) -> None:
    screen.post.monitor.kill()
    wait_until_stale(screen.page)
    screen.post.monitor.start()
    screen.wait_until_live()
    screen.press_and_wait()


@pytest.fixture
def behind_a_hole(post: Desk, browser: Browser, signed_in: StorageState) -> Iterator[tuple[Page, BlackHole]]:
    """A desk, and the way between it and the server."""
    context = browser.new_context(**SCREEN, storage_state=signed_in)
    with BlackHole(post.monitor.port) as hole:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{hole.port}/")
        OfficersScreen(post, page).wait_until_live()
        yield page, hole
        context.close()


def test_it_says_so_where_the_way_went_silent(post: Desk, behind_a_hole: tuple[Page, BlackHole]) -> None:
    """No end of the connection says anything: the server runs, and sends what nobody gets."""
    page, hole = behind_a_hole
    hole.is_cut = True
    wait_until_stale(page)
    post.press()
    alarm = post.wait_for_alarm(state="UNACKNOWLEDGED", priority=1)
    expect(page.locator("#stale-strip")).to_contain_text("Màn hình mất kết nối máy chủ")
    assert page.locator("#banner").is_hidden()
    hole.mend()
    OfficersScreen(post, page).wait_until_live()
    expect(page.locator("#banner")).to_have_attribute("data-alarm", str(alarm["id"]))


def test_it_wakes_up_stale(behind_a_hole: tuple[Page, BlackHole]) -> None:
    """A page that stood still, as under a lid: what came meanwhile is no sign of life of now."""
    page, hole = behind_a_hole
    page.evaluate(SLEEP)
    hole.is_cut = True
    assert page.evaluate(AWAKE) == "stale"


def test_it_says_so_in_a_hidden_tab(post: Desk, browser: Browser, signed_in: StorageState) -> None:
    """A browser holds the timers of a hidden tab back for up to a minute: the worker's own are left."""
    context = browser.new_context(**SCREEN, storage_state=signed_in)
    page = context.new_page()
    page.add_init_script("window.setInterval = () => 0")
    screen = OfficersScreen(post, page)
    screen.open()
    with frozen(post):
        expect(page).to_have_title(re.compile("^⚠ Mất kết nối máy chủ"))
    screen.wait_until_live()
    context.close()


def test_it_asks_for_all_of_it_where_a_number_is_missing(screen: OfficersScreen) -> None:
    assert screen.page.evaluate(MISSING) == {"before": False, "after": True}


def test_it_sends_an_officer_whose_session_ended_to_the_door(post: Desk, page: Page) -> None:
    OfficersScreen(post, page).open()
    other = page.context.new_page()
    other.goto(post.url)
    other.get_by_role("button", name="Đăng xuất").click()
    # A context that is closed while one of its pages is under way may never answer.
    for one in (other, page):
        expect(one).to_have_url(f"{post.url}/login")


def test_it_tells_of_a_broker_that_stays_away(screen: OfficersScreen) -> None:
    screen.post.broker.stop()
    try:
        expect(screen.page.locator("#foot-broker")).to_have_text("mất")
        expect(screen.page.locator("#fault-strip")).to_contain_text("Máy giám sát đang mù", timeout=30_000)
    finally:
        screen.post.broker.start()
    expect(screen.page.locator("#fault-strip")).to_be_hidden(timeout=30_000)


def test_it_loads_everything_anew_after_a_laptop_slept(own_screen: OfficersScreen) -> None:
    assert own_screen.page.evaluate(LAPTOP_SLEPT)
