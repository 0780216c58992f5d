"""Work is done in order of its time, on one thread."""

from __future__ import annotations

import threading
import time

from simulator.timetable import Timetable
from tests.simulator.stand_ins import Hand


def test_it_runs_what_is_due_in_order_of_time(hand: Hand) -> None:
    done: list[str] = []
    for delay_s, name in ((3, "third"), (1, "first"), (2, "second"), (9, "never")):
        hand.timetable.after(delay_s, lambda name=name: done.append(name))  # type: ignore[misc]
    hand.forward(5)
    assert done == ["first", "second", "third"]


def test_it_takes_work_from_other_threads_until_it_is_stopped() -> None:
    timetable, seen = Timetable(time.monotonic), list[int]()

    def work() -> None:
        seen.append(threading.get_ident())
        timetable.stop()

    threading.Thread(target=lambda: timetable.soon(work)).start()
    timetable.run()
    assert seen == [threading.get_ident()]
