"""What can fail on a post's own side: each is said, ends by itself, loses no press and blames no device."""

from __future__ import annotations

import re
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.black_hole import BlackHole
from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.builders import a_bell, a_zigbee_bell
from tests.durability.bells import living_bell
from tests.processes import MonitorProcess
from tests.small_post import Desk

# A bell that is missed after four seconds, and a broker that is after two.
QUICK = {"supervision_bell_interval_s": 1, "supervision_bell_deadline_s": 4, "canary_every_s": 0.5}

# A locked store says so after five seconds, and that is not yet a fault.
PATIENCE_S = 40.0

Start = Callable[..., MonitorProcess]


@contextmanager
def small_post(broker: Broker, monitor: MonitorProcess) -> Iterator[Desk]:
    """One press is stored, and a bell beats."""
    with broker.connect(GATEWAY_ACCOUNT) as gateway, living_bell(broker):
        desk = Desk(broker, monitor, gateway, PATIENCE_S)
        desk.register(a_bell(id="BELL-1"), a_zigbee_bell())
        desk.wait_for(lambda: state(desk) == "ONLINE" or None, "the bell is online")
        desk.press()
        desk.wait_for_alarm(presses=1)
        yield desk


def state(desk: Desk) -> str:
    return str(desk.api.get("/api/v1/devices/BELL-1").json()["state"])


def health(desk: Desk) -> dict[str, Any]:
    answer = desk.api.get("/api/v1/snapshot", params={"devices": False})
    told: dict[str, Any] = answer.raise_for_status().json()["health"]
    return told


def wait_until_told(desk: Desk, cause: str) -> dict[str, Any]:
    """The monitor's health, as soon as it names this cause."""

    def look() -> dict[str, Any] | None:
        found = health(desk)
        return found if cause in [each["cause"] for each in (found["fault"] or {"causes": []})["causes"]] else None

    return desk.wait_for(look, f"it says that it has a fault: {cause}")


def insist_on_one_fault(desk: Desk, detail: str, *, presses: int) -> None:
    """All that was pressed is stored; the fault was told once and is over; no device is blamed."""
    desk.wait_for_alarm(kind="hold_up", presses=presses)
    desk.wait_for_alarm(kind="monitor_fault", state="NORMAL", detail=detail)
    desk.wait_for(lambda: health(desk)["fault"] is None or None, "all is well again")
    desk.wait_for(lambda: state(desk) == "ONLINE" or None, "the bell is heard again")
    assert sorted(alarm["kind"] for alarm in desk.alarms()) == ["hold_up", "monitor_fault"]


def test_it_notices_a_line_on_which_nothing_comes(mosquitto: Broker, monitor_process: Start) -> None:
    with BlackHole(mosquitto.port) as line:
        monitor = monitor_process(mosquitto, mqtt_url=f"mqtt://127.0.0.1:{line.port}", **QUICK)
        with small_post(mosquitto, monitor) as desk:
            line.is_cut = True
            desk.press()
            told = wait_until_told(desk, "link")
            assert told["blind_since_at"] is not None
            assert state(desk) == "UNKNOWN"
            desk.wait_for_alarm(kind="monitor_fault", state="UNACKNOWLEDGED", detail="link")
            desk.press()
            line.mend()
            insist_on_one_fault(desk, "link", presses=3)


def test_it_outlives_a_broker_that_is_killed(mosquitto: Broker, monitor_process: Start) -> None:
    monitor = monitor_process(mosquitto, **QUICK)
    with small_post(mosquitto, monitor) as desk:
        desk.press()
        mosquitto.wait_until_saved()
        mosquitto.kill()
        assert wait_until_told(desk, "link")["blind_since_at"] is not None
        assert state(desk) == "UNKNOWN"
        mosquitto.start()
        desk.press()
        insist_on_one_fault(desk, "link", presses=3)


def test_it_takes_no_press_that_a_locked_store_cannot_keep(mosquitto: Broker, monitor_process: Start) -> None:
    monitor = monitor_process(mosquitto, **QUICK)
    with small_post(mosquitto, monitor) as desk:
        other = sqlite3.connect(monitor.folder / "chuong.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        desk.press()
        assert "locked" in wait_until_told(desk, "store")["fault"]["causes"][0]["note"]
        desk.press()
        assert [alarm["presses"] for alarm in desk.alarms()] == [1]
        other.execute("ROLLBACK")
        other.close()
        insist_on_one_fault(desk, "store", presses=3)


def test_it_outlives_a_disk_on_which_nothing_can_be_written(mosquitto: Broker, monitor_process: Start) -> None:
    """No file of the process may grow or be written any more, its log among them: as on a full disk."""
    monitor = monitor_process(mosquitto, **QUICK)
    with small_post(mosquitto, monitor) as desk:
        _, most = resource.prlimit(monitor.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(monitor.pid, resource.RLIMIT_FSIZE, (0, most))
        desk.press()
        wait_until_told(desk, "store")
        assert monitor.status("/readyz") == 503
        desk.press()
        resource.prlimit(monitor.pid, resource.RLIMIT_FSIZE, (most, most))
        insist_on_one_fault(desk, "store", presses=3)


def test_it_blames_nobody_for_the_time_it_was_frozen(mosquitto: Broker, monitor_process: Start) -> None:
    monitor = monitor_process(mosquitto, **QUICK)
    with small_post(mosquitto, monitor) as desk:
        with frozen(monitor, 30):
            desk.press()
            desk.press()
        desk.wait_for_alarm(kind="hold_up", presses=3)
        desk.wait_for(lambda: monitor.status("/readyz") == 200 or None, "ready again")
        desk.wait_for(lambda: state(desk) == "ONLINE" or None, "the bell is online")
        assert [alarm["kind"] for alarm in desk.alarms()] == ["hold_up"]


@contextmanager
def frozen(monitor: MonitorProcess, seconds: float) -> Iterator[None]:
    monitor.freeze()
    try:
        yield
        time.sleep(seconds)
    finally:
        monitor.thaw()


def test_it_finds_a_device_that_died_while_it_was_frozen(mosquitto: Broker, monitor_process: Start) -> None:
    monitor = monitor_process(mosquitto, **QUICK)
    with small_post(mosquitto, monitor) as desk:
        desk.register(a_bell(id="BELL-2"))
        with mosquitto.connect("BELL-2") as bell:
            bell.publish("anninh/v1/bell/BELL-2/heartbeat", '{"v":1}')
        desk.wait_for(lambda: lives(desk)["BELL-2"] == "ONLINE" or None, "the second bell is online")
        with frozen(monitor, 6):
            pass
        found = desk.wait_for_alarm(kind="offline")
        assert found["device_id"] == "BELL-2"
        assert state(desk) == "ONLINE"


def lives(desk: Desk) -> dict[str, str]:
    items = desk.api.get("/api/v1/devices").raise_for_status().json()["items"]
    return {item["id"]: item["state"] for item in items}


def test_it_tells_that_the_broker_threw_messages_away(mosquitto: Broker, monitor_process: Start) -> None:
    mosquitto.stop()
    config = mosquitto.folder / "mosquitto.conf"
    text = config.read_text()
    for setting, small in (("max_queued_messages", 5), ("max_inflight_messages", 5), ("sys_interval", 1)):
        text, times = re.subn(rf"^{setting} \d+$", f"{setting} {small}", text, flags=re.MULTILINE)
        assert times == 1
    config.write_text(text)
    mosquitto.start()
    monitor = monitor_process(mosquitto, **QUICK)
    with mosquitto.connect(GATEWAY_ACCOUNT) as gateway:
        desk = Desk(mosquitto, monitor, gateway, PATIENCE_S)
        desk.register(a_zigbee_bell())
        with frozen(monitor, 2):
            for _ in range(40):
                desk.press()
        desk.wait_for_alarm(kind="monitor_fault", detail="dropped")


def test_it_tells_that_the_broker_came_back_without_what_waited(mosquitto: Broker, monitor_process: Start) -> None:
    monitor = monitor_process(mosquitto, **QUICK)
    with mosquitto.connect(GATEWAY_ACCOUNT) as gateway:
        desk = Desk(mosquitto, monitor, gateway, PATIENCE_S)
        mosquitto.kill()
        for saved in mosquitto.folder.glob("mosquitto.db*"):
            saved.unlink()
        mosquitto.start()
        wait_until_told(desk, "dropped")


def test_it_tells_that_the_disk_is_nearly_full(mosquitto: Broker, monitor_process: Start) -> None:
    monitor = monitor_process(mosquitto, disk_free_min_mib=10**9)
    with mosquitto.connect(GATEWAY_ACCOUNT) as gateway:
        desk = Desk(mosquitto, monitor, gateway, PATIENCE_S)
        told = desk.wait_for_alarm(kind="monitor_fault", detail="disk")
        assert told["priority"] == 2
        assert monitor.status("/readyz") == 200, "a press can still be taken"
