"""What the monitor says of its own machine and its own work, for the page that watches the watcher."""

from __future__ import annotations

import ctypes
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from monitor import metrics
from monitor.inventory.edits import core
from monitor.journal.database import Store
from monitor.journal.duties import count_duties
from monitor.journal.tables import QuarantineRow
from monitor.journal.times import iso

MIB = 1024 * 1024
_UNSYNCHRONISED, _IN_NANOSECONDS = 0x40, 0x2000
_QUARANTINE = core(QuarantineRow)


class OwnFigures:
    """May be asked from any thread; reads the store."""

    def __init__(self, store: Store, disk_free_min_mib: float) -> None:
        self._store, self._least_mib = store, disk_free_min_mib

    def show(self) -> dict[str, Any]:
        return {
            "version": metrics.product_version(),
            "store": self._of_store(),
            "disk": self._of_disk(),
            "adapters": self._of_adapters(),
            "duties": self._of_duties(),
            "time": kernel_clock(),
        }

    def _of_store(self) -> dict[str, Any]:
        folder = self._store.folder
        commits, spent_s = _sum_of(metrics.COMMIT_S)
        sizes = _sizes(folder) if folder else {}
        return {
            "kind": "sqlite" if folder else "server",
            "size_mib": _mib(sum(size for name, size in sizes.items() if not name.endswith(("-wal", "-shm")))),
            "log_mib": _mib(sum(size for name, size in sizes.items() if name.endswith("-wal"))),
            "commits": int(commits),
            "commit_s": round(spent_s, 6),
        }

    def _of_disk(self) -> dict[str, Any] | None:
        folder = self._store.folder
        if folder is None:
            return None
        try:
            usage = shutil.disk_usage(folder)
        except OSError:
            return None
        return {"free_mib": _mib(usage.free), "total_mib": _mib(usage.total), "least_mib": self._least_mib}

    def _of_adapters(self) -> list[dict[str, Any]]:
        """Those that were spoken to since the start, or whose words could not be read."""
        told: dict[str, dict[str, int]] = {}
        for family in metrics.MESSAGES.collect():
            for sample in family.samples:
                if sample.name.endswith("_total"):
                    told.setdefault(sample.labels["adapter"], {})[sample.labels["result"]] = int(sample.value)
        refused = self._last_refusals()
        return [
            {
                "name": name,
                "decoded": told.get(name, {}).get("decoded", 0),
                "refused": told.get(name, {}).get("refused", 0),
                **refused.get(name, {"refused_at": None, "reason": None}),
            }
            for name in sorted({*told, *refused})
        ]

    def _last_refusals(self) -> Mapping[str, dict[str, str | None]]:
        newest = select(func.max(_QUARANTINE.c.id)).group_by(_QUARANTINE.c.adapter)
        query = select(_QUARANTINE.c.adapter, _QUARANTINE.c.received_at, _QUARANTINE.c.reason)
        with self._store.read() as connection:
            rows = connection.execute(query.where(_QUARANTINE.c.id.in_(newest))).all()
        return {row.adapter: {"refused_at": iso(row.received_at), "reason": row.reason} for row in rows}

    def _of_duties(self) -> dict[str, int]:
        with self._store.read() as connection:
            counted = count_duties(connection)
        states = ("WAITING", "SENDING", "BY_HAND", "DEAD")
        return {state.lower(): sum(count for (_, each), count in counted.items() if each == state) for state in states}


def _sizes(folder: Path) -> dict[str, int]:
    try:
        return {each.name: each.stat().st_size for each in folder.iterdir() if ".sqlite3" in each.name}
    except OSError:
        return {}


def _mib(size: float) -> float:
    return round(size / MIB, 1)


def _sum_of(histogram: Any) -> tuple[float, float]:
    """How many, and their sum."""
    samples = {sample.name: sample.value for family in histogram.collect() for sample in family.samples}
    return (
        next((value for name, value in samples.items() if name.endswith("_count")), 0.0),
        next((value for name, value in samples.items() if name.endswith("_sum")), 0.0),
    )


class _Timex(ctypes.Structure):
    """``struct timex`` of Linux, as far as we read it; the rest is room for what the kernel writes."""

    _fields_ = [
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("frequency", ctypes.c_long),
        ("max_error", ctypes.c_long),
        ("estimated_error", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 32),
    ]


def kernel_clock() -> dict[str, Any] | None:
    """Whether something keeps this machine's clock, and how far off the kernel thinks it is; None: it does not say."""
    try:
        told, libc = _Timex(), ctypes.CDLL(None)
        if libc.adjtimex(ctypes.byref(told)) < 0:
            return None
    except (OSError, AttributeError):
        return None
    per_ms = 1e6 if told.status & _IN_NANOSECONDS else 1e3
    return {
        "is_kept": not told.status & _UNSYNCHRONISED,
        "off_ms": round(told.offset / per_ms, 3),
        "error_ms": round(told.estimated_error / 1e3, 3),
    }
