"""How far something is, for people at a terminal and for logs."""

from __future__ import annotations

from io import StringIO

from monitor.scenario.progress import Progress
from tests.fakes import FakeClock


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_it_draws_a_bar_on_a_terminal() -> None:
    out, clock = Terminal(), FakeClock()
    progress = Progress(out, clock)
    progress.tell(0.5, "[1/2] story")
    progress.tell(0.6, "not again at once")
    progress.clear()
    assert out.getvalue() == f"\r[{'#' * 14}{'.' * 14}]  50% [1/2] story\x1b[K\r\x1b[K"


def test_it_says_a_line_now_and_then_on_a_pipe() -> None:
    out, clock = StringIO(), FakeClock()
    progress = Progress(out, clock)
    for second in range(21):
        progress.tell(second / 20, f"second {second}")
        clock.forward(1)
    progress.clear()
    assert out.getvalue() == "second 10, 50%\nsecond 20, 100%\n"
