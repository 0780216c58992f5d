"""What the disk itself takes to keep something: the part of a commit that no program can cut."""

from __future__ import annotations

import os
from pathlib import Path

from monitor.clock import Clock

TIMES, PAGE_BYTES = 200, 4096


def flushes_ms(folder: Path, clock: Clock) -> list[float]:
    """A page appended and flushed, over and over, as a small commit does it; each in milliseconds."""
    taken = list[float]()
    file = folder / "flushed"
    with file.open("wb", buffering=0) as page:
        for _ in range(TIMES):
            began_s = clock.monotonic_s()
            page.write(bytes(PAGE_BYTES))
            os.fdatasync(page.fileno())
            taken.append((clock.monotonic_s() - began_s) * 1000)
    file.unlink()
    return taken
