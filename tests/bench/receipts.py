"""A thousand presses beside 10,000 messages a second: `python -m tests.bench.receipts`.

`BENCH_PRESSES` and `BENCH_PER_S` say otherwise. Each is a call of its own, taken over and closed before the next; how
long it took to the glass and to the first sample, and for how many of them the monitor has both receipts.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.limits import Figure
from tests.bench.painted import CAMERAS, heartbeats
from tests.bench.press_to_officer import Spread, measure
from tests.small_post import Desk

LIMITS_MS = {
    "press → painted": {"p95": 300.0, "p99": 500.0, "longest": 1000.0},
    "press → first sample": {"p99": 600.0},
}
BOTH = {"shown", "sounded"}


def measure_receipts(presses: int, per_s: int) -> tuple[Sequence[Spread], int]:
    """The spreads, and how many of the presses have both receipts."""
    kept = list[int]()

    def count(desk: Desk, alarm_ids: Sequence[int]) -> None:
        kept.append(sum(_has_both(desk, each) for each in alarm_ids))

    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        spreads = measure(Path(folder), presses, lambda desk: heartbeats(desk, per_s), CAMERAS, count)
    return spreads, kept[0]


def _has_both(desk: Desk, alarm_id: int) -> bool:
    story = desk.api.get(f"/api/v1/alarms/{alarm_id}").raise_for_status().json()
    return {receipt["kind"] for receipt in story["receipts"]} >= BOTH


def cuts(spread: Spread) -> Mapping[str, float]:
    return {"median": spread.median_ms, "p95": spread.p95_ms, "p99": spread.p99_ms, "longest": spread.max_ms}


def main() -> None:
    presses, per_s = int(os.environ.get("BENCH_PRESSES", "1000")), int(os.environ.get("BENCH_PER_S", "10000"))
    spreads, with_both = measure_receipts(presses, per_s)
    for spread in spreads:
        print(json.dumps({spread.name: {name: round(ms) for name, ms in cuts(spread).items()}}, ensure_ascii=False))
        for name, most in LIMITS_MS[spread.name].items():
            figure = Figure(f"{spread.name}, {name}", cuts(spread)[name], most)
            print(f"{figure.name}: {figure.value:.0f} ms (at most {most:g}){'' if figure.is_kept else ' MISSED'}")
    print(json.dumps({"presses": presses, "per_s": per_s, "shown_and_sounded": with_both}))


if __name__ == "__main__":
    main()
