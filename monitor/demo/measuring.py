"""What is measured, in which order: bare and durable turn by turn, so that a busy moment hits both."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from device_adapters.core.contract import DeviceClass
from monitor.clock import Clock
from monitor.demo.children import Child
from monitor.demo.disk_flush import flushes_ms
from monitor.demo.measured_post import BARE_ACCOUNT, BASE, Fleet, Post

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchPlan:
    """``heartbeats``: of one flood; the shipped broker keeps 200,000 for a monitor that is behind.
    ``is_each_heard``: whether memory is weighed also after all were heard, which takes half a minute."""

    heartbeats: int
    rounds: int
    presses: int
    presses_among_per_s: int
    devices: int
    is_each_heard: bool = False


QUICK = BenchPlan(heartbeats=60_000, rounds=2, presses=120, presses_among_per_s=2_000, devices=20_000)
WHOLE = BenchPlan(
    heartbeats=150_000, rounds=5, presses=300, presses_among_per_s=2_000, devices=100_000, is_each_heard=True
)
# Within so much a press is to have its receipt: our share, and how often the disk may be waited for.
PRESS_MS, FLUSHES = 10.0, 3
PRESSES_PER_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchFigures:
    """``durable_over_bare``: messages a second that are committed here, over those that a subscriber takes which does
    nothing but acknowledge: the median of the rounds. ``us_per_message``: processor time of the whole monitor, beside
    that of such a subscriber: what a busy machine disturbs least.
    ``press_committed_*``: from the press at its bell to the receipt there, which is sent after the commit.
    ``bytes_per_device``: loaded, and nothing asked yet. ``bytes_per_device_heard``: each was heard, and a screen was
    told of all; with the megabytes SQLite then keeps of what it read and wrote, however many devices there are. None
    in a quick run.
    ``fsync_*``: of the same disk in the same run; ``press_limit_ms``: 10 ms and three times its p99."""

    durable_over_bare: float
    bare_per_s: float
    durable_per_s: float
    us_per_message: float
    bare_us_per_message: float
    press_committed_median_ms: float
    press_committed_p99_ms: float
    fsync_median_ms: float
    fsync_p99_ms: float
    press_limit_ms: float
    lost: int
    bytes_per_device: float
    bytes_per_device_heard: float | None


def measure(folder: Path, plan: BenchPlan, clock: Clock, say: Say) -> BenchFigures:
    """Raises ``StartError`` where a part does not come up, or messages do not arrive."""
    with ExitStack() as closing:
        bench = _Bench(Post(folder, Fleet(*fleet_names()), clock), plan, clock)
        closing.callback(bench.post.children.stop)
        say("a broker, and a store with the senders")
        bench.post.set_up()
        bench.post.start_broker()
        for number in range(plan.rounds):
            say(f"round {number + 1} of {plan.rounds}: a subscriber that only acknowledges, then the monitor")
            bench.bare_round()
            bench.durable_round()
        say(f"{plan.presses} presses among {plan.presses_among_per_s} heartbeats a second")
        bench.press_round()
        say(f"memory of {plan.devices} devices")
        bench.weigh()
        return bench.figures()


def fleet_names() -> tuple[list[str], list[str]]:
    return [f"CAM-{number:03}" for number in range(20)], [f"BELL-{number:03}" for number in range(5)]


class _Bench:
    def __init__(self, post: Post, plan: BenchPlan, clock: Clock) -> None:
        self.post, self._plan, self._clock = post, plan, clock
        self._bare_per_s: list[float] = []
        self._durable_per_s: list[float] = []
        self._us: list[float] = []
        self._bare_us: list[float] = []
        self._receipts_ms: list[float] = []
        self._flushes_ms: list[float] = []
        self._light_bytes = self._bytes_per_device = 0.0
        self._bytes_heard: float | None = None
        self._lost = 0

    def bare_round(self) -> None:
        words = [str(self.post.mqtt_port), BARE_ACCOUNT, self.post.passwords[BARE_ACCOUNT]]
        command = [sys.executable, "-m", "monitor.demo.bare_subscriber", *words, f"{BASE}/+/+/heartbeat"]
        with subprocess.Popen([*command, str(self._plan.heartbeats)], stdout=subprocess.PIPE, text=True) as bare:
            assert bare.stdout  # noqa: S101  it is a pipe
            bare.stdout.readline()
            flooded = self.post.flood(self._plan.heartbeats)
            told: dict[str, float] = json.loads(bare.stdout.readline())
        self._bare_per_s.append(flooded.promised / (told["done_s"] - flooded.started_s))
        self._bare_us.append(told["cpu_s"] / flooded.promised * 1e6)

    def durable_round(self) -> None:
        with self.post.fresh_monitor() as monitor:
            self._light_bytes = self._light_bytes or monitor.resident_bytes
            before = self.post.figures()
            flooded = self.post.flood(self._plan.heartbeats)
            goal = before.messages + flooded.promised
            self.post.until(monitor, lambda: self.post.figures().messages >= goal)
            seconds = self._clock.monotonic_s() - flooded.started_s
            after = self.post.figures()
        self._durable_per_s.append(flooded.promised / seconds)
        self._us.append((after.processor_s - before.processor_s) / flooded.promised * 1e6)

    def press_round(self) -> None:
        plan = self._plan
        with self.post.fresh_monitor() as monitor:
            self._flushes_ms = flushes_ms(self.post.folder, self._clock)
            before = self.post.figures().messages
            heartbeats = plan.presses * plan.presses_among_per_s // PRESSES_PER_S
            among = ("--per-s", str(plan.presses_among_per_s), "--presses", str(plan.presses))
            flooded = self.post.flood(heartbeats, *among)
            goal = before + flooded.promised + plan.presses
            self.post.until(monitor, lambda: self.post.figures().messages >= goal)
        self._receipts_ms = flooded.receipt_ms
        self._lost = plan.presses - len(flooded.receipt_ms)

    def weigh(self) -> None:
        light_heard_bytes = self._light_and_heard() if self._plan.is_each_heard else None
        names = [f"WEIGHED-{number:07}" for number in range(self._plan.devices)]
        self.post.register(DeviceClass.CAMERA, names)
        with self.post.fresh_monitor() as monitor:
            self._bytes_per_device = (monitor.resident_bytes - self._light_bytes) / self._plan.devices
            if light_heard_bytes is not None:
                self._bytes_heard = (self._told_bytes(monitor, names) - light_heard_bytes) / self._plan.devices

    def _light_and_heard(self) -> int:
        """The same of a fleet of a few."""
        with self.post.fresh_monitor() as monitor:
            return self._told_bytes(monitor, self.post.fleet.cameras)

    def _told_bytes(self, monitor: Child, names: Sequence[str]) -> int:
        """Resident, after each was heard and a screen was told of all."""
        self.post.hear_each(names, monitor)
        self.post.snapshot()
        return monitor.resident_bytes

    def figures(self) -> BenchFigures:
        ratios = [ours / bare for ours, bare in zip(self._durable_per_s, self._bare_per_s, strict=True)]
        presses, flushes = median_and_p99(self._receipts_ms), median_and_p99(self._flushes_ms)
        return BenchFigures(
            durable_over_bare=statistics.median(ratios),
            bare_per_s=statistics.median(self._bare_per_s),
            durable_per_s=statistics.median(self._durable_per_s),
            us_per_message=statistics.median(self._us),
            bare_us_per_message=statistics.median(self._bare_us),
            press_committed_median_ms=presses[0],
            press_committed_p99_ms=presses[1],
            fsync_median_ms=flushes[0],
            fsync_p99_ms=flushes[1],
            press_limit_ms=PRESS_MS + FLUSHES * flushes[1],
            lost=self._lost,
            bytes_per_device=self._bytes_per_device,
            bytes_per_device_heard=self._bytes_heard,
        )


def median_and_p99(values: Sequence[float]) -> tuple[float, float]:
    percentiles = statistics.quantiles(values, n=100, method="inclusive")
    return percentiles[49], percentiles[98]


def as_json(figures: BenchFigures) -> str:
    return json.dumps({name: round(value, 3) for name, value in asdict(figures).items() if value is not None})
