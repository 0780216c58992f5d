"""Live screens: what 1, 100 and 500 of them cost the monitor while 200 things happen every second.

Whatever is committed reaches the feed as here; one process has all the screens, and counts what came. The share of a
core is that of the whole server's process, less what it takes with the same happening and nobody looking.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, process_time, sleep
from typing import Any

import uvicorn

from monitor.app import Monitor
from monitor.clock import SystemClock
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.journal.accounts import Role, User, add_user, issue_token
from monitor.settings import Settings, shipped
from monitor.sole_use import listener_on
from monitor.web.api import create_app
from monitor.web.ports import Frame
from monitor.web.server import Server
from tests.brokers import free_port

SCREENS, EVENTS_PER_S, SECONDS = (0, 1, 100, 500), 200, 10
DEVICES = 2_000


def main() -> None:
    print(json.dumps(measure_screens()))


def measure_screens() -> Mapping[str, Mapping[str, float]]:
    """In a process of its own, whose processor time is the server's alone."""
    code = "from tests.bench.screens import serve; serve()"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    found: dict[str, dict[str, float]] = json.loads(told.splitlines()[-1])
    alone = found.pop("0")["core"]
    return {count: figures | {"core": max(0.0, figures["core"] - alone)} for count, figures in found.items()}


def serve() -> None:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder, _server(Path(folder)) as (monitor, port, token):
        print(json.dumps({str(screens): _looked_at(monitor, port, token, screens) for screens in SCREENS}))


@contextmanager
def _server(folder: Path) -> Iterator[tuple[Monitor, int, str]]:
    settings = Settings(database_url=f"sqlite:///{folder}/chuong.sqlite3")
    monitor = Monitor(settings, read_alarm_classes(shipped("config/alarm_classes.toml")), SystemClock())
    monitor.store.migrate()
    with monitor.store.transaction() as tx:
        add_user(tx, User("bench", Role.READER), "a long enough password", datetime.now(UTC))
        token = issue_token(tx, "bench", datetime.now(UTC))
    port = free_port()
    app = create_app(monitor, monitor.feed)
    server = Server(uvicorn.Config(app, log_config=None, access_log=False), monitor.feed)
    listener = listener_on("127.0.0.1", port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.05)
    try:
        yield monitor, port, token
    finally:
        server.should_exit = True
        monitor.feed.close()
        thread.join()
        monitor.store.close()


def _looked_at(monitor: Monitor, port: int, token: str, screens: int) -> Mapping[str, float]:
    code = f"from tests.bench.screens import look; look({port}, {token!r}, {screens})"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as lookers:
        assert lookers.stdin
        assert lookers.stdout
        assert lookers.stdout.readline() == "ready\n"
        began_s, began_cpu_s = monotonic(), process_time()
        sent = _tell(monitor)
        seconds, cpu_s = monotonic() - began_s, process_time() - began_cpu_s
        sleep(1)
        lookers.stdin.write("enough\n")
        lookers.stdin.flush()
        seen = [int(each) for each in lookers.stdout.readline().split()]
    return {"core": cpu_s / seconds, "sent": sent, "least_seen": min(seen, default=0), "events_per_s": sent / seconds}


def _tell(monitor: Monitor) -> int:
    """Device after device turns, each as a commit of its own tells it; how many did."""
    began_s, sent = monotonic(), 0
    while sent < EVENTS_PER_S * SECONDS:
        if sent > (monotonic() - began_s) * EVENTS_PER_S:
            sleep(0.002)
            continue
        now_ms = round(datetime.now(UTC).timestamp() * 1000)
        row: dict[str, list[Any]] = {
            "id": [f"CAM-{sent % DEVICES:05}"],
            "state": [("ONLINE", "OFFLINE")[sent // DEVICES % 2]],
        }
        row |= {"since_at": [now_ms], "last_seen_at": [now_ms], "battery_pct": [None]}
        monitor.feed.publish([Frame(0, "devices", row, (("DV-01", None),))])
        sent += 1
    return sent


def look(port: int, token: str, screens: int) -> None:
    asyncio.run(_look(port, token, screens))


async def _look(port: int, token: str, screens: int) -> None:
    """Opens them all, says ``ready``, and at the end how many devices turned on each."""
    seen = [0] * screens
    opened = [await _open(port, token) for _ in range(screens)]
    tasks = [asyncio.create_task(_count(reader, seen, number)) for number, (reader, _) in enumerate(opened)]
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(*seen, flush=True)
    for task in tasks:
        task.cancel()


async def _open(port: int, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = f"GET /api/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(asked.encode())
    await reader.readuntil(b"event: hello")
    return reader, writer


async def _count(reader: asyncio.StreamReader, seen: list[int], number: int) -> None:
    while piece := await reader.read(65_536):
        seen[number] += piece.count(b"CAM-")


if __name__ == "__main__":
    main()
