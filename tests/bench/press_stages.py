"""Where a press waits: `python -m tests.bench.press_stages [PRESSES]`: its way stage by stage, and that of the slowest.

The core bench's round of presses, with a monitor that notes when each press passes which point. For every stage the
time on the wall, and of it what the writer computed, what it stood in the processor's queue for (a machine that is
busy, or a thread of ours), and the rest: the disk, or the interpreter's lock.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import re
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from time import monotonic, thread_time
from typing import Any

from monitor.clock import SystemClock
from monitor.demo.children import Child, Children, Program
from monitor.demo.measured_post import HOST, Fleet, Post
from monitor.demo.measuring import PRESSES_PER_S, QUICK, fleet_names
from simulator.flood import Flood, FloodPlan
from simulator.link import BrokerAddress

NOTES = "BENCH_NOTES"
POINTS = ("pressed", "offered", "taken", "begun", "written", "committed", "told", "receipted", "received")
_IDENTITY = re.compile(rb'"id": ?"([^"]+)"')


def main() -> None:
    presses = int(sys.argv[1]) if len(sys.argv) > 1 else QUICK.presses
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        show(*measure_stages(Path(folder), presses))


# -- the monitor's side ----------------------------------------------------------------------------------------------


class Notes:
    """Of one thread: what it did from when to when, with what it computed and queued for."""

    def __init__(self) -> None:
        self.presses: defaultdict[str, dict[str, tuple[float, float, float]]] = defaultdict(dict)
        self.spans: list[tuple[str, str, float, float, float]] = []
        self._local = threading.local()

    def now(self) -> tuple[float, float, float]:
        """Wall, computed, queued for a processor: of the thread that asks."""
        if not hasattr(self._local, "queue"):
            self._local.queue = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)
        queued_ns = int(os.pread(self._local.queue, 64, 0).split()[1])
        return monotonic(), thread_time(), queued_ns / 1e9

    def pass_by(self, point: str, identities: Sequence[str]) -> None:
        now = self.now()
        for each in identities:
            self.presses[each].setdefault(point, now)

    @contextmanager
    def span(self, name: str) -> Iterator[None]:
        began = self.now()
        try:
            yield
        finally:
            ended = self.now()
            thread = threading.current_thread().name
            self.spans.append((name, thread, began[0], ended[0], ended[1] - began[1]))

    def around(self, owner: Any, method: str, name: Callable[..., str]) -> None:
        whole = getattr(owner, method)

        @wraps(whole)
        def noted(*given: Any, **more: Any) -> Any:
            with self.span(name(*given)):
                return whole(*given, **more)

        setattr(owner, method, noted)

    def write(self) -> None:
        Path(os.environ[NOTES]).write_text(json.dumps({"presses": self.presses, "spans": self.spans}))


def serve() -> None:
    """`chuong serve`, noted."""
    from monitor.cli import app

    notes = Notes()
    _note_presses(notes)
    _note_spans(notes)
    atexit.register(notes.write)
    app(["serve"])


def _identities(messages: Sequence[Any]) -> list[str]:
    found = (_IDENTITY.search(message.payload) for message in messages if message.topic.endswith("/alarm"))
    return [each[1].decode() for each in found if each]


def _note_presses(notes: Notes) -> None:
    from monitor.ingest.intake import Intake
    from monitor.ingest.mqtt import BrokerSession
    from monitor.journal.database import Store
    from monitor.pipeline.flow import Pipeline

    here: list[str] = []
    offer, process, tell = Intake.offer, Pipeline.process, Pipeline._tell
    transaction, publish = Store.transaction, BrokerSession.publish

    def noted_offer(self: Intake, arrivals: Any) -> None:
        notes.pass_by("offered", _identities([each.message for each in arrivals if each.is_urgent]))
        offer(self, arrivals)

    def noted_process(self: Pipeline, batch: Any) -> None:
        here[:] = _identities([message for _, message in batch])
        notes.pass_by("taken", here)
        with notes.span(f"process {len(here)}+{len(batch) - len(here)}"):
            process(self, batch)

    @contextmanager
    def noted_transaction(self: Store) -> Iterator[Any]:
        with notes.span("transaction"):
            with transaction(self) as tx:
                notes.pass_by("begun", here)
                yield tx
                notes.pass_by("written", here)
            notes.pass_by("committed", here)

    def noted_tell(self: Pipeline, record: Any) -> None:
        tell(self, record)
        notes.pass_by("told", here)

    def noted_publish(self: BrokerSession, topic: str, payload: bytes) -> None:
        publish(self, topic, payload)
        if found := _IDENTITY.search(payload):
            notes.pass_by("receipted", [found[1].decode()])

    Intake.offer, Pipeline.process, Pipeline._tell = noted_offer, noted_process, noted_tell  # type: ignore[method-assign]
    Store.transaction, BrokerSession.publish = noted_transaction, noted_publish  # type: ignore[method-assign]


def _note_spans(notes: Notes) -> None:
    """What may stand in a press's way."""
    from monitor.app import Monitor
    from monitor.ingest.mqtt import BrokerSession
    from monitor.journal.database import Store
    from monitor.pipeline.flow import Pipeline
    from monitor.self_watch import SelfWatch
    from monitor.web.live import Feed
    from monitor.web.stream import Pulse

    notes.around(Monitor, "_tick", lambda *_: "tick")
    notes.around(Pipeline, "flush", lambda *_: "flush")
    notes.around(Store, "checkpoint", lambda *_: "checkpoint")
    notes.around(BrokerSession, "_take", lambda _, published: f"take {len(published)}")
    notes.around(SelfWatch, "look", lambda *_: "look")
    notes.around(Feed, "_deliver", lambda *_: "deliver")
    notes.around(Pulse, "_look", lambda *_: "beat")

    def collected(phase: str, told: Mapping[str, int], began: list[tuple[float, float, float]] = []) -> None:  # noqa: B006
        if phase == "start":
            began[:] = [notes.now()]
        elif began:
            now, thread = notes.now(), threading.current_thread().name
            notes.spans.append((f"gc {told['generation']}", thread, began[0][0], now[0], now[1] - began[0][1]))

    gc.callbacks.append(collected)


# -- the bells' side -------------------------------------------------------------------------------------------------


class _NotedFlood(Flood):
    def __init__(self, plan: FloodPlan) -> None:
        super().__init__(plan)
        self.pressed: dict[str, float] = {}
        self.received: dict[str, float] = {}

    def _take(self, wire: Any, kind: int, body: bytes) -> None:
        before = dict(self._pressed_s)
        super()._take(wire, kind, body)
        for each in before.keys() - self._pressed_s.keys():
            self.pressed[each], self.received[each] = before[each], monotonic()


class _NotedPost(Post):
    def start_monitor(self, children: Children) -> Child:
        command = [sys.executable, "-c", "from tests.bench.press_stages import serve; serve()"]
        environ = {**self._environ(), NOTES: str(self.folder / "notes.json")}
        monitor = children.start(Program("monitor", command, environ))
        self.until(monitor, lambda: self._get("/readyz")[0] == 200)
        return monitor


def measure_stages(folder: Path, presses: int) -> tuple[Sequence[Mapping[str, Any]], Sequence[Any]]:
    """A row of points for each press, and all that the monitor's threads did meanwhile."""
    clock = SystemClock()
    post = _NotedPost(folder, Fleet(*fleet_names()), clock)
    try:
        post.set_up()
        post.start_broker()
        per_s = QUICK.presses_among_per_s
        plan = FloodPlan(
            address=BrokerAddress(HOST, post.mqtt_port),
            cameras={each: post.passwords[each] for each in post.fleet.cameras},
            bells={each: post.passwords[each] for each in post.fleet.bells},
            heartbeats=presses * per_s // PRESSES_PER_S,
            per_s=per_s,
            presses=presses,
        )
        flood = _NotedFlood(plan)
        with post.fresh_monitor():
            flood.run()
        noted = json.loads((folder / "notes.json").read_text())
    finally:
        post.children.stop()
    rows = [
        {"pressed": (flood.pressed[each], 0.0, 0.0), **points, "received": (flood.received[each], 0.0, 0.0)}
        for each, points in noted["presses"].items()
        if each in flood.received
    ]
    return rows, noted["spans"]


def show(rows: Sequence[Mapping[str, Any]], spans: Sequence[Any]) -> None:
    rows = sorted(rows, key=lambda row: row["pressed"][0])
    for number, row in enumerate(rows):
        row["number"] = number
    waits = [_wait_ms(row) for row in rows]
    cut = quantiles(waits, n=100, method="inclusive")
    print(f"{len(rows)} presses: median {cut[49]:.1f} ms, p90 {cut[89]:.1f}, p99 {cut[98]:.1f}, most {max(waits):.1f}")
    print(f"{'until':>12}  median    p90    most ms, on the wall")
    for before, after in pairwise(POINTS):
        each = [1e3 * (row[after][0] - row[before][0]) for row in rows]
        cut = quantiles(each, n=100, method="inclusive")
        print(f"{after:>12}  {cut[49]:6.2f} {cut[89]:6.2f} {max(each):7.2f}")
    for row in sorted(rows, key=_wait_ms, reverse=True)[: max(6, len(rows) // 50)]:
        print(f"\npress {row['number']}: {_wait_ms(row):.1f} ms")
        for before, after in pairwise(POINTS):
            wall, computed, queued = (1e3 * (b - a) for a, b in zip(row[before], row[after], strict=True))
            is_writers = before not in ("pressed", "offered", "receipted")
            of = (
                f"computed {computed:5.2f}, queued {queued:5.2f}, rest {wall - computed - queued:5.2f}"
                if is_writers
                else ""
            )
            print(f"{after:>12}  {wall:6.2f}  {of}")
        began_s, ended_s = row["pressed"][0], row["received"][0]
        for name, thread, since_s, until_s, cpu_s in sorted(spans, key=lambda span: span[2]):
            if until_s > began_s and since_s < ended_s and until_s - since_s > 0.0007:
                print(
                    f"      {1e3 * (since_s - began_s):7.2f} … {1e3 * (until_s - began_s):7.2f}  {name} on {thread}"
                    f", computed {1e3 * cpu_s:.2f}"
                )


def _wait_ms(row: Mapping[str, Any]) -> float:
    return float(1e3 * (row["received"][0] - row["pressed"][0]))


if __name__ == "__main__":
    main()
