"""An area as a drawing: north is up, everything is inside, a pole alone stays small."""

from __future__ import annotations

from monitor.reports.area_sketch import HEIGHT, WIDTH, Standing, sketch_of_area


def standing(number: int, latitude: float, longitude: float) -> Standing:
    return Standing(f"CAM-{number}", "Cổng chợ", "street", "ONLINE", latitude, longitude)


def test_it_draws_north_up_and_everything_inside() -> None:
    corners = [(11.80, 108.20), (11.80, 108.21), (11.79, 108.20), (11.79, 108.21), (11.795, 108.205)]
    sketch = sketch_of_area([standing(number, *where) for number, where in enumerate(corners)])
    assert sketch
    north_west, north_east, south_west, _, middle = sketch.marks
    assert north_west.y < south_west.y
    assert north_west.x < north_east.x
    assert (middle.x, middle.y) == (WIDTH / 2, HEIGHT / 2)
    assert all(0 < mark.x < WIDTH and 0 < mark.y < HEIGHT for mark in sketch.marks)


def test_its_reach_has_the_outer_ones_as_corners() -> None:
    corners = [(11.80, 108.20), (11.80, 108.21), (11.79, 108.20), (11.79, 108.21), (11.795, 108.205)]
    sketch = sketch_of_area([standing(number, *where) for number, where in enumerate(corners)])
    assert sketch
    assert sketch.reach.count("L") == 3
    assert f"{WIDTH / 2} {HEIGHT / 2}" not in sketch.reach


def test_it_draws_a_pole_alone_in_the_middle() -> None:
    sketch = sketch_of_area([standing(1, 11.8, 108.2), standing(2, 11.8, 108.2)])
    assert sketch
    assert {(mark.x, mark.y) for mark in sketch.marks} == {(WIDTH / 2, HEIGHT / 2)}
    assert sketch.bar == (60.0, 100)


def test_it_tells_how_far() -> None:
    near, far = (sketch_of_area([standing(1, 11.8, 108.2), standing(2, 11.8, 108.2 + away)]) for away in (0.001, 0.03))
    assert near
    assert far
    assert (near.bar[1], far.bar[1]) == (100, 500)


def test_it_draws_nothing_where_nothing_stands() -> None:
    assert sketch_of_area([]) is None
