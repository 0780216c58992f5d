"""The machine under a post: its disk is full, its clock is set. Every press is stored once, and nobody is blamed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.brokers import Broker
from tests.builders import a_bell
from tests.durability.stepped_monitor import STEP_FILE
from tests.durability.test_own_faults import QUICK, insist_on_one_fault, lives, small_post, state, wait_until_told
from tests.empty_store import empty_store
from tests.processes import STORE, MonitorProcess

MIB = 1 << 20
HOUR_S = 3600
Add = Callable[[MonitorProcess], MonitorProcess]


@dataclass
class OnSmallDisk(MonitorProcess):
    """A monitor whose store lies on a disk of 16 MiB that it alone sees: a tmpfs in a mount namespace of its own."""

    @property
    def disk(self) -> Path:
        """As it is seen from outside."""
        return Path(f"/proc/{self.pid}/root{self.folder}/disk")

    @property
    def _store_url(self) -> str:
        return f"sqlite:///{self.folder}/seed"  # what is copied onto the disk

    def _command(self, *arguments: str) -> list[str]:
        mount = 'mount -t tmpfs -o size=16m tmpfs disk && cp seed disk/$0 && exec "$@"'
        return [
            *("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, STORE),
            *super()._command(*arguments),
        ]


class SteppedMonitor(MonitorProcess):
    def step(self, by_s: float) -> None:
        (self.folder / "step").write_text(str(by_s))

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "tests.durability.stepped_monitor", *arguments]


@pytest.fixture
def ended() -> Iterator[Add]:
    """Ends the monitors that are added to it."""
    monitors: list[MonitorProcess] = []

    def add(monitor: MonitorProcess) -> MonitorProcess:
        monitors.append(monitor)
        return monitor

    yield add
    for each in monitors:
        each.close()


def environ_of(settings: Mapping[str, object]) -> dict[str, str]:
    return {f"CHUONG_{name.upper()}": str(value) for name, value in settings.items()}


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Not a byte is left on it."""
    filler = os.open(disk / "filler", os.O_CREAT | os.O_WRONLY)
    try:
        for size in (MIB, 4096, 1):
            _fill(filler, size)
        yield
    finally:
        os.ftruncate(filler, 0)
        os.close(filler)


def _fill(filler: int, size: int) -> None:
    def write_on() -> None:
        while True:
            os.write(filler, bytes(size))

    with pytest.raises(OSError, match="No space left"):
        write_on()


def test_it_keeps_every_press_over_a_full_disk(mosquitto: Broker, tmp_path: Path, ended: Add) -> None:
    folder = tmp_path / "monitor"
    (folder / "disk").mkdir(parents=True)
    empty_store(folder / "seed")
    settings = QUICK | {"disk_free_min_mib": 1, "database_url": f"sqlite:///disk/{STORE}"}
    monitor = OnSmallDisk(folder, mosquitto.environ | environ_of(settings))
    assert monitor.token, "made before the store is copied"
    ended(monitor).start()
    with small_post(mosquitto, monitor) as desk:
        with full(monitor.disk):
            for _ in range(20):
                desk.press()
            told = wait_until_told(desk, "store")["fault"]["causes"]
            assert "full" in next(cause["note"] for cause in told if cause["cause"] == "store")
            assert monitor.status("/readyz") == 503
            desk.press()
        insist_on_one_fault(desk, "store", presses=22)


@pytest.mark.parametrize("by_s", [HOUR_S, -HOUR_S])
def test_it_blames_nobody_for_a_clock_that_is_set(by_s: float, mosquitto: Broker, tmp_path: Path, ended: Add) -> None:
    monitor = SteppedMonitor(tmp_path, mosquitto.environ | environ_of(QUICK) | {STEP_FILE: str(tmp_path / "step")})
    monitor.step(0)
    ended(monitor).start()
    with small_post(mosquitto, monitor) as desk:
        desk.register(a_bell(id="BELL-2"))
        with mosquitto.connect("BELL-2") as bell:
            bell.publish("anninh/v1/bell/BELL-2/heartbeat", '{"v":1}')
        desk.wait_for(lambda: lives(desk)["BELL-2"] == "ONLINE" or None, "the second bell is online")
        monitor.step(by_s)
        assert f"{by_s:+.0f} s" in wait_until_told(desk, "clock")["fault"]["causes"][0]["note"]
        for _ in range(20):
            desk.press()
        desk.wait_for_alarm(kind="hold_up", presses=21)
        # Whoever is really silent is missed as ever, and nobody else.
        assert desk.wait_for_alarm(kind="offline")["device_id"] == "BELL-2"
        assert state(desk) == "ONLINE"
        assert sorted(alarm["kind"] for alarm in desk.alarms()) == ["hold_up", "monitor_fault", "offline"]
