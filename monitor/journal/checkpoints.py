"""Brings what was committed to its place in the database, in a thread of its own: no press waits behind that."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

log = structlog.get_logger()

# Often where much is written, so that the log stays short; seldom where little is, for cards wear out by writing.
LOOK_EVERY_S = 0.5
MANY_COMMITS, SELDOM_LOOKS = 20, 10


class Checkpoints:
    """``move``: moves all it can without anybody waiting for it."""

    def __init__(self, move: Callable[[], None]) -> None:
        self._move = move
        self._commits = 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)

    def committed(self) -> None:
        """One more transaction lies in the log."""
        self._commits += 1

    def _run(self) -> None:
        looks = 0
        while not self._is_over.wait(LOOK_EVERY_S):
            looks += 1
            if self._commits >= MANY_COMMITS or (self._commits and looks >= SELDOM_LOOKS):
                self._commits = looks = 0
                try:
                    self._move()
                except Exception:
                    # The log grows meanwhile, and the writer moves it itself when it is long.
                    log.exception("checkpoint_failed")
