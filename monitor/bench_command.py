"""``chuong bench``: measures, shows, and writes the figures down."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from monitor.clock import SystemClock
from monitor.console import told_plainly
from monitor.demo.measuring import QUICK, WHOLE, BenchFigures, as_json, measure

_NAMES = {
    "durable_over_bare": "committed here over a subscriber that only acknowledges",
    "bare_per_s": "that subscriber, messages a second",
    "durable_per_s": "committed here, messages a second",
    "us_per_message": "processor time of the monitor for a message, µs",
    "bare_us_per_message": "processor time of that subscriber for a message, µs",
    "press_committed_median_ms": "press → receipt after the commit, median ms",
    "press_committed_p99_ms": "press → receipt after the commit, p99 ms",
    "fsync_median_ms": "a page appended and flushed to this disk, median ms",
    "fsync_p99_ms": "a page appended and flushed to this disk, p99 ms",
    "press_limit_ms": "what the p99 of a press may be: 10 ms and three times that of a flush",
    "lost": "presses without a receipt",
    "bytes_per_device": "memory for a device, loaded, bytes",
    "bytes_per_device_heard": "and heard, and told to a screen, bytes",
}


def bench_post(
    quick: Annotated[bool, typer.Option("--quick", help="In a minute or so: fewer rounds.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures there; - prints them.")] = None,
) -> None:
    """Measure this machine and the monitor on it: a real broker, a real store, floods of heartbeats and presses."""
    with told_plainly():
        console = Console(stderr=True, highlight=False)
        with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
            plan = QUICK if quick else WHOLE
            found = measure(Path(folder), plan, SystemClock(), lambda line: console.print(f"· {line}"))
        if str(json_file) == "-":
            sys.stdout.write(as_json(found) + "\n")
            return
        Console(highlight=False).print(_table(found))
        if json_file is not None:
            json_file.write_text(as_json(found) + "\n", encoding="utf-8")


def _table(found: BenchFigures) -> Table:
    table = Table("", "here", title="What the engine holds")
    for name, words in _NAMES.items():
        if (value := getattr(found, name)) is not None:
            table.add_row(words, f"{value:,.2f}")
    return table
