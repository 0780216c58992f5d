"""Real services for the tests: a broker, the monitor, a browser. Each ends what it started, by its process id."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from playwright.sync_api import Browser, Page, sync_playwright

from tests import template
from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.builders import a_bell, a_camera, a_zigbee_bell
from tests.chromium import launch
from tests.empty_store import empty_store
from tests.postgresql import Cluster
from tests.processes import ROOT, STORE, MonitorProcess
from tests.small_post import Desk

DEVICE_ACCOUNTS = ("BELL-1", "BELL-2", "PROBE-1", "SIREN-1")


# By default every error that is logged is drawn with its source and all variables: a second of work for each.
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])
gc.disable()  # until all tests are collected: it would go through everything loaded again and again
# Where the minutes are, longest first: no worker ends alone with one of them. The desk is last: Playwright keeps an
# event loop running, in which no other test can start its own.
LONGEST = (
    "tests/durability/",
    "tests/monitor/web/walk/",
    "tests/device_adapters/test_invariants.py",
    "tests/monitor/demo/",
)
LAST = ("tests/desk/test_looks.py", "tests/desk/test_import.py", "tests/desk/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _turn(item.nodeid))


def _turn(node: str) -> int:
    first = [number for number, each in enumerate(LONGEST, -len(LONGEST)) if node.startswith(each)]
    last = [number for number, each in enumerate(LAST, 1) if node.startswith(each)]
    return (first or last or [0])[0]


def pytest_collection_finish() -> None:
    gc.freeze()  # what is loaded by now stays to the end, and need not be looked through
    gc.enable()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Broker]:
    """The broker as we ship it, with the monitor's accounts, a gateway's, and three devices'."""
    broker = Broker(_folder(tmp_path, "mosquitto"))
    broker.configure(*DEVICE_ACCOUNTS)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def anonymous_broker(tmp_path: Path) -> Iterator[Broker]:
    """A broker that lets anybody in, as at a first trial."""
    broker = Broker(_folder(tmp_path, "anonymous-broker"), is_anonymous=True)
    broker.configure()
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def monitor_process(tmp_path: Path) -> Iterator[Callable[..., MonitorProcess]]:
    """``monitor_process(broker, **settings)``: a monitor on that broker with its own empty database."""
    started: list[MonitorProcess] = []

    def start(broker: Broker, *, until: str = "/readyz", **settings: object) -> MonitorProcess:
        environ = {f"CHUONG_{name.upper()}": str(value) for name, value in settings.items()}
        folder = _folder(tmp_path, f"monitor-{len(started) + 1}")
        empty_store(folder / STORE)
        started.append(MonitorProcess(folder, broker.environ | environ))
        started[-1].start(until=until)
        return started[-1]

    yield start
    for process in started:
        process.close()


@pytest.fixture
def desk(mosquitto: Broker, monitor_process: Callable[..., MonitorProcess]) -> Iterator[Desk]:
    """A whole small post: broker, monitor, and an inventory with a credit fund's silent bell."""
    with mosquitto.connect(GATEWAY_ACCOUNT) as gateway:
        desk = Desk(mosquitto, monitor_process(mosquitto), gateway)
        desk.register(a_zigbee_bell(), a_bell(id="BELL-1"), a_bell(id="BELL-2"))
        desk.register(a_camera(id="CAM-1"), a_camera(id="CAM-2", is_high_mast=True))
        yield desk


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    cluster = Cluster()
    yield cluster
    cluster.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of its own, in Vietnamese and at the size of a duty officer's screen."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="vi-VN")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    before = _leavings()
    with template.at_hand():
        yield
    assert _children() == []
    assert _leavings() <= before


def _leavings() -> set[Path]:
    """What a careless test would drop into the source tree."""
    return {path for pattern in ("data", "*.sqlite3*", "*.log", "*.db") for path in ROOT.glob(pattern)}


def _children() -> list[str]:
    """Processes of ours that still run, zombies aside."""
    left = []
    for child in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        for pid in child.read_text().split():
            status = Path("/proc", pid, "status").read_text()
            if "State:\tZ" not in status:
                left.append(f"{pid} {status.split()[1]}")
    return left


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder
