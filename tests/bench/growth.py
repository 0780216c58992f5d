"""What a heartbeat, a sweep and a device cost as the fleet grows: `python -m tests.bench.growth [DEVICES …]`.

In memory alone, for that is what a heartbeat meets: read by its adapter, looked up, watched. A process for each size,
so that none has the leavings of another. Processor time, which a busy machine disturbs least.
"""

from __future__ import annotations

import gc
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import process_time

from rich.console import Console
from rich.table import Table

from device_adapters.core.contract import DeviceClass, Message, Supervision
from device_adapters.core.registry import adapters
from monitor.inventory.lookup import DeviceBook, KnownDevice, Sort, Standing
from monitor.machines.liveness import DeviceState
from monitor.pipeline.expected import Expected
from monitor.pipeline.pulse import Waits
from monitor.pipeline.reading import Reader
from monitor.pipeline.supervision import Supervisor
from tests.fakes import FakeClock

SIZES = (10_000, 100_000, 1_000_000)
BASE, INTERVAL_S, TICK_S = "anninh/v1", 10.0, 0.25
BEAT = Supervision(interval_s=INTERVAL_S, deadline_s=INTERVAL_S * 4.25)
EXPECTED = Expected({DeviceClass.CAMERA: BEAT})
WAITS = Waits(never_seen_s=86_400, maintenance_s=28_800)
STOPS_S = 15.0
# Until each has been looked at and filed again, and whoever stopped is OFFLINE.
TICKS = int((STOPS_S + BEAT.deadline_s + 5) / TICK_S)
# One heartbeat in so many is read from its bytes, and measured.
READ_ONE_IN = 16


def main() -> None:
    told = measure_growth([int(each) for each in sys.argv[1:]] or SIZES)
    table = Table("", *(f"{int(size):,}" for size in told), title=f"As the fleet grows, {os.cpu_count()} cores")
    for name in next(iter(told.values())):
        table.add_row(name, *(f"{figures[name]:,.2f}" for figures in told.values()))
    Console().print(table)
    print(json.dumps(told, ensure_ascii=False))


def measure_growth(sizes: Sequence[int] = SIZES) -> Mapping[str, Mapping[str, float]]:
    """By size, as text."""
    return {str(size): _apart(size) for size in sizes}


def _apart(size: int) -> dict[str, float]:
    code = f"import json; from tests.bench.growth import measure; print(json.dumps(measure({size})))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    figures: dict[str, float] = json.loads(told)
    return figures


def measure(size: int) -> dict[str, float]:
    """Every device beats once in ``INTERVAL_S``, in an order of chance; one in a thousand stops."""
    clock, book = FakeClock(), DeviceBook()
    supervisor = Supervisor(EXPECTED, WAITS, clock)
    names = [f"CAM-DV-{number:07}" for number in range(size)]
    random.Random(4).shuffle(names)
    gc.collect()
    empty = _resident_bytes()
    for device in _fleet(len(names), clock):
        book.add(device)
        supervisor.add(device)
    gc.freeze()
    reader = Reader(adapters(), dict.fromkeys(adapters(), BASE), book)
    dead = set(names[::1000])
    per_tick, heartbeat_s, read = int(size * TICK_S / INTERVAL_S), 0.0, 0
    sweeps_s, beaten_s, late_s = [], dict[str, float](), list[float]()
    for number in range(TICKS):
        clock.forward(TICK_S)
        start = number * per_tick % size
        due = [each for each in names[start : start + per_tick] if number * TICK_S < STOPS_S or each not in dead]
        beaten_s.update(dict.fromkeys(dead.intersection(due), clock.monotonic_s()))
        messages = [_heartbeat(each, clock) for each in due[::READ_ONE_IN]]
        began_s = process_time()
        for message in messages:
            _take(reader, supervisor, message)
        if number * TICK_S >= INTERVAL_S:
            heartbeat_s, read = heartbeat_s + process_time() - began_s, read + len(messages)
        for message in [_heartbeat(each, clock) for place, each in enumerate(due) if place % READ_ONE_IN]:
            _take(reader, supervisor, message)
        began_s = process_time()
        changes = supervisor.tick(is_linked=True, reconnect_grace_s=0)
        sweeps_s.append(process_time() - began_s)
        fallen = [change.device_id for change in changes if change.after.state is DeviceState.OFFLINE]
        late_s += [clock.monotonic_s() - beaten_s[each] - BEAT.deadline_s for each in fallen]
    while supervisor.take_sightings(size):
        pass
    supervisor.take_counts()
    gc.collect()
    return {
        "a heartbeat, from its bytes to the device's mark, µs": heartbeat_s / read * 1e6,
        "a sweep, median ms": sorted(sweeps_s)[TICKS // 2] * 1e3,
        "the longest sweep, ms": max(sweeps_s) * 1e3,
        "sweeps of a second, of a core": sum(sweeps_s) / (TICKS * TICK_S),
        "of those that fell silent, found OFFLINE": len(late_s) / len(dead),
        "OFFLINE after its deadline, at the latest, s": max(late_s),
        "resident memory for a device, bytes": (_resident_bytes() - empty) / size,
    }


def _fleet(size: int, clock: FakeClock) -> Iterator[KnownDevice]:
    sort = Sort(DeviceClass.CAMERA, None, None, "native", None, is_in_maintenance=False)
    standing, at = Standing(("DV-01", None), None, None, None), clock.now()
    for number in range(size):
        device_id = f"CAM-DV-{number:07}"
        yield KnownDevice(device_id, device_id, sort, standing, at)


def _heartbeat(name: str, clock: FakeClock) -> Message:
    body = b'{"v":1,"ts":%d,"battery":88}' % int(clock.now().timestamp() * 1000)
    return Message(f"{BASE}/camera/{name}/heartbeat", body, clock.now())


def _take(reader: Reader, supervisor: Supervisor, message: Message) -> None:
    for heard in reader.read("native", message).heard:
        if heard.device is not None:
            supervisor.observe(heard.device.device_id, heard.event, at=message.received_at, is_replay=False)


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
