from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys, threading, time
from pathlib import Path
import uvicorn
from monitor.web.api import create_app
from monitor.web.server import Server
from tests.monitor.web.post import Post

post = Post(Path(sys.argv[1]))
server = Server(uvicorn.Config(create_app(post, post.feed), port=0, log_config=None), post.feed)


def stop() -> None:
    while not server.started:
        time.sleep(0.01)
    os.kill(os.getpid(), int(sys.argv[2]))


threading.Thread(target=stop).start()
server.run()
print("everything is closed")
"""


def stopped_by(number: int, folder: Path) -> tuple[int, str]:
    command = [sys.executable, "-c", PROGRAM, str(folder), str(number)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout.strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_comes_back_when_it_is_told_to_stop(tmp_path: Path, number: int) -> None:
    assert stopped_by(number, tmp_path) == (0, "everything is closed")
