"""A thousand alarm panels that send a link test each 20 s: what part of a core that takes, and how long answers take.

`python -m tests.bench.panels [PANELS]`. Each panel keeps its line open and has four buttons; one button is
pressed each second, on a line of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sqlalchemy import insert

from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.journal.database import Store
from tests.brokers import free_port
from tests.panels import Panel
from tests.processes import STORE, MonitorProcess

PANELS, ZONES, EVERY_S, PRESS_EVERY_S = 1000, 4, 20.0, 1.0
IDLE_S, MEASURED_S = 10.0, 60.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Answers:
    """Milliseconds, of link tests and of presses; ``missed``: not an ACK."""

    tests_ms: list[float] = field(default_factory=list)
    presses_ms: list[float] = field(default_factory=list)
    missed: int = 0


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PANELS
    print(json.dumps(measure_panels(count), ensure_ascii=False))


def measure_panels(count: int = PANELS) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        port = free_port()
        settings = {"CHUONG_DC09_LISTEN": f"127.0.0.1:{port}", "CHUONG_LOG_LEVEL": "warning"}
        settings |= {"CHUONG_DC09_CONNECTIONS": str(4 * count)}  # all from one address, which may hold half
        monitor = MonitorProcess(Path(folder), settings)
        _fill(Store(f"sqlite:///{folder}/{STORE}"), count)
        try:
            monitor.start(until="/healthz", within_s=120)
            return asyncio.run(_measured(monitor, port, count))
        finally:
            monitor.close()


async def _measured(monitor: MonitorProcess, port: int, count: int) -> Mapping[str, Any]:
    idle = await _share(monitor, IDLE_S)
    answers = Answers()
    lines = [asyncio.create_task(_panel(port, number, count, answers)) for number in range(count)]
    await asyncio.sleep(EVERY_S)  # until each has connected and asked once
    answers.tests_ms.clear()
    pressing = asyncio.create_task(_presses(port, answers))
    share = await _share(monitor, MEASURED_S)
    for task in (*lines, pressing):
        task.cancel()
    await asyncio.gather(*lines, pressing, return_exceptions=True)
    return {
        "panels": count,
        "buttons": count * ZONES,
        "every_s": EVERY_S,
        "seconds": MEASURED_S,
        "link_tests": len(answers.tests_ms),
        "presses": len(answers.presses_ms),
        "missed": answers.missed,
        "share_of_a_core": round(share, 4),
        "share_idle": round(idle, 4),
        "link_test_to_ack_ms": _told(answers.tests_ms),
        "press_to_ack_ms": _told(answers.presses_ms),
    }


async def _share(monitor: MonitorProcess, seconds: float) -> float:
    """Processor time of the monitor over the time that passed."""
    used_s, began_s = _used_s(monitor.pid), time.perf_counter()
    await asyncio.sleep(seconds)
    return (_used_s(monitor.pid) - used_s) / (time.perf_counter() - began_s)


def _used_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def _panel(port: int, number: int, count: int, answers: Answers) -> None:
    panel = Panel(_account(number))
    await asyncio.sleep(EVERY_S * number / count)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while True:
            began_s = time.perf_counter()
            await _says(reader, writer, panel.link_test(), answers)
            answers.tests_ms.append(1000 * (time.perf_counter() - began_s))
            await asyncio.sleep(EVERY_S - (time.perf_counter() - began_s))
    finally:
        writer.close()


async def _presses(port: int, answers: Answers) -> None:
    panel = Panel(_account(0))
    while True:
        await asyncio.sleep(PRESS_EVERY_S)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began_s = time.perf_counter()
        await _says(reader, writer, panel.event("1122 01 001"), answers)
        answers.presses_ms.append(1000 * (time.perf_counter() - began_s))
        writer.close()


async def _says(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, frame: bytes, answers: Answers) -> None:
    writer.write(frame)
    answer = await reader.readuntil(b"\r")
    answers.missed += b'"ACK"' not in answer


def _told(spans_ms: list[float]) -> Mapping[str, float]:
    return {"p50": round(median(spans_ms), 2), "p99": round(quantiles(spans_ms, n=100)[98], 2)}


def _account(number: int) -> str:
    return f"{0xA000 + number:04X}"


def _fill(store: Store, count: int) -> None:
    store.migrate()
    now = datetime.now(UTC)
    rows = []
    for number in range(count):
        account = _account(number)
        common = {"adapter": "sia_dc09", "registered_at": now, "search_text": ""}
        rows.append({"id": f"P-{account}", "device_class": "gateway", "address": account, "name": account} | common)
        rows[-1] |= {"parent_id": None, "alarm_kind": None}
        for zone in range(1, ZONES + 1):
            address = f"{account}/{zone}"
            of_zone = {"id": f"Z-{account}-{zone}", "device_class": "bell", "address": address, "name": address}
            rows.append(of_zone | common | {"parent_id": f"P-{account}", "alarm_kind": "hold_up"})
    with store.transaction() as tx:
        tx.execute(insert(core(Device)), rows)
    store.close()


if __name__ == "__main__":
    main()
