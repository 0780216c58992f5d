"""Many seeds, by several processes where there are some to spare, told in the order of the seeds all the same."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from monitor.scenario.explore.explorer import Explored, quiet_explorer

_AT_ONCE = 4  # handed over together


def explored(seeds: range, hours: float, jobs: int) -> Iterator[Explored]:
    if jobs == 1:
        with quiet_explorer() as explorer:
            for seed in seeds:
                yield explorer.explore(seed, hours)
        return
    # Forked, while there is neither a thread nor a store: any other way leaves a process behind that tracks the rest.
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        yield from pool.map(partial(_explored, hours), seeds, chunksize=_AT_ONCE)


def _explored(hours: float, seed: int) -> Explored:
    with quiet_explorer() as explorer:
        return explorer.explore(seed, hours)
