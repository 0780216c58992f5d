"""``python -m monitor.probe FILE``: the probe itself. ``chuong probe`` becomes this, and nothing else is in memory."""

from __future__ import annotations

import sys
from pathlib import Path

from monitor.errors import ChuongError
from monitor.probe.service import run
from monitor.probe.settings import read_probe_settings


def main() -> int:
    try:
        run(read_probe_settings(Path(sys.argv[1])))
    except (ChuongError, OSError) as error:
        sys.stderr.write(f"chuong: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
