"""How the parts are joined, where no wire is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.app import Monitor
from monitor.settings import Settings
from tests.fakes import FakeClock
from tests.monitor.conftest import CLASSES


@pytest.fixture
def monitor(tmp_path: Path, clock: FakeClock) -> Iterator[Monitor]:
    """It has never reached its broker."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/store.sqlite3")
    monitor = Monitor(settings, CLASSES, clock)
    monitor.store.migrate()
    yield monitor
    monitor.store.close()


def test_it_knows_of_no_working_eye_while_it_is_blind(monitor: Monitor, clock: FakeClock) -> None:
    assert monitor.working() == frozenset()
    for _ in range(30):
        clock.forward(1)
        monitor.watch.look()
    assert monitor.working() is None
