"""All that docs/performance.md tells of the engine, in one run on a quiet machine: `python -m tests.bench.engine FILE`.

Some 15 minutes and a gigabyte of memory. FILE takes the figures as JSON; `python -m tests.bench.picture FILE` makes the
table and the picture of the page out of it. Parts can be named behind the file: only those are measured anew.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from monitor.clock import SystemClock
from monitor.demo.measuring import WHOLE, measure
from tests.bench.desk_snapshot import measure_snapshot
from tests.bench.growth import measure_growth
from tests.bench.limits import Figure, judged
from tests.bench.painted import measure_painted
from tests.bench.panels import measure_panels
from tests.bench.rates import measure_burst, measure_rates, rates_post
from tests.bench.screens import measure_screens

CONSOLE = Console(stderr=True, highlight=False)


def main() -> None:
    file, *names = sys.argv[1:]
    told = measure_engine(Path(file), names)
    figures = list(judge(told))
    Console().print(judged(f"The engine, {told['cores']} cores", "", figures))
    if missed := [each.name for each in figures if not each.is_kept]:
        sys.exit(f"over their limit: {'; '.join(missed)}")


def measure_engine(file: Path, names: list[str]) -> Mapping[str, Any]:
    """Each part is written as soon as it is there."""
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    told |= {"cores": os.cpu_count()}
    for name, part in PARTS.items():
        if not names or name in names:
            CONSOLE.print(f"· {name}")
            told[name] = part()
            file.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return told


def _core() -> Mapping[str, float]:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        return asdict(measure(Path(folder), WHOLE, SystemClock(), lambda line: CONSOLE.print(f"  {line}")))


def _rates() -> Mapping[str, Any]:
    with rates_post() as post:
        return measure_rates(post)


def _burst() -> Mapping[str, Any]:
    with rates_post() as post:
        return measure_burst(post)


PARTS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "core": _core,
    "rates": _rates,
    "burst": _burst,
    "painted": measure_painted,
    "screens": measure_screens,
    "snapshot": measure_snapshot,
    "growth": measure_growth,
    "panels": measure_panels,
}


def judge(told: Mapping[str, Any]) -> list[Figure]:
    """What is promised, of the parts that were measured."""
    figures = list[Figure]()
    if core := told.get("core"):
        figures.append(Figure("bare subscriber over committed here", 1 / core["durable_over_bare"], 1 / 0.6))
        figures.append(Figure("press → receipt, p99 ms", core["press_committed_p99_ms"], core["press_limit_ms"]))
        figures.append(Figure("resident bytes for a device, loaded", core["bytes_per_device"], 512))
        figures.append(Figure("resident bytes for a device, heard and shown", core["bytes_per_device_heard"], 512))
    for rate, each in told.get("rates", {}).items():
        figures.append(
            Figure(f"press → receipt at {int(rate):,}/s, p99 ms", each["press_p99_ms"], each["press_limit_ms"])
        )
        figures.append(Figure(f"lost at {int(rate):,}/s", each["lost"], 0))
    if burst := told.get("burst"):
        figures.append(Figure("lost of a minute with a burst", burst["lost"], 0))
        figures.append(Figure("press → receipt in it, p99 ms", burst["press_p99_ms"], burst["press_limit_ms"]))
        figures.append(Figure("wanted over offered in it", burst["wanted_per_s"] / burst["offered_per_s"], 1.05))
    if screens := told.get("screens"):
        most = screens["500"]
        figures.append(Figure("500 screens, 200 events a second, % of a core", 100 * most["core"], 15))
        figures.append(Figure("events that one of them did not see", most["sent"] - most["least_seen"], 0))
    if snapshot := told.get("snapshot"):
        figures.append(Figure("snapshot of 20,000 devices, ms of processor time", snapshot["snapshot_ms"], 50))
    if panels := told.get("panels"):
        figures.append(
            Figure("1,000 alarm panels, a link test each 20 s, % of a core", 100 * panels["share_of_a_core"], 30)
        )
        figures.append(Figure("of their frames not acknowledged", panels["missed"], 0))
    return figures + _of_growth(told.get("growth", {}))


def _of_growth(sizes: Mapping[str, Mapping[str, float]]) -> list[Figure]:
    if len(sizes) < 2:
        return []
    beat, silent, memory, late = (
        "a heartbeat, from its bytes to the device's mark, µs",
        "of those that fell silent, found OFFLINE",
        "resident memory for a device, bytes",
        "OFFLINE after its deadline, at the latest, s",
    )
    least, most = sizes[min(sizes, key=int)], sizes[max(sizes, key=int)]
    return [
        Figure("a heartbeat in the largest fleet over the smallest", most[beat] / least[beat], 6),
        Figure("fell silent and not found", 1 - min(each[silent] for each in sizes.values()), 0),
        Figure("OFFLINE after its deadline, s", max(each[late] for each in sizes.values()), 2),
        Figure("resident bytes for a device, heard, largest fleet", most[memory], 512),
    ]


if __name__ == "__main__":
    main()
