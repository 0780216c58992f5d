from __future__ import annotations

from pathlib import Path

from monitor.clock import SystemClock
from monitor.demo.measured_post import Figures
from monitor.demo.measuring import BenchPlan, measure

SMALL = BenchPlan(heartbeats=300, rounds=1, presses=5, presses_among_per_s=200, devices=40)


def test_it_measures_a_real_broker_and_a_real_monitor(tmp_path: Path) -> None:
    said: list[str] = []
    found = measure(tmp_path, SMALL, SystemClock(), said.append)
    assert found.lost == 0
    assert found.durable_over_bare > 0
    assert 0 < found.press_committed_median_ms <= found.press_committed_p99_ms
    assert found.press_limit_ms == 10 + 3 * found.fsync_p99_ms > 10
    assert said[-1] == "memory of 40 devices"


def test_it_adds_a_figure_up_over_its_labels() -> None:
    text = 'chuong_messages_total{adapter="a"} 3.0\nchuong_messages_total{adapter="b"} 4.0\nchuong_messages_more 9.0\n'
    assert Figures(text).messages == 7
