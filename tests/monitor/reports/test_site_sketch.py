"""The drawing of a place: north is up, the rings hold everything, an eye looks where its keeper said."""

from __future__ import annotations

from itertools import combinations
from math import dist
from typing import Any

from monitor.reports.site_sketch import EDGE, sketch_of


def an_eye(distance_m: float = 80, bearing_deg: float = 0, **more: Any) -> dict[str, Any]:
    return {
        "id": "CAM-1", "distance_m": distance_m, "bearing_deg": bearing_deg, "looks_deg": None, "is_working": True,
    } | more  # fmt: skip


def test_it_draws_north_up_and_east_to_the_right() -> None:
    sketch = sketch_of([an_eye(100, 0), an_eye(50, 90)])
    assert sketch
    assert [(mark.number, mark.x, mark.y) for mark in sketch.marks] == [(1, 0.0, -88.0), (2, 44.0, 0.0)]
    assert sketch.rings == ((44.0, 50), (88, 100))


def test_it_draws_nothing_past_its_edge() -> None:
    sketch = sketch_of([an_eye(12_000, 135), an_eye(3, 10)])
    assert sketch
    assert all(abs(at) < EDGE for mark in sketch.marks for at in (mark.x, mark.y))


def test_it_shows_which_way_an_eye_looks() -> None:
    sketch = sketch_of([an_eye(100, 0, looks_deg=180.0), an_eye(100, 0)])
    assert sketch
    looking, unknown = sketch.marks
    assert looking.cone == "M0.0 -88.0l12.2 23.0A26 26 0 0 1 -12.2 -65.0Z"
    assert unknown.cone == ""


def test_it_draws_nothing_where_there_is_no_eye() -> None:
    assert sketch_of([]) is None


def test_it_hides_no_eye_behind_another_or_the_call() -> None:
    sketch = sketch_of([an_eye(2)] + [an_eye(80, 45) for _ in range(6)])
    assert sketch
    spots = [(0, 0)] + [(mark.x, mark.y) for mark in sketch.marks]
    assert all(dist(one, other) > 16 for one, other in combinations(spots, 2))
    assert {mark.stands for mark in sketch.marks[1:]} == {(49.8, -49.8)}
