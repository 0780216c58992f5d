"""The two hours of the hold-up on the virtual clock: `python -m tests.bench.two_hours`. At most 20 s, on a core."""

from __future__ import annotations

import json

from rich.console import Console

from monitor.scenario.running import LIBRARY, run
from tests.bench.limits import Figure, judged

STORY = LIBRARY / "holdup-powercut-dinhvan.toml"
MOST_S = 20.0


def main() -> None:
    show(Console())


def show(console: Console) -> list[Figure]:
    outcome = run(STORY, "virtual", None, lambda _line: None)
    if not outcome.is_met:
        raise SystemExit(f"{outcome.error}\n{outcome.table()}")
    told = [Figure("two hours of a night", outcome.took_s, MOST_S)]
    console.print(judged(STORY.stem, "s", told))
    print(json.dumps({"story": STORY.stem, "took_s": round(outcome.took_s, 2), "journal": outcome.journal_hash}))
    return told


if __name__ == "__main__":
    main()
