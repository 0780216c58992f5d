"""Children end with their parent, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.demo.children import Children, Follower, Program

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)
PARENT = """
import sys, time
from pathlib import Path
from monitor.demo.children import Children, Program
from monitor.clock import SystemClock
child = Children(Path(sys.argv[1]), SystemClock()).start(Program("sleeper", ["sleep", "60"], {"PATH": "/bin:/usr/bin"}))
print(child.process.pid, flush=True)
time.sleep(60)
"""


def until(condition: Callable[[], bool], patience_s: float = 10) -> bool:
    end = time.monotonic() + patience_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def is_running(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def a_program(*command: str) -> Program:
    return Program("program", command, os.environ)


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    children = Children(tmp_path, SystemClock(), patience_s=0.5)
    yield children
    children.stop()


def test_it_ends_a_child_that_listens(children: Children) -> None:
    child = children.start(a_program("sleep", "60"))
    children.stop()
    assert child.process.returncode == -signal.SIGTERM


def test_it_kills_a_child_that_does_not_listen(children: Children) -> None:
    child = children.start(a_program(sys.executable, "-c", STUBBORN))
    assert until(lambda: "deaf" in child.last_lines())
    children.stop()
    assert child.process.returncode == -signal.SIGKILL


def test_it_ends_what_its_children_have_started(children: Children) -> None:
    child = children.start(a_program("sh", "-c", "sleep 60 & echo $!; wait"))
    assert until(lambda: child.last_lines().isdigit())
    grandchild = int(child.last_lines())
    assert is_running(grandchild)
    children.stop()
    assert until(lambda: not is_running(grandchild))


def test_it_names_the_child_that_ended_by_itself_and_its_last_lines(children: Children) -> None:
    children.start(a_program("sleep", "60"))
    broken = children.start(a_program("sh", "-c", "echo one; echo two >&2; exit 3"))
    assert until(lambda: children.dead() is broken)
    assert (broken.process.returncode, broken.last_lines(1)) == (3, "two")


def test_it_leaves_nobody_behind_when_it_is_killed(tmp_path: Path) -> None:
    """Linux only: other kernels offer no such thing."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child_pid = int(parent.stdout.readline())
    assert is_running(child_pid)
    parent.kill()
    parent.communicate()
    assert until(lambda: not is_running(child_pid))


def test_it_follows_a_file_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    follower = Follower(path)
    seen = []
    for written in (b"one\ntw", b"one\ntwo\n", b"one\ntwo\nthree\n"):
        path.write_bytes(written)
        seen.append(follower.new_lines())
    assert seen == [["one"], ["two"], ["three"]]
