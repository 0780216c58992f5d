"""`make bench`: prints what was measured here and now, as a table and as JSON."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.broker_accounts import measure_accounts
from tests.bench.key_to_rows import measure_search
from tests.bench.lists import EYES, measure_lists
from tests.bench.press_to_officer import measure

PRESSES = int(os.environ.get("BENCH_PRESSES", "100"))
DEVICES = int(os.environ.get("BENCH_DEVICES", "20000"))


def main() -> None:
    console = Console()
    show_broker_accounts(console)
    show_lists(console)
    show_presses(console)
    show_search(console)


def show_search(console: Console) -> None:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        spans = measure_search(Path(folder) / "monitor")
    table = Table(
        "", "median ms", "p95 ms", "longest ms", title=f"Finding a device, letter by letter, {os.cpu_count()} cores"
    )
    table.add_row(spans.name, f"{spans.median_ms:.0f}", f"{spans.p95_ms:.0f}", f"{spans.max_ms:.0f}")
    console.print(table)
    figures = {"letters": len(spans.values_ms), "median_ms": spans.median_ms, "p95_ms": spans.p95_ms}
    print(json.dumps(figures))


def show_lists(console: Console) -> None:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        seconds = measure_lists(Path(folder) / "monitor")
    table = Table("", "s", title=f"A list of {EYES} eyes, .xlsx, {os.cpu_count()} cores")
    for name, value in seconds.items():
        table.add_row(name, f"{value:.2f}")
    console.print(table)
    print(json.dumps({"eyes": EYES, "seconds": seconds}))


def show_broker_accounts(console: Console) -> None:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        seconds = measure_accounts(Path(folder) / "broker", DEVICES)
    table = Table("", "s", title=f"From the inventory to the broker, {DEVICES} devices, {os.cpu_count()} cores")
    for name, value in seconds.items():
        table.add_row(name, f"{value:.2f}")
    console.print(table)
    print(json.dumps({"devices": DEVICES, "seconds": seconds}))


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
