"""A process that has loaded our programs already and forks one for each start: real processes with a pid of their own,
without the seconds that Python takes each time to load what is the same in all of them.

``python -m tests.template FD`` is that process; ``at_hand`` keeps one for a run of the tests. Without one (in the
benchmarks, which measure starts) programs are started as everywhere else.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent
LOADED = (
    # ours
    "monitor.console",
    "monitor.trust",
    "monitor.serve",
    "monitor.ingest_worker",
    "monitor.account_commands",
    "monitor.list_commands",
    "simulator.fleet",
    "simulator.by_hand",
    "simulator.story",
    "tests.durability.patient_bells",
    # what is loaded only when it is used for the first time
    "anyio._backends._asyncio",
    "encodings.idna",
    "pydantic.v1",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
)
WITHIN_S = 60.0
_NUMBER = struct.Struct("i")
_LONGEST = 1 << 17
_at_hand: list[socket.socket] = []

Command = Sequence[str]


class Started:
    """What ``subprocess.Popen`` would give, as far as the tests ask for it."""

    def __init__(self, told: int) -> None:
        self._told = told  # the pid, and when it has ended its status
        (self.pid,) = _NUMBER.unpack(os.read(told, _NUMBER.size))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        ended = self._ended_within(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return ended

    def send_signal(self, by: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, by)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _ended_within(self, seconds: float | None) -> int | None:
        if self.returncode is None:
            asked = select.poll()
            asked.register(self._told, select.POLLIN)
            if asked.poll(None if seconds is None else seconds * 1000):
                (self.returncode,) = _NUMBER.unpack(os.read(self._told, _NUMBER.size))
                os.close(self._told)
        return self.returncode


Running = subprocess.Popen[bytes] | Started


@contextmanager
def at_hand() -> Iterator[None]:
    """While it lasts, ``start`` and ``run`` fork. At its end none of what was started may be left."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        command = [sys.executable, "-m", "tests.template", str(its.fileno())]
        process = subprocess.Popen(command, cwd=ROOT, pass_fds=(its.fileno(),), stdin=subprocess.DEVNULL)
    _at_hand.append(ours)
    try:
        yield
    finally:
        _at_hand.remove(ours)
        ours.close()
        assert process.wait() == 0, "a program was left running"


def start(
    command: Command,
    *,
    cwd: Path = ROOT,
    env: Mapping[str, str] | None = None,
    stdin: IO[bytes] | None = None,
    stdout: IO[bytes] | None = None,
    stderr: IO[bytes] | None = None,
) -> Running:
    """``[sys.executable, "-m", MODULE, …]`` is forked; any other command is started as everywhere else."""
    if not _at_hand or tuple(command[:2]) != (sys.executable, "-m"):
        return subprocess.Popen(command, cwd=cwd, env=env, stdin=stdin, stdout=stdout, stderr=stderr)
    asked = {"words": command[2:], "cwd": str(cwd), "env": dict(os.environ if env is None else env)}
    told, tells = os.pipe()
    streams = [stream.fileno() if stream else number for number, stream in enumerate((stdin, stdout, stderr))]
    socket.send_fds(_at_hand[-1], [json.dumps(asked).encode()], [*streams, tells])
    os.close(tells)
    return Started(told)


def run(
    command: Command, *, cwd: Path = ROOT, env: Mapping[str, str] | None = None, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Runs it to its end, and tells what it printed."""
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        stdin.write(given)
        stdin.seek(0)
        process = start(command, cwd=cwd, env=env, stdin=stdin, stdout=stdout, stderr=stderr)
        try:
            code = process.wait(WITHIN_S)
        finally:
            process.kill()  # where it did not end
        said = []
        for stream in (stdout, stderr):
            stream.seek(0)
            said.append(stream.read())
    return subprocess.CompletedProcess(command, code, *said)


# -- the process itself -----------------------------------------------------------------------------------------------


def serve(control: socket.socket) -> None:
    """Returns in each child when that has run."""
    for name in LOADED:
        import_module(name)
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a thread would not be there in the forks"
    gc.collect()
    gc.freeze()
    running: dict[int, tuple[int, int]] = {}  # pidfd → pid, where its end is told
    while True:
        for ready in select.select([control, *running], [], [])[0]:
            if ready is not control:
                _tell_the_end(ready, *running.pop(ready))
                continue
            asked, given, _, _ = socket.recv_fds(control, _LONGEST, 4)
            if not asked:
                sys.exit(_end_all(running))
            pid = os.fork()
            if pid == 0:
                _forget(control, running)
                _become(json.loads(asked), given)
                return
            for stream in given[:3]:
                os.close(stream)
            os.write(given[3], _NUMBER.pack(pid))
            running[os.pidfd_open(pid)] = pid, given[3]


def _forget(control: socket.socket, running: Mapping[int, tuple[int, int]]) -> None:
    control.close()
    for pidfd, (_, tells) in running.items():
        os.close(pidfd)
        os.close(tells)


def _become(asked: dict[str, object], given: list[int]) -> None:
    words, env = asked["words"], asked["env"]
    assert isinstance(words, list)
    assert isinstance(env, dict)
    os.chdir(str(asked["cwd"]))
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    for number, stream in enumerate(given[:3]):
        os.dup2(stream, number)
    for stream in given:
        os.close(stream)
    module, sys.argv = words[0], words
    sys.modules.pop(module, None)  # it is run, as if it were the first
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _tell_the_end(pidfd: int, pid: int, tells: int) -> None:
    _, status = os.waitpid(pid, 0)
    os.close(pidfd)
    with suppress(BrokenPipeError):  # where nobody asks any more
        os.write(tells, _NUMBER.pack(os.waitstatus_to_exitcode(status)))
    os.close(tells)


def _end_all(running: Mapping[int, tuple[int, int]]) -> int:
    """How many of them there still were."""
    for pid, _ in running.values():
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return len(running)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
