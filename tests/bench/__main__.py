"""`make bench`: prints what was measured here and now, as a table and as JSON."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import decode_cost, fleet, map_frames, two_hours
from tests.bench.broker_accounts import measure_accounts
from tests.bench.engine import judge, measure_engine
from tests.bench.history import LIMITS_MS, measure_history
from tests.bench.key_to_rows import measure_search
from tests.bench.large_fleet import DEVICES as FLEET
from tests.bench.large_fleet import large_fleet, measure_pages
from tests.bench.limits import Figure, figures, judged
from tests.bench.lists import EYES, measure_lists
from tests.bench.press_to_officer import measure

PRESSES = int(os.environ.get("BENCH_PRESSES", "100"))
DEVICES = int(os.environ.get("BENCH_DEVICES", "20000"))


# Seconds and milliseconds that are promised: each is a step a person waits for.
ACCOUNTS_S = {"files written, broker reloaded, the last device let in": 5.0, "a connected device cut off": 1.0}
LISTS_S = {"dry run": 2.0, "commit": 5.0, "export": 1.0}
FLEET_MS = 100.0


def main() -> None:
    console = Console()
    told = [*show_broker_accounts(console), *show_lists(console), *show_history(console), *show_large_fleet(console)]
    show_presses(console)
    told += map_frames.show(console)
    told += decode_cost.show(console)
    told += two_hours.show(console)
    told += fleet.show(console)
    told += show_engine(console)
    if missed := [each.name for each in told if not each.is_kept]:
        sys.exit(f"over their limit: {'; '.join(missed)}")


def show_engine(console: Console) -> list[Figure]:
    """``BENCH_JSON``: the file that takes the figures, for ``tests.bench.picture``."""
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        found = measure_engine(Path(os.environ.get("BENCH_JSON") or f"{folder}/engine.json"), [])
    told = judge(found)
    console.print(judged(f"The engine, {os.cpu_count()} cores", "", told))
    print(json.dumps(found, ensure_ascii=False))
    return told


def show_large_fleet(console: Console) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder, large_fleet(Path(folder) / "monitor") as fleet:
        monitor, start_s = fleet
        pages_ms = measure_pages(monitor)
        spans = measure_search(monitor)
    limits = dict.fromkeys(pages_ms.keys() - {"coverage, the first time"}, FLEET_MS)
    told = figures(pages_ms, limits)
    told.append(Figure(f"from the key to the rows, p95 of {len(spans.values_ms)} letters", spans.p95_ms, FLEET_MS))
    console.print(judged(f"{FLEET:,} devices, start {start_s:.1f} s, {os.cpu_count()} cores", "ms", told))
    print(json.dumps({"devices": FLEET, "start_s": start_s, "ms": {each.name: each.value for each in told}}))
    return told


def show_history(console: Console) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        told = figures(measure_history(Path(folder), DEVICES), LIMITS_MS)
    console.print(judged(f"History, {DEVICES} devices, {os.cpu_count()} cores", "ms", told))
    print(json.dumps({"devices": DEVICES, "milliseconds": {each.name: each.value for each in told}}))
    return told


def show_lists(console: Console) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        seconds = measure_lists(Path(folder) / "monitor")
    told = figures(seconds, LISTS_S)
    console.print(judged(f"A list of {EYES} eyes, .xlsx, {os.cpu_count()} cores", "s", told))
    print(json.dumps({"eyes": EYES, "seconds": seconds}))
    return told


def show_broker_accounts(console: Console) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        seconds = measure_accounts(Path(folder) / "broker", DEVICES)
    told = figures(seconds, ACCOUNTS_S)
    console.print(judged(f"From the inventory to the broker, {DEVICES} devices, {os.cpu_count()} cores", "s", told))
    print(json.dumps({"devices": DEVICES, "seconds": seconds}))
    return told


def show_presses(console: Console) -> None:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        spreads = measure(Path(folder), PRESSES)
    table = Table(title=f"From the button to the officer, {PRESSES} presses, {os.cpu_count()} cores")
    for column in ("", "median ms", "p99 ms", "longest ms"):
        table.add_column(column, justify="left" if not column else "right")
    for spread in spreads:
        table.add_row(spread.name, f"{spread.median_ms:.0f}", f"{spread.p99_ms:.0f}", f"{spread.max_ms:.0f}")
    console.print(table)
    figures = {spread.name: {"median_ms": spread.median_ms, "p99_ms": spread.p99_ms} for spread in spreads}
    print(json.dumps({"presses": PRESSES, "figures": figures}, ensure_ascii=False))


if __name__ == "__main__":
    main()
