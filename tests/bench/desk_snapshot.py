"""What the server takes for a snapshot of 20,000 devices: processor time, which a busy machine disturbs least."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from statistics import median
from time import process_time

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import Event, EventClass
from monitor.app import Monitor
from monitor.clock import SystemClock
from monitor.collector import here_to_stay
from monitor.demo.measured_post import Fleet, Post
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.accounts import Role, User
from monitor.settings import Settings, shipped
from monitor.web.access import Identity
from monitor.web.registered_columns import RegisteredColumns
from monitor.web.snapshot import body

DEVICES, TIMES = 20_000, 15
BODY = b'{"v":1,"ts":1784000000000,"battery":88,"fw":"1.4.2","text":"%b"}' % (b"x" * 140)


def measure_snapshot() -> Mapping[str, float]:
    """Milliseconds; ``json_us``: what this machine takes to read 200 bytes of JSON, to tell how busy it was."""
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        monitor = _heard_fleet(Path(folder))
        with closing(monitor.store):
            known = RegisteredColumns()
            asker = Identity(User("bench", Role.READER), "", EVERYWHERE)
            first_ms = _taken_ms(lambda: body(monitor, asker, known, is_packed=True))
            later_ms = [_taken_ms(lambda: body(monitor, asker, known, is_packed=True)) for _ in range(TIMES)]
    json_us = median(_taken_ms(lambda: [json.loads(BODY) for _ in range(1_000)]) for _ in range(TIMES))
    return {"devices": DEVICES, "first_ms": first_ms, "snapshot_ms": median(later_ms), "json_us": json_us}


def _heard_fleet(folder: Path) -> Monitor:
    clock, names = SystemClock(), [f"CAM-{number:06}" for number in range(DEVICES)]
    post = Post(folder, Fleet([], []), clock)
    post.set_up()
    post.register(DeviceClass.CAMERA, names)
    classes = read_alarm_classes(shipped("config/alarm_classes.toml"))
    monitor = Monitor(Settings(database_url=post.database_url), classes, clock)
    with here_to_stay():
        monitor.store.migrate()
        monitor.pipeline.load()
    for number, name in enumerate(names):
        at = clock.now()
        event = Event(event_class=EventClass.HEARTBEAT, address=name, occurred_at=at, battery_pct=number % 100)
        monitor.supervisor.observe(name, event, at=at, is_replay=False)
    return monitor


def _taken_ms(work: Callable[[], object]) -> float:
    began_s = process_time()
    work()
    return (process_time() - began_s) * 1000


if __name__ == "__main__":
    print(json.dumps(measure_snapshot()))
