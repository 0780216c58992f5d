"""A process is killed while its log is moved into the database: what was committed stays."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

from sqlalchemy import insert

from monitor.inventory.edits import core
from monitor.journal.database import Store
from monitor.journal.tables import AdapterMemoryRow

KILLS, COMMITS = 3, 150


def write_for_ever(url: str) -> None:
    """Tells each key once it is committed, with the checkpoints' thread at work as often as it can."""
    store, run = Store(url), sys.argv[-1]
    store.migrate()

    def move() -> None:
        while True:
            store.checkpoint()

    threading.Thread(target=move, daemon=True).start()
    number = 0
    while True:
        with store.transaction() as tx:
            values = {"adapter": "native", "key": f"{run}-{number}", "value": "x" * 5_000}
            tx.execute(insert(core(AdapterMemoryRow)).values(**values))
        print(f"{run}-{number}", flush=True)
        number += 1


def test_it_keeps_what_was_committed_while_the_log_is_moved(tmp_path: Path) -> None:
    database, told = tmp_path / "post.sqlite3", set[str]()
    code = f"from tests.monitor.journal.test_checkpoints import write_for_ever as w; w('sqlite:///{database}')"
    for run in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", code, str(run)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout
            told.update(writer.stdout.readline().strip() for _ in range(COMMITS))
            writer.kill()
            told.update(line.strip() for line in writer.stdout if line.endswith("\n"))
    with sqlite3.connect(database) as connection:
        kept = {key for (key,) in connection.execute("SELECT key FROM adapter_memory WHERE key LIKE '%-%'")}
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(told) >= KILLS * COMMITS
    assert told <= kept
