"""Every story of the library, as it is meant, on the virtual clock; the night of the hold-up among them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.scenario.running import LIBRARY, run

STORIES = sorted(LIBRARY.glob("*.toml"))
TWO_HOURS = LIBRARY / "holdup-powercut-dinhvan.toml"


@pytest.mark.parametrize("story", STORIES, ids=[path.stem for path in STORIES])
def test_it_goes_as_it_is_told(story: Path) -> None:
    outcome = run(story, "virtual", None, lambda _line: None)
    assert outcome.is_met, f"{outcome.error}\n{outcome.table()}"


def test_it_leaves_the_same_journal_whatever_words_hash_to() -> None:
    """And says how long it took: sets go in another order in each of the two processes."""
    played = [_played({"PYTHONHASHSEED": seed}) for seed in ("0", "7")]
    said = [
        re.search(r": ok, (\d+\.\d) s, journal ([0-9a-f]{16})$", each.communicate()[0], re.MULTILINE) for each in played
    ]
    (took_s, journal), (_, other) = (each.groups() if each else ("", "it failed") for each in said)
    assert float(took_s) > 0
    assert journal == other


def _played(hashes: dict[str, str]) -> subprocess.Popen[str]:
    chuong = Path(sys.executable).with_name("chuong")
    return subprocess.Popen(
        [chuong, "scenario", "run", TWO_HOURS], env=os.environ | hashes, stdout=subprocess.PIPE, text=True
    )
