"""The only place of the simulator that reads a clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now_ms() -> int:
    """Wall time as Unix milliseconds: what devices write into their messages."""
    return time.time_ns() // 1_000_000


def monotonic_s() -> float:
    return time.monotonic()


def processor_s() -> float:
    """What this process has worked so far."""
    return time.process_time()


def iso_8601(unix_ms: int) -> str:
    """``2026-11-22T07:31:22.104Z``, as Zigbee2MQTT writes it with ``last_seen: ISO_8601``."""
    moment = datetime.fromtimestamp(unix_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_time_of_day() -> str:
    return time.strftime("%H:%M:%S")
