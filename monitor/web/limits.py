"""Token buckets: so many tries at once, refilled evenly. In memory: a restart forgives, and that is cheap."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

MOST_KEYS = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


class TokenBuckets:
    """``count`` tries in ``window_s`` for each key. Times are seconds of a clock that never steps back."""

    def __init__(self, count: int, window_s: float) -> None:
        self._count = float(count)
        self._refill_per_s = count / window_s
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait_s(self, key: str, now_s: float) -> float:
        """0.0 where a try is free now, else how long until it is."""
        return max(0.0, (1 - self._filled(key, now_s).tokens) / self._refill_per_s)

    def take(self, key: str, now_s: float) -> None:
        self._filled(key, now_s).tokens -= 1

    def give_back(self, key: str, now_s: float) -> None:
        bucket = self._filled(key, now_s)
        bucket.tokens = min(self._count, bucket.tokens + 1)

    def _filled(self, key: str, now_s: float) -> _Bucket:
        bucket = self._buckets.setdefault(key, _Bucket(self._count, now_s))
        bucket.tokens = min(self._count, bucket.tokens + (now_s - bucket.at_s) * self._refill_per_s)
        bucket.at_s = now_s
        self._buckets.move_to_end(key)
        if len(self._buckets) > MOST_KEYS:
            self._buckets.popitem(last=False)
        return bucket
