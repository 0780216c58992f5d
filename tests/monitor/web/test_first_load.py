"""A post may sit behind a phone as its modem: what must come before a page can ring is small."""

from __future__ import annotations

from tests.bench.first_load import measure_first_load

PAGE_BYTES, SCRIPT_BYTES = 150_000, 40_000


def test_it_is_small_before_the_first_ring() -> None:
    for page, packed in measure_first_load().items():
        assert packed["all"] <= PAGE_BYTES, page
        assert packed["js"] <= SCRIPT_BYTES, page
