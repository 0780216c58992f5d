"""A probe as a process of its own, with one bell that is a named pipe, so that tests can press it, kill it and look."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.brokers import Broker, password_of

ROOT = Path(__file__).parents[1]
PATIENCE_S = 60.0
PI, BELL = "pi-3", "chuong-7"


@dataclass
class Probe:
    """``PI``, with the bell ``BELL``. It keeps its folder over ``end`` and ``start``."""

    folder: Path
    broker: Broker
    cameras: str = ""
    process: subprocess.Popen[bytes] | None = None

    def start(self, *command: str) -> None:
        """Returns when it listens to its bell."""
        self.write_settings()
        before = len(self.told("probe_started"))
        words = [sys.executable, "-m", *(command or ("monitor.probe",)), str(self.folder / "probe.toml")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(words, stderr=log, cwd=ROOT)
        wait_for(lambda: len(self.told("probe_started")) > before)
        wait_for((self.folder / "bell").exists)

    def write_settings(self) -> None:
        (self.folder / "password").write_text(password_of(PI))
        (self.folder / "password").chmod(0o600)
        (self.folder / "probe.toml").write_text(
            f'probe = "{PI}"\nqueue = "queue"\ncycle_s = 1\ntimeout_s = 20\ntrust_clock = true\n'
            f'[broker]\nurl = "{self.broker.url}"\npassword_file = "password"\n'
            f'[[bells]]\nid = "{BELL}"\nsource = "lines"\npath = "bell"\ninput = "hold_up"\n{self.cameras}'
        )

    def say(self, line: str) -> None:
        with (self.folder / "bell").open("w") as bell:
            bell.write(f"{line}\n")

    def press(self, times: int = 1) -> list[str]:
        """Pressed so often; returns the ids when they are kept."""
        before = len(self.told("kept"))
        for _ in range(times):
            self.say("press")
        wait_for(lambda: len(self.told("kept")) >= before + times)
        return [each["id"] for each in self.told("kept")[before:]]

    def told(self, event: str) -> list[dict[str, Any]]:
        lines = (self.folder / "log").read_bytes().splitlines(keepends=True) if (self.folder / "log").exists() else []
        told = [json.loads(line) for line in lines if line.endswith(b"}\n")]
        return [each for each in told if each["event"] == event]

    def end(self, by: signal.Signals = signal.SIGTERM) -> None:
        if self.process:
            self.process.send_signal(by)
            self.process.wait(30)
            self.process = None


def wait_for(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it does not come about"
        time.sleep(0.01)
