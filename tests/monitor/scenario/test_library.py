"""Every story of the library, as it is meant, on the virtual clock; the night of the hold-up among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.scenario.running import LIBRARY, run

STORIES = sorted(LIBRARY.glob("*.toml"))


@pytest.mark.parametrize("story", STORIES, ids=[path.stem for path in STORIES])
def test_it_goes_as_it_is_told(story: Path) -> None:
    outcome = run(story, "virtual", None, lambda _line: None)
    assert outcome.is_met, f"{outcome.error}\n{outcome.table()}"
