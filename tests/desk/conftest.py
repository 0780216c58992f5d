"""One small post for all tests of the desk: each finds it quiet, and a page of its own with an officer before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, Geolocation, Page, StorageState, expect

from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.builders import a_bell, a_camera, a_zigbee_bell
from tests.desk.officer import OfficersScreen, sign_in
from tests.desk.pole import LAT, LON, METRE, Visit, running_inventory
from tests.desk.readable import PHONE
from tests.processes import OFFICER, MonitorProcess
from tests.small_post import Desk

# No test of the desk is about speed: a machine that is busy may take its time.
expect.set_options(timeout=20_000)

RINGING = ["UNACKNOWLEDGED", "RETURNED_UNACKNOWLEDGED"]
SCREEN: dict[str, Any] = {"viewport": {"width": 1920, "height": 1080}, "locale": "vi-VN"}


@pytest.fixture(scope="session")
def lasting_post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    broker = Broker(tmp_path_factory.mktemp("mosquitto"))
    broker.configure("BELL-1", "BELL-2", "PROBE-1")
    broker.start()
    monitor = MonitorProcess(tmp_path_factory.mktemp("monitor"), broker.environ)
    try:
        monitor.start()
        with broker.connect(GATEWAY_ACCOUNT) as gateway:
            post = Desk(broker, monitor, gateway)
            post.register(a_zigbee_bell(), a_bell(id="BELL-1"), a_bell(id="BELL-2"))
            post.register(a_camera(id="CAM-1"), a_camera(id="CAM-2", is_high_mast=True))
            yield post
    finally:
        monitor.close()
        broker.stop()


@pytest.fixture
def post(lasting_post: Desk) -> Iterator[Desk]:
    make_quiet(lasting_post)
    yield lasting_post
    make_quiet(lasting_post)


@pytest.fixture(scope="session")
def signed_in(lasting_post: Desk, browser: Browser) -> StorageState:
    """The cookies of an officer who has gone through the door once."""
    context = browser.new_context(locale="vi-VN")
    lasting_post.login(context.new_page())
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def lasting_screen(lasting_post: Desk, browser: Browser, signed_in: StorageState) -> Iterator[OfficersScreen]:
    context = browser.new_context(**SCREEN, storage_state=signed_in)
    yield OfficersScreen(lasting_post, context.new_page())
    context.close()


@pytest.fixture
def screen(post: Desk, lasting_screen: OfficersScreen) -> OfficersScreen:
    """The desk, live, its sound on; one for all tests, as it is one for a whole night."""
    lasting_screen.make_ready()
    return lasting_screen


@pytest.fixture
def own_screen(post: Desk, browser: Browser, signed_in: StorageState) -> Iterator[OfficersScreen]:
    """The same, for a test that leaves traces on it."""
    context = browser.new_context(**SCREEN, storage_state=signed_in)
    screen = OfficersScreen(post, context.new_page())
    screen.make_ready()
    yield screen
    context.close()


@pytest.fixture
def lonely_page(browser: Browser, signed_in: StorageState) -> Iterator[Page]:
    """A page that must hold its own connection, as where a browser has no SharedWorker."""
    context = browser.new_context(**SCREEN, storage_state=signed_in)
    page = context.new_page()
    page.add_init_script("delete window.SharedWorker")
    yield page
    context.close()


@pytest.fixture(scope="session")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MonitorProcess]:
    with running_inventory(tmp_path_factory.mktemp("inventory")) as monitor:
        yield monitor


@pytest.fixture(scope="session")
def registrar(inventory: MonitorProcess, browser: Browser) -> StorageState:
    """The cookies of an operator who has gone through the door once."""
    assert inventory.token
    context = browser.new_context()
    sign_in(context.new_page(), inventory.url, OFFICER)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def places() -> Iterator[int]:
    """Metres north of the camera: what another test has left may not be taken for the same device."""
    return count(100, 30)


@pytest.fixture
def visit_form(
    inventory: MonitorProcess, browser: Browser, registrar: StorageState, places: Iterator[int]
) -> Iterator[Visit]:
    """``visit_form(viewport, theme, accuracy, north_m)``: the form, at so many metres north of a camera."""
    with ExitStack() as leaving:

        def open_form(
            viewport: dict[str, int] = PHONE, theme: str = "light", accuracy: float = 6, north_m: float | None = None
        ) -> Page:
            north_m = next(places) if north_m is None else north_m
            position: Geolocation = {"latitude": LAT + north_m * METRE, "longitude": LON, "accuracy": accuracy}
            given: dict[str, Any] = {"storage_state": registrar, "locale": "vi-VN", "permissions": ["geolocation"]}
            context = browser.new_context(viewport=viewport, geolocation=position, **given)
            leaving.callback(context.close)
            context.add_cookies([{"name": "theme", "value": theme, "url": inventory.url}])
            page = context.new_page()
            page.goto(f"{inventory.url}/register")
            expect(page.locator("body[data-ready=yes]")).to_be_attached()
            return page

        yield open_form


def make_quiet(post: Desk, but: str | None = None) -> None:
    """Every alarm taken over and ended, but those of one kind, and those that end by themselves."""
    by_themselves = {"outage", "monitor_fault"}
    for act, states, left in (("acknowledge", RINGING, {but}), ("close", ["ACKNOWLEDGED"], {but, *by_themselves})):
        for alarm in (alarm for alarm in post.alarms(state=states) if alarm["kind"] not in left):
            quieten(post, alarm["id"], act, states)


def quieten(post: Desk, alarm_id: int, act: str, states: list[str]) -> None:
    """As it is now: what the test before did may still be counted, and what it began may end."""

    def done() -> bool | None:
        now = post.api.get(f"/api/v1/alarms/{alarm_id}").raise_for_status().json()
        if now["state"] not in states:
            return True
        return post.api.post(f"/api/v1/alarms/{alarm_id}/{act}", json={"version": now["version"]}).is_success or None

    post.wait_for(done, f"alarm {alarm_id}: {act}")
