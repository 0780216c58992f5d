"""At 1,000, 5,000 and 10,000 messages a second, and at 20,000 with a burst: how long a press waits, and what is lost.

The sender is one process of ours, the broker one thread of mosquitto: what they cannot offer here is told, not assumed.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from monitor.clock import SystemClock
from monitor.demo.children import Child
from monitor.demo.disk_flush import flushes_ms
from monitor.demo.measured_post import Fleet, Flooded, Post
from monitor.demo.measuring import FLUSHES, PRESS_MS, fleet_names, median_and_p99

RATES, RATE_S, PRESSES_PER_S = (1_000, 5_000, 10_000), 20, 10
STEADY_PER_S, STEADY_S = 20_000, 60
# As many as go, ten seconds' worth: the shipped broker keeps 200,000 for a monitor that is behind.
BURST = 190_000
Figures = dict[str, float]
_CLOCK = SystemClock()


@contextmanager
def rates_post() -> Iterator[Post]:
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        post = Post(Path(folder), Fleet(*fleet_names()), _CLOCK)
        try:
            post.set_up()
            post.start_broker()
            yield post
        finally:
            post.children.stop()


def measure_rates(post: Post) -> Mapping[str, Figures]:
    """By rate, as text: what was offered, how long presses among it waited for their receipt, what was lost."""
    return {str(rate): _at(post, rate) for rate in RATES}


def _at(post: Post, per_s: int) -> Figures:
    with post.fresh_monitor() as monitor:
        flushed = median_and_p99(flushes_ms(post.folder, _CLOCK))
        count = _Count(post, monitor)
        sent = count.flood(per_s * RATE_S, per_s, presses=PRESSES_PER_S * RATE_S)
        count.drain()
        median, p99 = median_and_p99(sent.receipt_ms)
        return {
            "offered_per_s": sent.promised / sent.seconds,
            "press_median_ms": median,
            "press_p99_ms": p99,
            "press_max_ms": max(sent.receipt_ms),
            "press_limit_ms": PRESS_MS + FLUSHES * flushed[1],
            "fsync_p99_ms": flushed[1],
            "us_per_message": count.us_per_message(),
            "lost": count.lost(),
        }


def measure_burst(post: Post) -> Figures:
    """A minute at 20,000 a second with ten seconds' worth at once in its middle; all of it is counted."""
    with post.fresh_monitor() as monitor:
        flushed = median_and_p99(flushes_ms(post.folder, _CLOCK))
        count = _Count(post, monitor)
        half = STEADY_PER_S * STEADY_S // 2
        with _looking(count.behind) as behind:
            first = count.flood(half, STEADY_PER_S, presses=PRESSES_PER_S * STEADY_S // 2)
            burst = count.flood(BURST, None, presses=PRESSES_PER_S)
            second = count.flood(half, STEADY_PER_S, presses=PRESSES_PER_S * STEADY_S // 2)
            ended_s = _CLOCK.monotonic_s()
            count.drain()
        median, p99 = median_and_p99([*first.receipt_ms, *burst.receipt_ms, *second.receipt_ms])
        return {
            "wanted_per_s": STEADY_PER_S,
            "offered_per_s": (first.promised + second.promised) / (first.seconds + second.seconds),
            "burst_per_s": burst.promised / burst.seconds,
            "sent": count.sent,
            "stored": count.stored(),
            "lost": count.lost(),
            "most_waiting": max(behind, default=0),
            "drained_after_s": _CLOCK.monotonic_s() - ended_s,
            "press_median_ms": median,
            "press_p99_ms": p99,
            "press_limit_ms": PRESS_MS + FLUSHES * flushed[1],
            "press_max_ms": max([*first.receipt_ms, *burst.receipt_ms, *second.receipt_ms]),
            "us_per_message": count.us_per_message(),
        }


@dataclass
class _Count:
    """What the broker promised its senders, and what the monitor has committed of it."""

    post: Post
    monitor: Child
    sent: int = 0
    unanswered: int = 0
    _before: tuple[int, float] = field(init=False)

    def __post_init__(self) -> None:
        self._before = self._committed(), self.post.figures().processor_s

    def flood(self, heartbeats: int, per_s: int | None, *, presses: int) -> Flooded:
        pace = () if per_s is None else ("--per-s", str(per_s))
        flooded = self.post.flood(heartbeats, *pace, "--presses", str(presses))
        self.sent += flooded.promised + presses
        self.unanswered += presses - len(flooded.receipt_ms)
        return flooded

    def stored(self) -> int:
        return self._committed() - self._before[0]

    def _committed(self) -> int:
        # The receipt of each press comes back to us as a message too.
        figures = self.post.figures()
        return figures.messages - int(figures.total("chuong_presses_total"))

    def behind(self) -> int:
        """What the broker and the queue hold: known between two floods, and after the last."""
        return max(0, self.sent - self.stored()) if self.sent else 0

    def drain(self) -> None:
        self.post.until(self.monitor, lambda: self.stored() >= self.sent)

    def lost(self) -> int:
        """Messages without a commit, and presses without a receipt."""
        return self.sent - self.stored() + self.unanswered

    def us_per_message(self) -> float:
        return (self.post.figures().processor_s - self._before[1]) / self.stored() * 1e6


@contextmanager
def _looking(look: Callable[[], int]) -> Iterator[list[int]]:
    """Four times a second, beside what is going on."""
    seen, is_over = list[int](), threading.Event()

    def run() -> None:
        while not is_over.wait(0.25):
            seen.append(look())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()
