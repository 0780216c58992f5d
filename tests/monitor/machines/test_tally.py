from __future__ import annotations

from monitor.machines.tally import GRACE_S, Count, Hole, heard, overdue


def holes(*seqs: int, start: int = 1, wraps: int = 0) -> list[Hole]:
    count = Count(start, 0.0)
    wide = [hole for seq in seqs if (hole := heard(count, seq, wraps, 0.0))]
    return [*wide, *overdue(count, GRACE_S)]


def test_it_waits_for_what_comes_out_of_order() -> None:
    assert holes(3, 2, 5, 4, 4) == []


def test_it_tells_what_never_came_as_few_holes() -> None:
    assert holes(5, 8) == [Hole(2, 4, 3), Hole(6, 7, 2)]


def test_it_counts_over_the_end_of_the_numbers() -> None:
    assert holes(255, 0, 1, start=254, wraps=256) == []
    assert sorted(hole.first for hole in holes(1, start=254, wraps=256)) == [0, 255]


def test_it_does_not_wait_for_a_wide_hole_number_by_number() -> None:
    assert holes(5_000) == [Hole(2, 4_999, 4_998)]


def test_it_tells_nothing_before_its_time() -> None:
    count = Count(1, 0.0)
    heard(count, 4, 0, 10.0)
    assert overdue(count, 10.0 + GRACE_S - 1) == []
