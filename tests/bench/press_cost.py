"""What a press costs the processor: `python -m tests.bench.press_cost [PRESSES] [--profile]`, no broker, one thread.

The writer's own time, which a busy machine disturbs least, and its statements: of a press that opens an alarm with its
incident and its duties, of one that rings it again, and of heartbeats alone. A change is judged by several runs before
it and after it, in turns.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean, quantiles
from time import thread_time
from typing import Any, TypeAlias
from uuid import uuid4

from device_adapters.core.contract import Message
from monitor.notify.plan import read_plan, with_layers
from monitor.settings import shipped
from tests.empty_store import empty_store
from tests.fakes import FakeClock
from tests.monitor.conftest import Post

Batch: TypeAlias = Sequence[tuple[str, Message]]
BASE, CAMERA, BEATS = "anninh/v1", "CAM", 20


def main() -> None:
    options = sys.argv[1:]
    presses = next((int(each) for each in options if each.isdigit()), 300)
    with tempfile.TemporaryDirectory(prefix="chuong-bench-") as folder:
        post = a_post(Path(folder))
        show(post, [f"BELL-{number:04}" for number in range(presses)], is_profiled="--profile" in options)
        post.store.close()


def a_post(folder: Path) -> Post:
    """As it is shipped, with whom it tells."""
    plan = read_plan(shipped("config/escalation.toml"), shipped("config/channels.toml"))
    return Post(empty_store(folder / "post.sqlite3"), FakeClock(), with_layers(plan, shipped("config/layers.toml")))


def show(post: Post, bells: Sequence[str], *, is_profiled: bool) -> None:
    post.register(CAMERA, device_class="camera")
    for each in bells:
        post.register(each)
    post.pipeline.rehearse()
    post.receive_all(_beats(post))
    ways: dict[str, Callable[[str], Batch]] = {
        "opens": lambda bell: [_press(post, bell)],
        "rings again": lambda bell: [_press(post, bell)],
        f"{BEATS} beats": lambda _: _beats(post),
    }
    print(f"{'a batch that':>12}  median   p90   mean ms of processor time, statements")
    for name, batch in ways.items():
        first, *others = bells
        statements = _statements(post, lambda batch=batch, first=first: post.receive_all(batch(first)))  # type: ignore[misc]
        with cProfile.Profile() if is_profiled else _Unprofiled() as profile:
            costs = [_cost_ms(post, batch(bell)) for bell in others]
        cut = quantiles(costs, n=100, method="inclusive")
        print(f"{name:>12}  {cut[49]:6.3f} {cut[89]:6.3f} {mean(costs):6.3f}  {len(statements)}")
        if is_profiled:
            pstats.Stats(profile).sort_stats("tottime").print_stats(35)


def _cost_ms(post: Post, batch: Batch) -> float:
    began_s = thread_time()
    post.receive_all(batch)
    return 1e3 * (thread_time() - began_s)


def _statements(post: Post, work: Callable[[], None]) -> list[str]:
    with post.store.transaction() as tx:
        link: Any = tx.connection.driver_connection  # the one that the writer takes again
    said: list[str] = []
    link.set_trace_callback(said.append)
    try:
        work()
    finally:
        link.set_trace_callback(None)
    return said


def _press(post: Post, bell: str) -> tuple[str, Message]:
    post.clock.forward(0.05)
    at_ms = round(post.clock.now().timestamp() * 1000)
    body = {"v": 1, "id": str(uuid4()), "kind": "alarm", "input": "panic", "ts": at_ms, "boot": "bench"}
    return _message(post, f"{BASE}/bell/{bell}/alarm", json.dumps(body).encode())


def _beats(post: Post) -> Batch:
    post.clock.forward(0.05)
    at_ms = round(post.clock.now().timestamp() * 1000)
    topic, body = f"{BASE}/camera/{CAMERA}/heartbeat", b'{"v":1,"ts":%d,"battery":88}' % at_ms
    return [_message(post, topic, body) for _ in range(BEATS)]


def _message(post: Post, topic: str, payload: bytes) -> tuple[str, Message]:
    return "native", Message(topic, payload, post.clock.now(), 1)


class _Unprofiled:
    def __enter__(self) -> Any:
        return None

    def __exit__(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    main()
