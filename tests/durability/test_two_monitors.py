from __future__ import annotations

import subprocess
from collections.abc import Callable

from tests.brokers import Broker, free_port
from tests.processes import START_S, MonitorProcess


def test_it_refuses_to_run_twice_on_one_database(
    mosquitto: Broker, monitor_process: Callable[..., MonitorProcess]
) -> None:
    first = monitor_process(mosquitto)
    second = MonitorProcess(first.folder, mosquitto.environ, free_port())
    command = second._command("serve")
    done = subprocess.run(
        command, cwd=first.folder, env=second._environ, capture_output=True, timeout=START_S, check=False
    )
    assert done.returncode == 2
    assert "another monitor already runs" in done.stderr.decode()
    assert first.status("/readyz") == 200
