"""100,000 devices of six families at one sign of life in 30 s: `python -m tests.bench.fleet [DEVICES] [SECONDS]`.

One process, real sockets, a mosquitto of its own on loopback. What counts is how late the sender itself is: one that is
late measures nobody else.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from simulator.crowd import KEPT_UP_MS
from tests.bench.limits import Figure, judged
from tests.brokers import Broker

DEVICES, SECONDS = 100_000, 60.0


def main() -> None:
    given = [float(each) for each in sys.argv[1:]] + [DEVICES, SECONDS][len(sys.argv) - 1 :]
    show(Console(), int(given[0]), given[1])


def show(console: Console, devices: int = DEVICES, for_s: float = SECONDS) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        said = measure(Path(folder), devices, for_s)
    told = [
        Figure("not sent in time", said["planned"] - said["sent"], 0),
        Figure("without the broker's promise, at QoS 1", said["owed"] - said["promised"], 0),
        Figure("lag of the sender, median, ms", said["lag_p50_ms"]),
        Figure("lag of the sender, p99, ms", said["lag_p99_ms"], KEPT_UP_MS),
        Figure("longest, ms", said["lag_max_ms"]),
        Figure("of a core, %", 100 * said["busy"]),
    ]
    console.print(judged(f"{devices:,} devices, {said['planned']:,} messages in {for_s:.0f} s", "", told))
    print(json.dumps(said))
    return told


def measure(folder: Path, devices: int, for_s: float) -> Mapping[str, Any]:
    broker = Broker(folder, is_anonymous=True)
    broker.configure()
    broker.start()
    try:
        words = ["--mqtt-url", broker.url, "--devices", str(devices), "--for-s", str(for_s)]
        command = [sys.executable, "-m", "simulator", "crowd", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=for_s + 120)
    finally:
        broker.stop()
    if not done.stdout:
        raise SystemExit(done.stderr)
    said: Mapping[str, Any] = json.loads(done.stdout)
    return said


if __name__ == "__main__":
    main()
