"""What a device takes in memory; the figures of a large fleet are in docs/performance.md."""

from __future__ import annotations

import tracemalloc
from datetime import datetime

from device_adapters.core.contract import DeviceClass, Supervision
from device_adapters.core.events import Event, EventClass
from device_adapters.core.registry import adapters
from monitor.inventory.lookup import DeviceBook, KnownDevice, Sort, Standing
from monitor.pipeline.expected import Expected
from monitor.pipeline.pulse import Waits
from monitor.pipeline.supervision import Supervisor
from monitor.pipeline.ties import Ties
from tests.fakes import FakeClock

DEVICES, MOST_BYTES = 2_000, 512
HEARD_IN_A_TICK = 10


def test_it_keeps_a_device_in_half_a_kilobyte() -> None:
    """Each in a group of twenty, registered together, and heard in a moment of its own."""
    clock, expected = FakeClock(), Expected({DeviceClass.CAMERA: Supervision(interval_s=40, deadline_s=170)})
    sort, at = Sort(DeviceClass.CAMERA, None, None, "native", None, is_in_maintenance=False), clock.now()
    standings = [Standing((f"G-{group}", None), None, None, None) for group in range(DEVICES // 20)]
    adapters()  # found by looking, once
    tracemalloc.start()
    try:
        book, ties = DeviceBook(), Ties()
        supervisor = Supervisor(expected, Waits(never_seen_s=86_400, maintenance_s=1), clock)
        for number in range(DEVICES):
            name = f"CAM-DV-{number:07}"
            device = KnownDevice(name, name, sort, standings[number // 20], at)
            book.add(device)
            ties.add(device)
            supervisor.add(device)
        for number, device in enumerate(book.all()):
            if number % HEARD_IN_A_TICK == 0:
                supervisor.tick(is_linked=True, reconnect_grace_s=0)
            hear(supervisor, device.device_id, clock)
        supervisor.take_sightings(DEVICES)
        used = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert used / DEVICES < MOST_BYTES


def hear(supervisor: Supervisor, device_id: str, clock: FakeClock) -> None:
    clock.forward(0.25 / HEARD_IN_A_TICK)
    at: datetime = clock.now()
    event = Event(event_class=EventClass.HEARTBEAT, address=device_id, occurred_at=at, battery_pct=88.0)
    supervisor.observe(device_id, event, at=at, is_replay=False)
