from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.machines.deadlines import SLOT_S, Deadlines


def test_it_comes_up_at_its_moment_or_one_slot_later() -> None:
    deadlines = Deadlines()
    deadlines.file("bell", 85.0)
    assert deadlines.due(85.0) == []
    assert deadlines.due(85.0 + SLOT_S) == ["bell"]
    assert deadlines.due(1e6) == []


def test_it_brings_up_at_once_what_is_filed_in_the_past() -> None:
    deadlines = Deadlines()
    deadlines.due(100.0)
    deadlines.file("bell", 3.0)
    assert deadlines.due(101.0) == ["bell"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 5000), max_size=40), st.lists(st.floats(0, 5000), max_size=20))
def test_it_brings_up_everything_once_and_never_early(filed: list[float], looks: list[float]) -> None:
    deadlines = Deadlines()
    for number, at_s in enumerate(filed):
        deadlines.file(str(number), at_s)
    seen: list[str] = []
    for now_s in [*sorted(looks), 6000.0]:
        due = deadlines.due(now_s)
        assert all(filed[int(key)] <= now_s for key in due)
        seen += due
    assert sorted(seen, key=int) == [str(number) for number in range(len(filed))]
