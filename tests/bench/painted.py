"""From a press to the glass while heartbeats come in: a real broker, a real monitor, a real Chromium."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.bench.press_to_officer import measure
from tests.brokers import password_of
from tests.builders import a_camera
from tests.small_post import Desk

RATES, PRESSES, LONGEST_S = (0, 1_000, 5_000, 10_000), 30, 7_200
CAMERAS = tuple(f"CAM-{number:03}" for number in range(20))


def measure_painted() -> Mapping[str, Mapping[str, float]]:
    """By heartbeats a second, as text: press → painted, in milliseconds."""
    return {str(rate): _at(rate) for rate in RATES}


def _at(per_s: int) -> Mapping[str, float]:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        painted, sounded = measure(Path(folder), PRESSES, lambda desk: heartbeats(desk, per_s), CAMERAS)
    return {
        "painted_median_ms": painted.median_ms,
        "painted_p99_ms": painted.p99_ms,
        "painted_max_ms": painted.max_ms,
        "sounded_median_ms": sounded.median_ms,
    }


@contextmanager
def heartbeats(desk: Desk, per_s: int) -> Iterator[None]:
    """So many a second from a process of its own, as long as this lasts."""
    if not per_s:
        yield
        return
    desk.register(*(a_camera(id=each) for each in CAMERAS))
    words = desk.monitor.folder / "senders.json"
    words.write_text(json.dumps({each: password_of(each) for each in CAMERAS}), encoding="utf-8")
    command = [sys.executable, "-m", "simulator", "flood", "--mqtt-url", desk.broker.url, "--credentials", str(words)]
    many = ["--heartbeats", str(per_s * LONGEST_S), "--per-s", str(per_s), "--longest-s", str(LONGEST_S)]
    with subprocess.Popen([*command, *many], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as flood:
        try:
            yield
        finally:
            assert flood.poll() is None, "the heartbeats ended before the presses did"
            flood.terminate()
