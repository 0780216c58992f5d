"""How far something long is: a bar on a terminal, redrawn in its place; on a pipe a line now and then."""

from __future__ import annotations

from typing import TextIO

from monitor.clock import Clock

WIDTH, REDRAWN_EVERY_S, LINE_EVERY_S = 28, 0.1, 10.0


class Progress:
    def __init__(self, out: TextIO, clock: Clock) -> None:
        self._out, self._clock = out, clock
        self.is_bar = out.isatty()
        self._told_s = clock.monotonic_s() - (REDRAWN_EVERY_S if self.is_bar else 0.0)

    def tell(self, share: float, words: str) -> None:
        """``share``: below 0 while it has not begun."""
        share = min(max(share, 0.0), 1.0)
        now_s = self._clock.monotonic_s()
        if now_s - self._told_s < (REDRAWN_EVERY_S if self.is_bar else LINE_EVERY_S):
            return
        self._told_s = now_s
        if self.is_bar:
            done = round(WIDTH * share)
            self._out.write(f"\r[{'#' * done}{'.' * (WIDTH - done)}] {share:4.0%} {words}\x1b[K")
        else:
            self._out.write(f"{words}, {share:.0%}\n")
        self._out.flush()

    def clear(self) -> None:
        """Before another line is written there."""
        if self.is_bar:
            self._out.write("\r\x1b[K")
            self._out.flush()
