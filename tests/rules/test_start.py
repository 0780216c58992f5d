"""What a start loads: while it does, nobody hears a press."""

import subprocess
import sys

from tests.rules.source import ROOT

# alembic: the schema is the newest already; psycopg: the store is SQLite; the others: nobody has asked for a file yet.
WAIT_FOR_THEIR_USE = {"alembic", "fontTools", "mako", "psycopg", "xlsxwriter"}


def test_it_loads_nothing_that_most_starts_never_use():
    said = subprocess.run(
        [sys.executable, "-c", "import sys, monitor.app; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert WAIT_FOR_THEIR_USE & set(said.stdout.split()) == set()
