from __future__ import annotations

import pytest

from monitor.web.limits import MOST_KEYS, TokenBuckets


def test_it_lets_so_many_tries_through_at_once() -> None:
    buckets = TokenBuckets(2, 60.0)
    for _ in range(2):
        assert buckets.wait_s("a", 0.0) == 0.0
        buckets.take("a", 0.0)
    assert buckets.wait_s("a", 0.0) == 30.0


def test_it_fills_up_evenly_and_not_over() -> None:
    buckets = TokenBuckets(2, 60.0)
    for _ in range(2):
        buckets.take("a", 0.0)
    assert buckets.wait_s("a", 20.0) == pytest.approx(10.0)
    assert buckets.wait_s("a", 10_000.0) == 0.0
    for _ in range(2):
        buckets.take("a", 10_000.0)
    assert buckets.wait_s("a", 10_000.0) == 30.0


def test_it_counts_each_key_for_itself() -> None:
    buckets = TokenBuckets(1, 60.0)
    buckets.take("a", 0.0)
    assert buckets.wait_s("b", 0.0) == 0.0


def test_it_remembers_only_so_many_keys() -> None:
    buckets = TokenBuckets(1, 60.0)
    for number in range(MOST_KEYS + 1):
        buckets.take(str(number), 0.0)
    assert buckets.wait_s("0", 0.0) == 0.0
    assert buckets.wait_s(str(MOST_KEYS), 0.0) == 60.0
