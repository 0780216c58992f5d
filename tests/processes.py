"""The monitor as its own process, the way a post runs it, so that tests can kill and freeze it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import httpx2

from monitor.journal.accounts import Role, User, add_user, issue_token
from monitor.journal.database import Store
from tests import template
from tests.brokers import free_port

ROOT = Path(__file__).parent.parent
OFFICER, PASSWORD = "truc-ban", "a long enough password"
STORE = "chuong.sqlite3"
# A machine that runs three more tests beside it may take its time with what people would miss at once.
PATIENT = {"CHUONG_RECEIPT_WITHIN_S": "60", "CHUONG_SCREENS_SILENT_AFTER_S": "3600"}
START_S = 60.0  # of a machine that runs three more tests beside it


@dataclass
class MonitorProcess:
    """One monitor on its own database. It keeps database and port over ``stop``, ``kill`` and ``start``."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: template.Running | None = None
    verb: tuple[str, ...] = ("serve",)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    @property
    def pid(self) -> int:
        assert self.process, "the monitor does not run"
        return self.process.pid

    def start(self, *, until: str = "/readyz", within_s: float = START_S) -> None:
        """Returns when it answers 200 there: ``/readyz`` needs a broker, ``/healthz`` does not; "": at once."""
        with (self.folder / "log").open("ab") as log:
            self.process = template.start(self._command(*self.verb), cwd=self.folder, env=self._environ, stderr=log)
        deadline = time.monotonic() + within_s
        while until and self.status(until) != 200:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the monitor did not start:\n{self.log[-4000:]}")
            time.sleep(0.05)

    def status(self, path: str) -> int | None:
        """The status of an answer, None where there is none."""
        # Asked again and again while a monitor starts: httpx reads all certificates of the machine each time.
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=2)) as asking:
            try:
                asking.request("GET", path)
                return asking.getresponse().status
            except (OSError, HTTPException):
                return None

    def run(self, *arguments: str, given: str = "") -> str:
        """One ``chuong`` command on the same settings; what it printed."""
        done = self.tried(*arguments, given=given)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def tried(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[bytes]:
        """The same, however it ended."""
        return template.run(self._command(*arguments), cwd=self.folder, env=self._environ, given=given.encode())

    @cached_property
    def token(self) -> str:
        """A bearer token that may do everything; its user can also sign in, with ``OFFICER`` and ``PASSWORD``."""
        now, store = datetime.now(UTC), Store(self._store_url)  # `chuong user` does the same, and starts twice for it
        with closing(store), store.transaction() as transaction:
            add_user(transaction, User(OFFICER, Role.ADMINISTRATOR), PASSWORD, now)
            return issue_token(transaction, OFFICER, now)

    @cached_property
    def api(self) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {self.token}"}
        # No certificates: over the loopback there is nothing to verify, and to read them all takes long.
        return httpx2.Client(base_url=self.url, headers=headers, timeout=10, verify=False)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def close(self) -> None:
        if "api" in self.__dict__:
            self.api.close()
        self.stop()

    def _end(self, by: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(by)
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the monitor did not end:\n{self.log[-4000:]}") from None
        finally:
            self.process = None

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "monitor.cli", *arguments]

    @property
    def _store_url(self) -> str:
        return self.settings.get("CHUONG_DATABASE_URL", f"sqlite:///{self.folder}/{STORE}")

    @property
    def _environ(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("CHUONG_")}
        store = {"CHUONG_DATABASE_URL": self._store_url, "CHUONG_HTTP_PORT": str(self.port)}
        return ours | {"PYTHONPATH": str(ROOT)} | PATIENT | store | dict(self.settings)
