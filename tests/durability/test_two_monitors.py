from __future__ import annotations

from collections.abc import Callable

from tests.brokers import Broker, free_port
from tests.processes import MonitorProcess


def test_it_refuses_to_run_twice_on_one_database(
    mosquitto: Broker, monitor_process: Callable[..., MonitorProcess]
) -> None:
    first = monitor_process(mosquitto)
    second = MonitorProcess(first.folder, mosquitto.environ, free_port())
    done = second.tried("serve")
    assert done.returncode == 2
    assert "another monitor already runs" in done.stderr.decode()
    assert first.status("/readyz") == 200
