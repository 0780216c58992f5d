"""Reads a file in a process of its own: one that was made to burst takes that process with it, and no press waits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, datetime
from typing import Any

import structlog

from monitor.inventory.spreadsheets.cells import FILE_BYTES, Row, Sheet, Unreadable, Why

LONGEST_S = 30.0
_LOG = structlog.get_logger(__name__)
_CHILD = "monitor.inventory.imports.apart_child"


def read_apart(content: bytes, longest_s: float = LONGEST_S) -> tuple[Sheet, ...]:
    """As ``read_sheets``, with so much memory and time and no more. Raises ``Unreadable``."""
    if len(content) > FILE_BYTES:
        raise Unreadable(Why.TOO_LARGE)
    try:
        # -P: what lies in the folder we were started in is no module of ours.
        done = subprocess.run(
            [sys.executable, "-P", "-m", _CHILD],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=longest_s,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        _LOG.warning("a list could not be read within its bounds", size=len(content), ended=_ending(error))
        raise Unreadable(Why.TOO_COSTLY) from None
    return _sheets(json.loads(done.stdout, object_hook=_day))


def _environment() -> dict[str, str]:
    """Ours without our secrets."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CHUONG_")}


def _ending(error: Exception) -> str:
    return f"exit {error.returncode}" if isinstance(error, subprocess.CalledProcessError) else type(error).__name__


def _sheets(answer: Any) -> tuple[Sheet, ...]:
    if isinstance(answer, str):
        raise Unreadable(Why(answer))
    return tuple(
        Sheet(name, tuple(Row(line, tuple(cells)) for line, cells in rows), is_converted)
        for name, is_converted, rows in answer
    )


def _day(told: dict[str, str]) -> date:
    return datetime.fromisoformat(told["at"]) if "at" in told else date.fromisoformat(told["on"])
