"""The probe's log: one JSON object a line on standard error, as the monitor's, without the library that takes 7 MiB."""

from __future__ import annotations

import json
import sys
import traceback
from contextlib import suppress
from typing import Any


class LinesLog:
    def info(self, event: str, **fields: Any) -> None:
        _write("info", event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        _write("warning", event, fields)

    def error(self, event: str, **fields: Any) -> None:
        _write("error", event, fields)

    def exception(self, event: str, **fields: Any) -> None:
        """With where it went wrong; the values in those frames are not told."""
        _write("error", event, fields | {"exception": traceback.format_exc(limit=-8)})


def _write(level: str, event: str, fields: dict[str, Any]) -> None:
    # Without a time: whoever keeps the stream (journald) knows better when it was, and a Pi's clock may not be set.
    line = json.dumps({"level": level, "event": event, **fields}, ensure_ascii=False, default=str)
    with suppress(OSError, ValueError):  # nobody reads: that must not stop a press
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


log = LinesLog()
