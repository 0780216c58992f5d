"""Processes that live and die together with this one.

Each child leads a process group of its own, so Ctrl-C in a terminal reaches only us and we end them in order.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.clock import Clock

PATIENCE_S = 5.0
POLL_S = 0.05
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Program:
    """What to start. ``log``: where the program writes a log of its own, besides what it prints."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    log: Path | None = None


@dataclass(frozen=True, slots=True)
class Child:
    """``output`` holds what the program prints."""

    program: Program
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    @property
    def resident_bytes(self) -> int:
        """As Linux counts it."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def last_lines(self, count: int = 12) -> str:
        logs = [log for log in (self.program.log, self.output) if log is not None and log.is_file()]
        lines = [line for log in logs for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
        return "\n".join(lines[-count:])


class Follower:
    """Reads what is added to a file."""

    def __init__(self, path: Path) -> None:
        self._path, self._position = path, 0

    def new_lines(self) -> list[str]:
        with self._path.open("rb") as file:
            file.seek(self._position)
            added = file.read()
        whole = added[: added.rfind(b"\n") + 1]  # a line that is still being written comes next time
        self._position += len(whole)
        return whole.decode(errors="replace").splitlines()


class Children:
    def __init__(self, outputs: Path, clock: Clock, patience_s: float = PATIENCE_S) -> None:
        self._outputs = outputs
        self._clock = clock
        self._patience_s = patience_s
        self._children: list[Child] = []

    def start(self, program: Program) -> Child:
        """From the main thread, while there is no other: on Linux a child dies with the thread that started it."""
        output = self._outputs / f"{program.name}.log"
        with output.open("wb") as file:
            process = subprocess.Popen(
                program.command,
                env=dict(program.environ),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=_dies_with(os.getpid()),  # noqa: PLW1509  # see the docstring: nothing else runs yet
            )
        child = Child(program, process, output)
        self._children.append(child)
        return child

    def dead(self) -> Child | None:
        """The first that has ended by itself."""
        return next((child for child in self._children if not child.is_alive), None)

    def stop(self) -> None:
        """Asks all to end, and kills what is still there after a while, with everything they started."""
        for child in self._children:
            _signal_group(child, signal.SIGTERM)
        deadline_s = self._clock.monotonic_s() + self._patience_s
        while any(child.is_alive for child in self._children) and self._clock.monotonic_s() < deadline_s:
            self._clock.sleep(POLL_S)
        for child in self._children:
            _signal_group(child, signal.SIGKILL)
            child.process.wait()
        self._children.clear()


def _signal_group(child: Child, number: int) -> None:
    try:
        os.killpg(child.process.pid, number)
    except (ProcessLookupError, PermissionError):  # nobody is left; macOS says "not permitted" for a dead group
        return


def _dies_with(parent_pid: int) -> Callable[[], None] | None:
    """Lets the kernel end the child when we are killed without a chance to do it. Only Linux can."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def in_child() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent_pid:  # killed before the line above took hold
            os._exit(1)

    return in_child
