"""A real PostgreSQL for the tests: one cluster for a run, a database of its own for each test."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from monitor.journal.database import Store
from tests.empty_store import Fill

_SETTINGS = {
    # Nothing of it outlives the run; what a power cut does is PostgreSQL's own to prove.
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


def _in_memory() -> str | None:
    """Where a new database is copied in a quarter of the time, if the machine has such a place with room."""
    where = Path("/dev/shm")
    return str(where) if os.access(where, os.W_OK) and shutil.disk_usage(where).free > 2**30 else None


def _with_nothing(_store: Store) -> None:
    """As the migrations leave it."""


class Cluster:
    """Answers on a socket in a folder of its own. PostgreSQL refuses to run as root: there it runs as its own user."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="chuong-pg-", dir=_in_memory()))
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:
            who = pwd.getpwnam("postgres")
            os.chown(self.folder, who.pw_uid, who.pw_gid)
            self._as = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
        self._as |= {"cwd": self.folder, "stdout": subprocess.DEVNULL}
        self._made = 0
        self._templates: dict[Fill, str] = {}
        self._log = self.folder / "log"
        # The order of Vietnamese: what relies on the database's own order shows at once.
        order = ("--locale-provider=icu", "--icu-locale=vi", "--locale=C.UTF-8", "--encoding=UTF8")
        making = [_program("initdb"), "-D", "data", "-U", "chuong", "--auth=trust", "--no-sync", *order]
        subprocess.run(making, check=True, stderr=subprocess.PIPE, **self._as)
        self.start()

    def start(self) -> None:
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        starting = [_program("postgres"), "-D", "data", "-k", str(self.folder), *settings]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(starting, stderr=log, **self._as)
        waiting = [_program("pg_isready"), "-q", "-h", str(self.folder)]
        while subprocess.run(waiting, check=False).returncode != 0:
            assert self._process.poll() is None, self._log.read_text()

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """SIGQUIT: as if the power had failed."""
        self._process.send_signal(how)
        self._process.wait()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://chuong@/{database}?host={self.folder}"

    @contextmanager
    def bare_database(self, how: str = "STRATEGY FILE_COPY") -> Iterator[str]:
        """The address of a new database, until the end of the block."""
        with self._made_of("template0", how) as url:
            yield url

    @contextmanager
    def database(self, fill: Fill = _with_nothing) -> Iterator[str]:
        """The same with all its tables, and what ``fill`` put in once for all tests."""
        with self._made_of(self._template(fill)) as url:
            yield url

    def _template(self, fill: Fill) -> str:
        if fill not in self._templates:
            origin = "template0" if fill is _with_nothing else self._template(_with_nothing)
            self._templates[fill] = name = f"template_{len(self._templates)}"
            self.run(f"CREATE DATABASE {name} TEMPLATE {origin} STRATEGY FILE_COPY")
            store = Store(self.url(name))
            store.migrate()
            fill(store)
            store.close()
        return self._templates[fill]

    @contextmanager
    def _made_of(self, template: str, how: str = "STRATEGY FILE_COPY") -> Iterator[str]:
        self._made += 1
        name = f"post_{self._made}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} {how}")
        yield self.url(name)
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def client(self, program: str, url: str, *more: str) -> None:
        """One of PostgreSQL's own programs for the database at this address."""
        where = ["--host", str(self.folder), "--username", "chuong", "--dbname", str(make_url(url).database)]
        subprocess.run([_program(program), *where, *more], check=True)

    def run(self, statement: str) -> None:
        with psycopg.connect(host=str(self.folder), user="chuong", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)


def _program(name: str) -> str:
    """Debian keeps the server's programs away from the search path; the newest one is taken."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = shutil.which(name) or (str(newest[-1]) if newest else None)
    assert found, f"{name} is missing: install PostgreSQL (make test says how)"
    return found
