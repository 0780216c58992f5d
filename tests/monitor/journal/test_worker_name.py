"""An ingest worker's name is its own for as long as it runs."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from monitor.journal.worker_name import WorkerName

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_it_is_taken_by_one_at_a_time(database_url: str) -> None:
    with closing(WorkerName(database_url, "1")) as second:
        with closing(WorkerName(database_url, "1")) as first, closing(WorkerName(database_url, "2")) as other:
            assert [first.take(), second.take(), other.take()] == [True, False, True]
        # PostgreSQL lets go of it when it notices that the connection is gone.
        assert any(second.take() or time.sleep(0.05) for _ in range(200))
